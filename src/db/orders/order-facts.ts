import type { Database } from '../pool.js';
import { execute, many, maybeOne, one } from '../query.js';

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

/** Those of the facts that are not recorded as dealt with. */
export async function factsNotDealtWith(db: Database, orderId: string, factIds: readonly string[]): Promise<string[]> {
  const rows = await many<{ id: string }>(
    db,
    `select id from unnest($2::text[]) id
     where not exists (select 1 from order_facts f where f.order_id = $1 and f.fact_id = id)`,
    [orderId, factIds],
  );
  return rows.map(({ id }) => id);
}

/** Records a fact as dealt with. The caller holds the order's lock; a second record is a bug and fails. */
export function recordFact(db: Database, orderId: string, factId: string, outcome: object): Promise<number> {
  return execute(db, 'insert into order_facts (order_id, fact_id, outcome) values ($1, $2, $3)', [
    orderId,
    factId,
    outcome,
  ]);
}

/** Whether the order was ever reported for confirming too slowly: once is enough. */
export async function hasSlowConfirmation(db: Database, orderId: string): Promise<boolean> {
  const row = await one<{ told: boolean }>(
    db,
    `select exists (select 1 from order_facts where order_id = $1 and fact_id like 'slow\\_confirmation:%') as told`,
    [orderId],
  );
  return row.told;
}
