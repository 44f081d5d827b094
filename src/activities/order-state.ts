import { deadlineOf } from '../domain/deadline.js';
import { awaitsChoice } from '../domain/payments/offer.js';
import { arrivedFor } from '../domain/payments/deposits.js';
import { isoAfter, type Clocks } from '../domain/timing.js';
import type { Database } from '../db/pool.js';
import { findRecord, type OrderRecord } from '../db/orders/order-record.js';
import type { OrderState } from '../workflows/messages.js';

/** What of an order's record its workflow is told. */
export type Standing = Pick<OrderRecord, 'order' | 'payments' | 'hasOpenCase' | 'isToldOfSlowness'>;

/** The order as its workflow sees it. */
export function orderState({ order, payments, hasOpenCase, isToldOfSlowness }: Standing, clocks: Clocks): OrderState {
  const mint = payments.find(({ role }) => role === 'bound');
  return {
    status: order.status,
    minted: order.payAddress !== null,
    mintable: order.provider === 'nowpayments',
    ...(awaitsChoice(order) ? { awaitsChoice: true } : {}),
    needsSupport: hasOpenCase,
    pollFrom: isoAfter(mint?.firstSeenAt ?? order.createdAt, clocks.pollGraceMs),
    deadline: deadlineOf(order, clocks, isToldOfSlowness),
    owed: order.payAmountText,
    arrived: arrivedFor(order.payCurrency, payments),
    payCurrency: order.payCurrency,
    version: order.version,
  };
}

/** Loads the record of an order that must be there: workflows are only started for stored orders. */
export async function existingRecord(
  db: Database,
  orderId: string,
  facts: readonly string[] = [],
): Promise<OrderRecord> {
  const record = await findRecord(db, orderId, facts);
  if (!record) throw new Error(`order ${orderId} is not in the database`);
  return record;
}
