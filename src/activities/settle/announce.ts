import { randomUUID } from 'node:crypto';
import { eventData, eventOfStatus, type EventReason, type OrderEventType } from '../../domain/outgoing-event.js';
import { entitlementDays } from '../../domain/merchant/products.js';
import { acceptanceOf, receiptJson, sellerOf, type Acceptance } from '../../domain/receipt.js';
import { payingDeposits, paidWith } from '../../domain/told/receipt-money.js';
import { isoAfter, day } from '../../domain/timing.js';
import { grantEntitlement, restoreEntitlement, withdrawEntitlement } from '../../db/money/entitlements.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { PaymentRow } from '../../db/money/payments.js';
import { freezeReceipt } from '../../db/money/receipts.js';
import { eventOrder } from '../event-order.js';
import { tell } from '../tell-endpoints.js';
import { tellOfCases } from '../tell-of-cases.js';
import type { Settlement } from './settlement.js';

/** What has changed, as those who are told of it see it. */
export interface Changed {
  readonly order: OrderRow; // as it is after the change
  readonly payments: () => Promise<readonly PaymentRow[]>; // all of the order
  readonly mayHaveCases: boolean;
}

/** Everything that a decision sets in motion, in the same transaction: told of the row as it is after the change. */
export async function announce(settlement: Settlement, changed: Changed): Promise<void> {
  const { db, meaning, decision, at } = settlement;
  const { order } = changed;
  if (decision.kind === 'moved') {
    if (decision.to === 'paid') await grant(settlement, changed);
    const type = eventOfStatus(decision.to);
    if (type) await writeEvent(settlement, changed, type, whyNot(order, meaning));
  }
  if (decision.move.withdraws) {
    await withdrawEntitlement(db, order.id, at);
    await writeEvent(settlement, changed, 'crypto.order.refunded');
  }
  if (meaning.restores) await restoreEntitlement(db, order.id);
  const isLate = decision.move.late === true || meaning.seen.some(({ late }) => late);
  if (isLate) await writeEvent(settlement, changed, 'crypto.order.late_payment');
  if (changed.mayHaveCases) await tellOfCases(settlement, order, at);
}

async function grant(settlement: Settlement, { order, payments }: Changed): Promise<void> {
  const { db, at: paidAt, signReceipt } = settlement;
  await grantEntitlement(db, {
    orderId: order.id,
    accountId: order.accountId,
    product: order.product,
    grantedAt: paidAt,
    validUntil: isoAfter(paidAt, entitlementDays * day),
  });
  const came = await payments();
  const body = receiptJson({
    orderId: order.id,
    product: order.product,
    priceCents: order.priceCents,
    priceCurrency: order.priceCurrency,
    paymentId: order.paymentId,
    paidAt,
    createdAt: order.createdAt,
    accepted: accepted(settlement, order, came),
    seller: sellerOf(settlement.profile),
    customerReference: order.customerReference,
    description: order.description,
    paidWith: paidWith(order, came),
    deposits: payingDeposits(order, came),
  });
  const signature = signReceipt(Buffer.from(body));
  await freezeReceipt(db, { orderId: order.id, body, signature, issuedAt: paidAt });
}

/** An order that was honoured may be paid with less than its price, or in another coin. */
function accepted({ meaning }: Settlement, order: OrderRow, came: readonly PaymentRow[]): Acceptance | null {
  if (meaning.event !== 'honoured') return null;
  const by = meaning.resolution?.actor.startsWith('policy:') ? 'policy' : 'support';
  return acceptanceOf(order, came, by);
}

/** Why the order failed, or why what came is not enough. */
function whyNot({ status, failedReason }: OrderRow, { event }: Settlement['meaning']): { reason?: EventReason } {
  if (status === 'partial') return { reason: event === 'wrong_asset' ? 'wrong_asset' : 'underpaid' };
  return failedReason === null ? {} : { reason: failedReason };
}

async function writeEvent(
  settlement: Settlement,
  { order, payments }: Changed,
  type: OrderEventType,
  reason: { readonly reason?: EventReason } = {},
): Promise<void> {
  const { at } = settlement;
  const data = eventData(type, eventOrder(order, await payments()), { at, ...reason });
  await tell(settlement, { id: randomUUID(), type, owner: order, order, isOncePerOrder: true, data, at });
}
