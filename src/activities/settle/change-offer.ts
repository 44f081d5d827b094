import { isZeroCoins } from '../../domain/money.js';
import type { OfferChange } from '../../domain/payments/offer.js';
import { unapplyPayment } from '../../db/money/payments.js';
import { chooseCoin, setOfferAside, takeOffer } from '../../db/orders/offers.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';
import { resolveCaseOfCoins } from '../../db/support/cases-of-coins.js';
import { openCase } from '../../db/support/support-cases.js';
import type { Telling } from '../tell-endpoints.js';
import { tellOfCases } from '../tell-of-cases.js';

/** Which offer stands from now on. Null: the one that stood. */
export async function changeOffer(
  db: Database,
  order: OrderRow,
  { change, at }: { readonly change: OfferChange | null; readonly at: string },
): Promise<OrderRow> {
  if (change === null) return order;
  await setOfferAside(db, order.id);
  if (change.kind === 'chosen') return chooseCoin(db, order.id, change.coin);
  // What was asked about its coins while another offer stood has its answer: they are the order's own now.
  await resolveCaseOfCoins(db, order.id, change.paymentId, { reason: 'the coins pay the order now', at });
  return takeOffer(db, order.id, change.paymentId);
}

/**
 * Coins of the offer that stood before, where another one was paid in full: they pay nothing, and somebody hears of them. After
 * the move, which answers the cases that they had.
 */
export async function openCaseOfOffer(telling: Telling, before: OrderRow, after: OrderRow, at: string): Promise<void> {
  const { db } = telling;
  if (before.paymentId === null || before.paymentId === after.paymentId) return;
  const payment = await unapplyPayment(db, before.mode, before.paymentId, at);
  if (payment === null || isZeroCoins(payment.arrived)) return;
  await openCase(db, {
    orderId: before.id,
    accountId: before.accountId,
    mode: before.mode,
    paymentId: payment.paymentId,
    kind: 'second_payment',
    actuallyPaid: payment.arrived,
    payCurrency: payment.coin,
    evidence: {
      at,
      reason: 'second_payment',
      event: 'coin_chosen',
      owed: before.payAmountText,
      arrived: payment.arrived,
      unapplied: payment.unapplied,
      detail: 'the order was paid in full in another coin',
    },
    at,
  });
  await tellOfCases(telling, after, at);
}
