import type { Database, Pool } from '../../src/db/pool.js';

/** How many rows of each table `work` looked at, by a scan or by an index, as PostgreSQL counts them. */
export async function rowsTouched(
  pool: Pool,
  work: (db: Database) => Promise<void>,
): Promise<Readonly<Record<string, number>>> {
  const connection = await pool.connect();
  const counts = async () => {
    const { rows } = await connection.query<{ table: string; rows: number }>(
      `select relname as table, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as rows
       from pg_stat_xact_user_tables`,
    );
    return Object.fromEntries(rows.map((row) => [row.table, row.rows]));
  };
  try {
    await connection.query('begin');
    // A table as small as a test's would be read whole, whatever index fits.
    await connection.query('set local enable_seqscan = off; set local enable_bitmapscan = off');
    const before = await counts(); // of earlier transactions, not yet handed on
    await work(connection);
    const after = await counts();
    return Object.fromEntries(Object.entries(after).map(([table, rows]) => [table, rows - (before[table] ?? 0)]));
  } finally {
    await connection.query('rollback');
    connection.release();
  }
}
