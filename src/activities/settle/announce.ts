import { randomUUID } from 'node:crypto';
import { arrivedFor } from '../../domain/payments/deposits.js';
import { subtractCoins, zeroCoins } from '../../domain/money.js';
import {
  eventBody,
  eventData,
  eventOfStatus,
  type EventOrder,
  type LatePayment,
  type OrderEventType,
} from '../../domain/outgoing-event.js';
import { entitlementDays } from '../../domain/products.js';
import { receiptJson } from '../../domain/receipt.js';
import { isoAfter, day } from '../../domain/timing.js';
import type { Database } from '../../db/pool.js';
import { grantEntitlement, withdrawEntitlement } from '../../db/money/entitlements.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { insertDeliveries, insertOutgoingEvent } from '../../db/deliveries/outgoing-events.js';
import { paymentsOf, type PaymentRow } from '../../db/money/payments.js';
import { freezeReceipt } from '../../db/money/receipts.js';
import { existingOrder } from '../order-state.js';
import type { Settlement } from './settlement.js';

/** Everything that a decision sets in motion, in the same transaction: told of the row as it is after the change. */
export async function announce(settlement: Settlement): Promise<void> {
  const { db, order: before, decision, at } = settlement;
  const order = await existingOrder(db, before.id);
  if (decision.kind === 'moved') {
    if (decision.to === 'paid') await grant(settlement, order);
    const type = eventOfStatus(decision.to);
    if (type) await writeEvent(db, order, type, at);
  }
  if (decision.move.withdraws) {
    await withdrawEntitlement(db, order.id, at);
    await writeEvent(db, order, 'crypto.order.refunded', at);
  }
  if (decision.move.late) await writeEvent(db, order, 'crypto.order.late_payment', at);
}

async function grant({ db, at: paidAt, signReceipt }: Settlement, order: OrderRow): Promise<void> {
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
  });
  const signature = signReceipt(Buffer.from(body));
  await freezeReceipt(db, { orderId: order.id, body, signature, issuedAt: paidAt });
}

async function writeEvent(db: Database, order: OrderRow, type: OrderEventType, at: string): Promise<void> {
  const id = randomUUID();
  const reason = order.failedReason ?? undefined;
  const data = eventData(type, await eventOrder(db, order), { at, ...(reason ? { reason } : {}) });
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

async function eventOrder(db: Database, order: OrderRow): Promise<EventOrder> {
  const payments = await paymentsOf(db, [order.id]);
  const arrived = arrivedFor(order.payCurrency, payments);
  const latePayments = payments.flatMap((payment) => latePaymentOf(order, payment));
  return {
    orderId: order.id,
    product: order.product,
    priceCents: order.priceCents,
    priceCurrency: order.priceCurrency,
    paymentId: order.paymentId,
    status: order.status,
    customerReference: order.customerReference,
    version: order.version,
    payCurrency: order.payCurrency,
    payAmountText: order.payAmountText,
    actuallyPaid: arrived,
    amountDue: subtractCoins(order.payAmount ?? zeroCoins, arrived),
    latePayments,
  };
}

function latePaymentOf({ requestedCoin }: OrderRow, payment: PaymentRow): LatePayment[] {
  if (payment.lateAt === null) return [];
  return [
    {
      payment_id: payment.paymentId,
      provider_status: payment.providerStatus,
      actually_paid: payment.arrived,
      pay_currency: payment.coin ?? requestedCoin,
      at: payment.lateAt,
    },
  ];
}
