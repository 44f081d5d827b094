import { randomUUID } from 'node:crypto';
import {
  eventBody,
  eventData,
  eventOfStatus,
  type EventReason,
  type OrderEventType,
} from '../../domain/outgoing-event.js';
import { entitlementDays } from '../../domain/products.js';
import { acceptanceOf, receiptJson, type Acceptance } from '../../domain/receipt.js';
import { isoAfter, day } from '../../domain/timing.js';
import type { Database } from '../../db/pool.js';
import { grantEntitlement, restoreEntitlement, withdrawEntitlement } from '../../db/money/entitlements.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { insertDeliveries, insertOutgoingEvent } from '../../db/deliveries/outgoing-events.js';
import { paymentsOf } from '../../db/money/payments.js';
import { freezeReceipt } from '../../db/money/receipts.js';
import { eventOrder } from '../event-order.js';
import { existingOrder } from '../order-state.js';
import { tellOfCases } from '../tell-of-cases.js';
import type { Settlement } from './settlement.js';

/** Everything that a decision sets in motion, in the same transaction: told of the row as it is after the change. */
export async function announce(settlement: Settlement): Promise<void> {
  const { db, order: before, meaning, decision, at } = settlement;
  const order = await existingOrder(db, before.id);
  if (decision.kind === 'moved') {
    if (decision.to === 'paid') await grant(settlement, order);
    const type = eventOfStatus(decision.to);
    if (type) await writeEvent(db, order, type, { at, ...whyNot(order, meaning) });
  }
  if (decision.move.withdraws) {
    await withdrawEntitlement(db, order.id, at);
    await writeEvent(db, order, 'crypto.order.refunded', { at });
  }
  if (meaning.restores) await restoreEntitlement(db, order.id);
  const isLate = decision.move.late === true || meaning.seen.some(({ late }) => late);
  if (isLate) await writeEvent(db, order, 'crypto.order.late_payment', { at });
  await tellOfCases(db, order, at);
}

async function grant(settlement: Settlement, order: OrderRow): Promise<void> {
  const { db, at: paidAt, signReceipt } = settlement;
  await grantEntitlement(db, {
    orderId: order.id,
    accountId: order.accountId,
    product: order.product,
    grantedAt: paidAt,
    validUntil: isoAfter(paidAt, entitlementDays * day),
  });
  const body = receiptJson({
    orderId: order.id,
    product: order.product,
    priceCents: order.priceCents,
    priceCurrency: order.priceCurrency,
    paymentId: order.paymentId,
    paidAt,
    createdAt: order.createdAt,
    accepted: await accepted(settlement, order),
  });
  const signature = signReceipt(Buffer.from(body));
  await freezeReceipt(db, { orderId: order.id, body, signature, issuedAt: paidAt });
}

/** An order that was honoured may be paid with less than its price, or in another coin. */
async function accepted({ db, meaning }: Settlement, order: OrderRow): Promise<Acceptance | null> {
  if (meaning.event !== 'honoured') return null;
  const by = meaning.resolution?.actor.startsWith('policy:') ? 'policy' : 'support';
  return acceptanceOf(order, await paymentsOf(db, [order.id]), by);
}

/** Why the order failed, or why what came is not enough. */
function whyNot({ status, failedReason }: OrderRow, { event }: Settlement['meaning']): { reason?: EventReason } {
  if (status === 'partial') return { reason: event === 'wrong_asset' ? 'wrong_asset' : 'underpaid' };
  return failedReason === null ? {} : { reason: failedReason };
}

async function writeEvent(
  db: Database,
  order: OrderRow,
  type: OrderEventType,
  told: { readonly at: string; readonly reason?: EventReason },
): Promise<void> {
  const id = randomUUID();
  const { at } = told;
  const data = eventData(type, await eventOrder(db, order), told);
  const body = eventBody({ id, type, createdAt: at, data });
  const written = await insertOutgoingEvent(db, {
    id,
    accountId: order.accountId,
    mode: order.mode,
    orderId: order.id,
    type,
    body,
    createdAt: at,
  });
  if (written) await insertDeliveries(db, written, at);
}
