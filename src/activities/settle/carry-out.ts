import { failedReasonOf } from '../../domain/failed-reason.js';
import type { OrderStatus } from '../../domain/order.js';
import { partialWindowMs } from '../../domain/cases/policy.js';
import { isoAfter } from '../../domain/timing.js';
import { casesAnsweredBy } from '../../domain/cases/unusual-money.js';
import { paymentsOf } from '../../db/money/payments.js';
import {
  extendPartialWindow,
  fillPaymentId,
  moveStatus,
  touchOrder,
  type Moved,
} from '../../db/orders/order-changes.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { retryLater } from '../retry-later.js';
import { announce } from './announce.js';
import { recordMoney } from './record-money.js';
import type { Settlement } from './settlement.js';

/** Everything that an allowed decision changes, in its transaction. Answers the order as it is afterwards. */
export async function carryOut(settlement: Settlement): Promise<OrderRow> {
  const { db, decision } = settlement;
  const { order, hasCases } =
    decision.kind === 'moved' ? await moveOrder(settlement, decision) : await keepOrder(settlement);
  const after = await adjust(settlement, order);
  const { payments, openedCases } = await recordMoney(settlement);
  await announce(settlement, {
    order: after,
    payments: async () => payments ?? paymentsOf(db, [order.id]),
    mayHaveCases: hasCases || openedCases,
  });
  return after;
}

/** Moves the status and writes the line of the timeline, with the version of the policy that had a say. */
async function moveOrder(settlement: Settlement, { from, to }: { from: OrderStatus; to: OrderStatus }): Promise<Moved> {
  const { db, order, fact, runId, meaning, decision, ruling, clocks, at } = settlement;
  const moved = await moveStatus(db, {
    id: order.id,
    from,
    to,
    at,
    partialUntil: to === 'partial' ? isoAfter(at, partialWindowMs(ruling.policy, clocks.partialWindowMs)) : null,
    failedReason: to === 'failed' ? failedReasonOf(meaning.source, meaning.event) : null,
    line: {
      source: meaning.source,
      event: meaning.event,
      runId,
      factId: fact.id,
      detail: {
        ...(meaning.detail ? { detail: meaning.detail } : {}),
        ...(meaning.note ? { note: meaning.note } : {}),
        ...(ruling.version > 0 ? { policy: ruling.version } : {}),
      },
    },
    // A top-up completed the order, or a slow confirmation ended. A person's word on a case is its answer already.
    answers: meaning.event === 'honoured' ? [] : casesAnsweredBy(decision),
  });
  return moved ?? isElsewhere(order, from);
}

function isElsewhere({ id }: OrderRow, from: OrderStatus): never {
  throw retryLater('OrderMoved', `order ${id} is no longer ${from}`, 100);
}

/** A late payment is a visible change; other news of the money only moves the time. */
async function keepOrder({ db, order, meaning, decision, at }: Settlement): Promise<Moved> {
  const late = meaning.seen.find((payment) => payment.late);
  if (late && order.paymentId === null) await fillPaymentId(db, order.id, late.view.paymentId);
  const visible = late !== undefined || decision.move.withdraws === true || meaning.restores;
  const isTouched = visible || meaning.seen.length > 0;
  return { order: isTouched ? await touchOrder(db, order.id, { at, visible }) : order, hasCases: true };
}

/** What follows for the row beside its status. */
async function adjust(settlement: Settlement, moved: OrderRow): Promise<OrderRow> {
  const { db, order, fact, meaning, ruling, clocks, at } = settlement;
  let after = moved;
  if (meaning.extendsWindow) {
    // A top-up that is still on its way at the end of the window gets one more: what it is follows from its last word.
    const until = isoAfter(at, partialWindowMs(ruling.policy, clocks.partialWindowMs));
    after = (await extendPartialWindow(db, order.id, until)) ?? after;
  }
  if (fact.kind === 'operator' && order.paymentId === null && meaning.event !== 'nothing_new') {
    after = (await fillPaymentId(db, order.id, fact.paymentId)) ?? after;
  }
  return after;
}
