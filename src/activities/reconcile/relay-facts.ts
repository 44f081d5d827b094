import { findOrder, type OrderRow } from '../../db/orders/orders.js';
import type { Pool } from '../../db/pool.js';
import { markRelayed, waitingFacts } from '../../db/money/provider-events.js';
import type { Fact } from '../../domain/facts/fact.js';

export interface RelayDependencies {
  readonly pool: Pool;
  readonly handOver: (order: OrderRow, fact: Fact) => Promise<void>;
}

export interface RelayPage {
  readonly examined: number;
  readonly relayed: number;
  readonly last: string | null; // the cursor of the next page, or null at the end
}

/**
 * Hands over inbox rows that nobody handed over (the API died after its commit), or whose workflow never dealt with them.
 * Called by the worker's loop and by reconcile; the fact id is the row's id, so handing over twice changes nothing.
 */
export async function relayFacts(
  deps: RelayDependencies,
  {
    after,
    limit,
    olderThanMs,
    dryRun = false,
  }: { after: string | null; limit: number; olderThanMs: number; dryRun?: boolean },
): Promise<RelayPage> {
  const rows = await waitingFacts(deps.pool, { olderThanMs, after, limit });
  let relayed = 0;
  for (const row of rows) {
    const order = await findOrder(deps.pool, row.orderId);
    if (!order || dryRun) continue;
    await deps.handOver(order, { kind: 'ipn', id: row.id });
    await markRelayed(deps.pool, row.id);
    relayed += 1;
  }
  const last = rows.at(-1)?.id ?? null;
  return { examined: rows.length, relayed, last: rows.length < limit ? null : last };
}
