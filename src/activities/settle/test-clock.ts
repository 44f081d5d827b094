import { deadlineOf, stepForward } from '../../domain/deadline.js';
import type { Fact } from '../../domain/facts/fact.js';
import { isClosed } from '../../domain/order.js';
import type { Clocks } from '../../domain/timing.js';
import { bringNearer } from '../../db/orders/order-changes.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';

interface Step {
  readonly fact: Fact;
  readonly clocks: Clocks;
  readonly at: string;
}

/**
 * Time passes for a test order, where a fact says so: not by another clock, but by ends that come nearer. So all who look at the
 * order see the same, its workflow, reconcile and the payer's page, and nothing runs for it that does not run for others.
 */
export async function putClocksForward(db: Database, order: OrderRow, { fact, clocks, at }: Step): Promise<OrderRow> {
  if (fact.kind !== 'advance' || isClosed(order.status)) return order;
  // Whether a slow confirmation was told of makes no difference: its instant has passed then, and nothing lies ahead.
  const byMs = stepForward(deadlineOf(order, clocks, false), fact.byMs, at);
  return byMs === 0 ? order : bringNearer(db, order.id, { byMs, at });
}
