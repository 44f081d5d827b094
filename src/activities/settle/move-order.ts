import { isClosed } from '../../domain/order.js';
import type { Decision } from '../../domain/order.js';
import { partialWindowMs } from '../../domain/policy.js';
import { isoAfter } from '../../domain/timing.js';
import { fillPaymentId, moveStatus, touchOrder } from '../../db/orders/order-changes.js';
import { appendOrderEvent } from '../../db/orders/order-events.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';
import { retryLater } from '../retry-later.js';
import type { Settling } from './settle-order.js';
import type { Meaning } from './understand-fact.js';

/** Moves the status and writes the line of the timeline, with the version of the policy that had a say. */
export async function moveOrder(
  db: Database,
  order: OrderRow,
  input: Settling,
  meaning: Meaning,
  decision: Extract<Decision, { kind: 'moved' }>,
  at: string,
): Promise<void> {
  const { policy, version } = input.ruling;
  const windowMs = partialWindowMs(policy, input.clocks.partialWindowMs);
  const moved = await moveStatus(db, {
    id: order.id,
    from: decision.from,
    to: decision.to,
    at,
    partialUntil: decision.to === 'partial' ? isoAfter(at, windowMs) : null,
    failedReason: decision.to === 'failed' ? (meaning.source === 'expired' ? 'expired' : 'ipn') : null,
  });
  if (!moved) throw retryLater('OrderMoved', `order ${order.id} is no longer ${decision.from}`, 100);
  await appendOrderEvent(db, {
    orderId: order.id,
    status: decision.to,
    source: meaning.source,
    event: meaning.event,
    at,
    runId: input.runId,
    factId: input.fact.id,
    detail: {
      ...(meaning.detail ? { detail: meaning.detail } : {}),
      ...(meaning.note ? { note: meaning.note } : {}),
      ...(version > 0 ? { policy: version } : {}),
    },
  });
}

/** A late deposit is a visible change; other news of an open order only moves the time. */
export async function keepOrder(
  db: Database,
  order: OrderRow,
  meaning: Meaning,
  decision: Extract<Decision, { kind: 'stayed' }>,
  at: string,
): Promise<void> {
  const late = meaning.deposits.find((deposit) => deposit.late);
  const visible = late !== undefined || decision.move.withdraws === true;
  if (late && order.paymentId === null) await fillPaymentId(db, order.id, late.view.paymentId);
  if (visible || (meaning.deposits.length > 0 && !isClosed(order.status)))
    await touchOrder(db, order.id, { at, visible });
}
