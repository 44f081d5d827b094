import { deadlineOf } from '../domain/deadline.js';
import { arrivedFor } from '../domain/payments/deposits.js';
import { isoAfter, type Clocks } from '../domain/timing.js';
import { hasOpenCase } from '../db/support/support-cases.js';
import type { Database } from '../db/pool.js';
import { findOrder, type OrderRow } from '../db/orders/orders.js';
import { hasSlowConfirmation } from '../db/orders/order-facts.js';
import { paymentsOf } from '../db/money/payments.js';
import type { OrderState } from '../workflows/messages.js';

/** The order as its workflow sees it, from the stored rows. */
export async function orderState(db: Database, order: OrderRow, clocks: Clocks): Promise<OrderState> {
  const payments = await paymentsOf(db, [order.id]);
  const mint = payments.find(({ role }) => role === 'bound');
  const isToldOfSlowness = order.status === 'confirming' && (await hasSlowConfirmation(db, order.id));
  return {
    status: order.status,
    minted: order.payAddress !== null,
    mintable: order.provider === 'nowpayments',
    needsSupport: await hasOpenCase(db, order.id),
    pollFrom: isoAfter(mint?.firstSeenAt ?? order.createdAt, clocks.pollGraceMs),
    deadline: deadlineOf(order, clocks, isToldOfSlowness),
    owed: order.payAmountText,
    arrived: arrivedFor(order.payCurrency, payments),
    payCurrency: order.payCurrency,
    version: order.version,
  };
}

/** Loads an order that must be there: workflows are only started for stored orders. */
export async function existingOrder(db: Database, orderId: string): Promise<OrderRow> {
  const order = await findOrder(db, orderId);
  if (!order) throw new Error(`order ${orderId} is not in the database`);
  return order;
}
