import type { Database } from './pool.js';
import { one } from './query.js';

/** The database's clock, in milliseconds: the one clock that all processes share. */
export async function databaseNow(db: Database): Promise<string> {
  const row = await one<{ now: string }>(db, 'select clock_timestamp() as now');
  return row.now;
}
