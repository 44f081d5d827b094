import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PG_MIGRATE_LOCK_ID, runner } from 'node-pg-migrate';
import pg from 'pg';
import { lockTimeoutMs, migrationLoader } from './migration-steps.js';
import type { Database } from './pool.js';
import { many, one } from './query.js';

const folder = fileURLToPath(new URL('./migrations', import.meta.url));

const migrationsTable = 'migrations';

const askAgainMs = 500;
const sayEveryMs = 5_000;

/**
 * Brings the schema up to date while the version before serves. Each migration is a transaction of its own, or none: see
 * `migration-steps.ts`. Its locks are short, and where it does not get one in a second it lets go and tries again, as often
 * as it takes. Safe with two starters: one works and the other waits.
 */
export async function migrate(databaseUrl: string, log: (line: string) => void = () => {}): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'quittance-migrate',
    connectionTimeoutMillis: 30_000,
    lock_timeout: lockTimeoutMs,
  });
  client.on('error', () => {}); // a statement that is under way fails as well
  await client.connect();
  const say = everyFewSeconds(log);
  try {
    while (!(await takeTurn(client))) {
      say('waiting: somebody else migrates');
      await pause(askAgainMs);
    }
    while (!(await reachedEnd(client, log))) {
      say('waiting: a lock is held that a migration needs');
      await pause(askAgainMs);
    }
  } finally {
    await client.end();
  }
}

/** One of several starters at a time. Asked for, not waited for: a waiting statement would hold up an index that is built beside it. */
async function takeTurn(client: pg.Client): Promise<boolean> {
  const { taken } = await one<{ taken: boolean }>(client, 'select pg_try_advisory_lock($1) as taken', [
    PG_MIGRATE_LOCK_ID,
  ]);
  return taken;
}

/** Runs what is pending; false: somebody was in the way, and the rest is to be tried again. */
async function reachedEnd(client: pg.Client, log: (line: string) => void): Promise<boolean> {
  await dropHalfBuiltIndexes(client);
  try {
    await runner({
      dbClient: client,
      dir: folder,
      migrationsTable,
      direction: 'up',
      count: Infinity,
      singleTransaction: false,
      noLock: true,
      checkOrder: false, // what was made side by side may land in any order
      migrationLoaderStrategies: [{ extensions: ['.sql'], loader: migrationLoader }],
      logger: { debug: () => {}, info: log, warn: () => {}, error: () => {} },
    });
    return true;
  } catch (failure) {
    await client.query('rollback');
    if (!isInTheWay(failure)) throw failure;
    return false;
  } finally {
    await client.query(`set lock_timeout = ${lockTimeoutMs}`);
  }
}

/** An index whose building was broken off is there, costs writes, and serves nobody: it would be taken for the finished one. */
async function dropHalfBuiltIndexes(client: pg.Client): Promise<void> {
  const halfBuilt = await many<{ name: string }>(
    client,
    `select indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where not i.indisvalid and c.relnamespace = current_schema()::regnamespace`,
  );
  for (const { name } of halfBuilt) await client.query(`drop index concurrently if exists ${name}`);
}

/** A lock that was not given in time, a deadlock, or a snapshot that somebody wrote past. */
function isInTheWay(failure: unknown): boolean {
  return failure instanceof Error && ['55P03', '40P01', '40001'].includes(String((failure as { code?: unknown }).code));
}

function everyFewSeconds(log: (line: string) => void): (line: string) => void {
  let saidAt = -Infinity;
  return (line) => {
    if (performance.now() - saidAt < sayEveryMs) return;
    saidAt = performance.now();
    log(line);
  };
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
