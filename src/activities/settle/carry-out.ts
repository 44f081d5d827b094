import { failedReasonOf, isClosed, type OrderStatus } from '../../domain/order.js';
import { partialWindowMs } from '../../domain/cases/policy.js';
import { isoAfter } from '../../domain/timing.js';
import { casesAnsweredBy } from '../../domain/cases/unusual-money.js';
import { extendPartialWindow, fillPaymentId, moveStatus, touchOrder } from '../../db/orders/order-changes.js';
import { appendOrderEvent } from '../../db/orders/order-events.js';
import { resolveCasesOf } from '../../db/support/support-cases.js';
import { retryLater } from '../retry-later.js';
import { announce } from './announce.js';
import { recordMoney } from './record-money.js';
import type { Settlement } from './settlement.js';

/** Everything that an allowed decision changes, in its transaction. */
export async function carryOut(settlement: Settlement): Promise<void> {
  const { db, order, fact, meaning, decision } = settlement;
  if (decision.kind === 'moved') await moveOrder(settlement, decision);
  else await keepOrder(settlement);
  if (meaning.extendsWindow) await extendWindow(settlement);
  if (fact.kind === 'operator' && order.paymentId === null && meaning.event !== 'nothing_new') {
    await fillPaymentId(db, order.id, fact.paymentId);
  }
  await closeAnsweredCases(settlement);
  await recordMoney(settlement);
  await announce(settlement);
}

/** Moves the status and writes the line of the timeline, with the version of the policy that had a say. */
async function moveOrder(settlement: Settlement, { from, to }: { from: OrderStatus; to: OrderStatus }): Promise<void> {
  const { db, order, fact, runId, meaning, ruling, clocks, at } = settlement;
  const moved = await moveStatus(db, {
    id: order.id,
    from,
    to,
    at,
    partialUntil: to === 'partial' ? isoAfter(at, partialWindowMs(ruling.policy, clocks.partialWindowMs)) : null,
    failedReason: to === 'failed' ? failedReasonOf(meaning.source) : null,
  });
  if (!moved) throw retryLater('OrderMoved', `order ${order.id} is no longer ${from}`, 100);
  await appendOrderEvent(db, {
    orderId: order.id,
    status: to,
    source: meaning.source,
    event: meaning.event,
    at,
    runId,
    factId: fact.id,
    detail: {
      ...(meaning.detail ? { detail: meaning.detail } : {}),
      ...(meaning.note ? { note: meaning.note } : {}),
      ...(ruling.version > 0 ? { policy: ruling.version } : {}),
    },
  });
}

/** A late payment is a visible change; other news of an open order only moves the time. */
async function keepOrder({ db, order, meaning, decision, at }: Settlement): Promise<void> {
  const late = meaning.seen.find((payment) => payment.late);
  if (late && order.paymentId === null) await fillPaymentId(db, order.id, late.view.paymentId);
  const visible = late !== undefined || decision.move.withdraws === true || meaning.restores;
  const isNewsOfOpenOrder = meaning.seen.length > 0 && !isClosed(order.status);
  if (visible || isNewsOfOpenOrder) await touchOrder(db, order.id, { at, visible });
}

/** A top-up that is still on its way at the end of the window gets one more: what it is follows from its last word. */
async function extendWindow({ db, order, ruling, clocks, at }: Settlement): Promise<void> {
  await extendPartialWindow(db, order.id, isoAfter(at, partialWindowMs(ruling.policy, clocks.partialWindowMs)));
}

/** A top-up completed the order, or a slow confirmation ended. A person's word on a case is its answer already. */
async function closeAnsweredCases({ db, order, meaning, decision, at }: Settlement): Promise<void> {
  const kinds = casesAnsweredBy(decision);
  if (kinds.length === 0 || decision.kind !== 'moved' || meaning.event === 'honoured') return;
  await resolveCasesOf(db, order.id, kinds, {
    action: 'settled',
    reason: `the order moved to ${decision.to}`,
    actor: 'system:order-workflow',
    approvedBy: null,
    at,
  });
}
