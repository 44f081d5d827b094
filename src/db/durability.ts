import type { Database } from './pool.js';
import { many } from './query.js';

/** The settings of this PostgreSQL with which a crash loses what was answered; none is fit for money. */
export async function unsafeSettings(db: Database): Promise<string[]> {
  const rows = await many<{ name: string }>(
    db,
    `select name from pg_settings
     where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off' order by name`,
  );
  return rows.map((row) => row.name);
}

/** Whether the database answers at all. */
export async function answers(db: Database): Promise<boolean> {
  return (await many<{ one: number }>(db, 'select 1 as one')).length === 1;
}
