import { isClosed } from '../../domain/order.js';
import { findOrder, type OrderRow } from '../../db/orders/orders.js';
import { openedOrders } from '../../db/reconcile/differences.js';
import type { RelayDependencies } from './relay-facts.js';
import { repairRows, type Found, type Repairing } from './repair-rows.js';

export interface LostRunDependencies extends Pick<RelayDependencies, 'pool' | 'presentRun'> {
  readonly start: (order: OrderRow) => Promise<void>;
  /** Which of these Temporal does not list as running; it may be behind. */
  readonly unlisted: (orderIds: readonly string[]) => Promise<string[]>;
}

interface LostPage {
  readonly cursor: string | null;
  readonly dryRun: boolean;
}

/** One question about so many: nearly always the answer is that all of them run. */
const ordersAtOnce = 500;

/**
 * Starts the runs that open orders should have and have not: Temporal's database was lost or is older than ours, or a run
 * failed or was ended by hand. Temporal's list says cheaply who may be missing, and is behind at times; so each is looked up
 * by itself before it counts as lost. A run that is started finds its order as it is stored, and twice is harmless.
 */
export async function lostRuns(
  deps: LostRunDependencies,
  { cursor, dryRun }: LostPage,
  repairing: Repairing,
): Promise<Found> {
  const opened = await openedOrders(deps.pool, { after: cursor, limit: ordersAtOnce });
  const missing = await deps.unlisted(opened);
  let lost = 0;
  const found = await repairRows(
    missing.map((id) => ({ id })),
    async ({ id }) => {
      if ((await deps.presentRun(id))?.isRunning) return false;
      const order = await findOrder(deps.pool, id);
      if (order === null || isClosed(order.status)) return false; // its run ended with it, since we read the page
      lost += 1;
      if (!dryRun) await deps.start(order);
      return !dryRun;
    },
    repairing,
  );
  const next = opened.length < ordersAtOnce ? null : (opened.at(-1) ?? null);
  return { ...found, examined: lost, next };
}
