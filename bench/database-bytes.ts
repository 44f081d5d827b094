import type pg from 'pg';

/** What the databases that fit `which` take on disk. */
export async function databaseBytes(pool: pg.Pool, which: string): Promise<number> {
  const sql = `select sum(pg_database_size(datname)) as bytes from pg_database where ${which}`;
  const { rows } = await pool.query<{ bytes: string }>(sql);
  return Number(rows[0]!.bytes);
}
