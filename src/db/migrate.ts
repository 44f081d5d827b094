import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Database } from './pool.js';
import { many, one } from './query.js';

const folder = fileURLToPath(new URL('./migrations', import.meta.url));

const migrationsTable = 'migrations';

/** Brings the schema up to date. Safe with two starters: an advisory lock lets one work and the other wait. */
export async function migrate(databaseUrl: string, log: (line: string) => void = () => {}): Promise<void> {
  await runner({
    databaseUrl,
    dir: folder,
    migrationsTable,
    direction: 'up',
    count: Infinity,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: { debug: () => {}, info: log, warn: log, error: log },
  });
}

/** Which of our migrations the database lacks, and which of its own we do not know: then it is ahead of this version. */
export async function migrationState(db: Database): Promise<{ pending: string[]; unknown: string[] }> {
  const ours = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();
  const { exists } = await one<{ exists: boolean }>(db, 'select to_regclass($1) is not null as exists', [
    migrationsTable,
  ]);
  const rows = exists ? await many<{ name: string }>(db, `select name from ${migrationsTable} order by id`) : [];
  const run = rows.map((row) => row.name);
  return { pending: ours.filter((name) => !run.includes(name)), unknown: run.filter((name) => !ours.includes(name)) };
}
