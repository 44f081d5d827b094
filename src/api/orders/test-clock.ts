import { setTimeout as pause } from 'node:timers/promises';
import { findRecord } from '../../db/orders/order-record.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { deadlineOf } from '../../domain/deadline.js';
import { isClosed } from '../../domain/order.js';
import type { AppDeps } from '../deps.js';
import { conflict, forbidden, unavailable } from '../http/problem.js';

const longestWaitMs = 9_000; // who takes longer ends after the answer
const lookEveryMs = 100;

interface Step {
  readonly id: string; // the fact's: handed over twice it changes nothing
  readonly byMs: number | null; // null: to the end of what the order waits for
}

/** Puts the clocks of a test order forward and waits for what they bring. */
export async function advanceOrder(deps: AppDeps, order: OrderRow, step: Step): Promise<OrderRow> {
  if (order.mode === 'live') {
    throw forbidden(
      'Only a test order has a clock that can be put forward: this one is live, and time passes for it as it does.',
    );
  }
  if (!deps.settings.hasTestClock) {
    throw forbidden(
      'Clocks are put forward where a simulator answers for the provider. Test orders are at the sandbox here.',
    );
  }
  if (isClosed(order.status)) throw nothingRuns(order.status);
  const { kind, status } = await deps.orderRuns.advance(deps.orderStart(order), { kind: 'advance', ...step });
  if (kind === 'waits') throw unavailable('The payment of the order is still being made. Ask again in a moment.');
  if (kind === 'stayed' && isClosed(status)) throw nothingRuns(status);
  return whenSettled(deps, order);
}

/** The order once the end of no window is behind it, or a moment has passed. */
async function whenSettled({ pool, settings, nowMs }: AppDeps, order: OrderRow): Promise<OrderRow> {
  const until = nowMs() + longestWaitMs;
  for (;;) {
    const record = await findRecord(pool, order.id);
    if (record === null) return order;
    const deadline = deadlineOf(record.order, settings.clocks, record.isToldOfSlowness);
    const isDue = deadline !== null && Date.parse(deadline) <= Date.parse(record.now);
    if (!isDue || nowMs() >= until) return record.order;
    await pause(lookEveryMs);
  }
}

function nothingRuns(status: string): Error {
  return conflict(`The order is ${status}: no clock of it runs any more. Late coins are seen without.`, {
    resource: 'crypto_order',
    field: 'status',
  });
}
