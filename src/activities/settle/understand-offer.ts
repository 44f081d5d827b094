import type { ChoiceFact } from '../../domain/facts/fact.js';
import type { Meaning } from '../../domain/facts/meaning.js';
import { choiceMeaning, offerMeaning } from '../../domain/facts/offer-meaning.js';
import type { EventSource } from '../../domain/order.js';
import { priceOf, type BoundTerms } from '../../domain/payments/bound-terms.js';
import type { PaymentView } from '../../domain/payments/payment-view.js';
import { earlierOffersOf, type EarlierOfferRow } from '../../db/orders/offers.js';
import type { OrderRow } from '../../db/orders/orders.js';
import type { Understanding } from './understanding.js';

/** A payer's choice of a coin, which asks nobody: what comes to an earlier one is seen all the same. */
export async function understandChoice({ deps, order, record }: Understanding, fact: ChoiceFact): Promise<Meaning> {
  const earlier = await earlierOffersOf(deps.pool, order);
  return choiceMeaning(order, { payments: record.payments, earlier }, fact);
}

/** What a reading of a payment means that may be an earlier offer; null: it is none, or its coins change nothing about the order. */
export async function understandOffer(
  { deps, order, record, situation }: Understanding,
  view: PaymentView,
  source: EventSource,
): Promise<Meaning | null> {
  const offers = await earlierOffersOf(deps.pool, order);
  const offer = offers.find(({ paymentId }) => paymentId === view.paymentId);
  if (!offer) return null;
  return offerMeaning(situation, { terms: termsOfOffer(order, offer), payments: record.payments }, view, source);
}

function termsOfOffer(order: OrderRow, offer: EarlierOfferRow): BoundTerms {
  return { ...offer, orderId: order.id, price: priceOf(order), topUpFloor: null };
}
