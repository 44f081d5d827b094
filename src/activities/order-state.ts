import { isoAfter } from '../domain/timing.js';
import type { Clocks } from '../domain/timing.js';
import { addCoins } from '../domain/money.js';
import { hasOpenCase } from '../db/support/support-cases.js';
import type { Database } from '../db/pool.js';
import { findOrder } from '../db/orders/orders.js';
import type { OrderRow } from '../db/orders/orders.js';
import { hasSlowConfirmation } from '../db/support/support-cases.js';
import { paymentsOf } from '../db/money/payments.js';
import type { OrderState } from '../workflows/messages.js';

/** The order as its workflow sees it, from the stored rows. */
export async function orderState(db: Database, order: OrderRow, clocks: Clocks): Promise<OrderState> {
  const payments = await paymentsOf(db, [order.id]);
  const inCoin = payments.filter((payment) => payment.coin === order.payCurrency && payment.role !== 'orphan');
  return {
    status: order.status,
    minted: order.payAddress !== null,
    mintable: order.provider === 'nowpayments',
    needsSupport: await hasOpenCase(db, order.id),
    pollFrom: isoAfter(order.createdAt, clocks.pollGraceMs),
    deadline: await deadlineOf(db, order, clocks),
    owed: order.payAmountText,
    arrived: addCoins(...inCoin.map((payment) => payment.arrived)),
    payCurrency: order.payCurrency,
    version: order.version,
  };
}

async function deadlineOf(db: Database, order: OrderRow, clocks: Clocks): Promise<string | null> {
  switch (order.status) {
    case 'pending':
      return order.expiresAt;
    case 'partial':
      return order.partialUntil;
    case 'confirming': {
      const told = await hasSlowConfirmation(db, order.id);
      return told || !order.confirmingSince ? null : isoAfter(order.confirmingSince, clocks.slowConfirmationMs);
    }
    case 'paid':
    case 'failed':
    case 'cancelled':
      return null;
  }
}

/** Loads an order that must be there: workflows are only started for stored orders. */
export async function existingOrder(db: Database, orderId: string): Promise<OrderRow> {
  const order = await findOrder(db, orderId);
  if (!order) throw new Error(`order ${orderId} is not in the database`);
  return order;
}
