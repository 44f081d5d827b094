import type { Database } from '../pool.js';
import { many, maybeOne } from '../query.js';

/** What became of a fact the first time, or null when it is new. */
export async function outcomeOfFact<Outcome>(db: Database, orderId: string, factId: string): Promise<Outcome | null> {
  const row = await maybeOne<{ outcome: Outcome }>(
    db,
    'select outcome from order_facts where order_id = $1 and fact_id = $2',
    [orderId, factId],
  );
  return row?.outcome ?? null;
}

/** What became of one fact that several orders were handed, as far as they have dealt with it. */
export async function outcomesOfFact<Outcome>(
  db: Database,
  orderIds: readonly string[],
  factId: string,
): Promise<Outcome[]> {
  const rows = await many<{ outcome: Outcome }>(
    db,
    'select outcome from order_facts where order_id = any ($1) and fact_id = $2',
    [orderIds, factId],
  );
  return rows.map(({ outcome }) => outcome);
}

/** Whether an order was ever reported for confirming too slowly, within another statement: once is enough. */
export function isToldOfSlownessWithin(orderId: string): string {
  return `exists (select 1 from order_facts where order_id = ${orderId} and fact_id like 'slow\\_confirmation:%')`;
}
