import type { Price } from '../currency.js';
import type { PaymentId } from '../ids.js';
import type { CoinAmount } from '../money.js';

/** What an order was promised at its mint. */
export interface BoundTerms {
  readonly orderId: string;
  readonly price: Price;
  readonly paymentId: PaymentId;
  readonly payCurrency: string;
  readonly payAmount: CoinAmount; // owed
  readonly payAddress: string;
  readonly topUpFloor: CoinAmount | null; // the least that a top-up was asked for; null: none was
}

/** What of an order's row says what it was promised; nulls before its mint. */
export interface Promised {
  readonly id: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly paymentId: PaymentId | null;
  readonly payCurrency: string | null;
  readonly payAmount: CoinAmount | null;
  readonly payAddress: string | null;
  readonly topUpFloor: CoinAmount | null;
}

/** The order's terms; null while no address is bound to it. */
export function termsOf(order: Promised): BoundTerms | null {
  const { paymentId, payCurrency, payAmount, payAddress } = order;
  if (paymentId === null || payCurrency === null || payAmount === null || payAddress === null) return null;
  const { id: orderId, topUpFloor } = order;
  return { orderId, price: priceOf(order), paymentId, payCurrency, payAmount, payAddress, topUpFloor };
}

export function priceOf(order: Pick<Promised, 'priceCents' | 'priceCurrency'>): Price {
  return { cents: order.priceCents, currency: order.priceCurrency };
}
