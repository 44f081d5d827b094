import type { Database } from '../pool.js';
import { execute, maybeOne } from '../query.js';

/** Keeps what a person typed, under the id of the fact that it is said with; the same fact again changes nothing. */
export function keepReason(db: Database, factId: string, reason: string): Promise<number> {
  return execute(db, 'insert into fact_reasons (fact_id, reason) values ($1, $2) on conflict (fact_id) do nothing', [
    factId,
    reason,
  ]);
}

export async function reasonOf(db: Database, factId: string): Promise<string | null> {
  const row = await maybeOne<{ reason: string }>(db, 'select reason from fact_reasons where fact_id = $1', [factId]);
  return row?.reason ?? null;
}
