import { readFileSync } from 'node:fs';
import pg from 'pg';

/**
 * What the image of PostgreSQL does with deploy/postgres on an empty volume: the same statements, read from there, without
 * psql. Run again, it changes nothing.
 */
export async function makeRoles(url: string, script: string, env: Readonly<Record<string, string>>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query(`select from pg_roles where rolname = 'quittance_owner'`);
    if (rowCount) return;
    for (const statement of statementsOf(readFileSync(script, 'utf8'), env)) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The statements between the marks of the script, with psql's variables filled in from the files that the environment names. */
export function statementsOf(script: string, env: Readonly<Record<string, string>>): string[] {
  const [, written] = /<<'SQL'\n([\s\S]*?)\nSQL\n/.exec(script) ?? [];
  if (written === undefined) throw new Error('deploy/postgres: no statements between the marks');
  const values = new Map<string, string>();
  const lines = written.split('\n').filter((line) => {
    const [, name, variable] = /^\\set (\w+) `cat "\$(\w+)"`$/.exec(line) ?? [];
    if (name !== undefined) values.set(name, readFileSync(env[variable!] ?? '', 'utf8').trim());
    return name === undefined && !line.startsWith('--');
  });
  const filled = lines.join('\n').replace(/:'(\w+)'/g, (_, name: string) => pg.escapeLiteral(values.get(name) ?? ''));
  return filled
    .split(';\n')
    .map((statement) => statement.trim())
    .filter(Boolean);
}
