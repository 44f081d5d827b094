import type { PaymentId } from '../ids.js';
import { isZeroCoins, type CoinAmount, type Tolerance } from '../money.js';
import type { OrderStatus } from '../order.js';
import type { BoundTerms } from './bound-terms.js';
import { isDepositRole, type RecordedPayment } from './deposits.js';
import { classifyPayment, hasCoins } from './payment.js';
import { isOnTheWay, isRefunded, sameCoin, type PaymentView } from './payment-view.js';

/** Who names the coin of an order: whoever checks out, or the payer on the payment page. */
export const coinChoices = ['merchant', 'payer'] as const;
export type CoinChoice = (typeof coinChoices)[number];

/**
 * An order offers a payer one coin at a time: an address, and an amount in that coin. The offer that stands now is the order's
 * own payment, with its terms in the order's row; an order whose coin the merchant named never has another. Earlier offers
 * stay watched, since their addresses have been shown: coins on one of them make it the order's own again.
 */
export interface EarlierOffer {
  readonly paymentId: PaymentId;
  readonly payCurrency: string;
}

/** A coin that an account can be paid in, with what a price is about in it. Nulls: not known now. */
export interface CoinOffer {
  readonly code: string;
  readonly network: string | null;
  readonly needsMemo: boolean;
  readonly decimals: number | null;
  readonly minimum: CoinAmount | null; // the provider takes no less, in the coin
  readonly estimate: CoinAmount | null; // the amount that is asked for comes with the address
  readonly isTooSmall: boolean; // the estimate lies below the minimum
}

/** What changes about which offer stands. */
export type OfferChange =
  | { readonly kind: 'chosen'; readonly coin: string } // a payment is to be made in it
  | { readonly kind: 'taken'; readonly paymentId: PaymentId }; // of the earlier ones

/** As many addresses as one order may show, each a payment at the provider that is watched for a week. */
export const mostOffers = 5;

export interface Choosing {
  readonly status: OrderStatus;
  readonly coinChoice: CoinChoice;
  readonly provider: 'nowpayments' | 'stub';
  readonly requestedCoin: string | null;
  readonly paymentId: PaymentId | null;
  readonly version: number;
}

/** Whether the order stands still until its payer has chosen a coin. */
export function awaitsChoice({
  status,
  coinChoice,
  provider,
  requestedCoin,
}: Pick<Choosing, 'status' | 'coinChoice' | 'provider' | 'requestedCoin'>): boolean {
  return status === 'pending' && coinChoice === 'payer' && provider === 'nowpayments' && requestedCoin === null;
}

/** Why a payer may choose no coin, or no other one, any more; null: he may. */
export function refusalOfChoice(order: Omit<Choosing, 'version'>, payments: readonly RecordedPayment[]): string | null {
  if (order.coinChoice !== 'payer') return 'the seller has chosen the coin';
  if (order.status !== 'pending') return `the order is ${order.status}`;
  if (order.provider === 'stub') return 'the order cannot be paid';
  return payments.some(isSeen) ? 'coins have been seen' : null;
}

export type Choice =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'stands' } // it is the one that stands already
  | OfferChange;

/**
 * What becomes of a payer's choice. `version`: of the order as he saw it, so that of two choices from one page the first counts.
 * A coin that was offered before is offered again as it was, and makes no other payment.
 */
export function judgeChoice(
  order: Choosing,
  { payments, earlier }: { readonly payments: readonly RecordedPayment[]; readonly earlier: readonly EarlierOffer[] },
  { coin, version }: { readonly coin: string; readonly version: number },
): Choice {
  const why = refusalOfChoice(order, payments);
  if (why !== null) return { kind: 'refused', why };
  if (order.requestedCoin !== null && sameCoin(order.requestedCoin, coin)) return { kind: 'stands' };
  if (version !== order.version) return { kind: 'refused', why: 'another coin was chosen meanwhile' };
  const before = earlier.find(({ payCurrency }) => sameCoin(payCurrency, coin));
  if (before) return { kind: 'taken', paymentId: before.paymentId };
  const made = earlier.length + (order.paymentId === null ? 0 : 1);
  return made < mostOffers
    ? { kind: 'chosen', coin }
    : { kind: 'refused', why: `${mostOffers} coins have been offered` };
}

export interface Standing {
  readonly status: OrderStatus;
  readonly tolerance: Tolerance;
  readonly standing: readonly RecordedPayment[]; // what is on record of the order
}

/**
 * Whether an earlier offer becomes the order's own by what the provider says of it: the first coins of all choose for the payer,
 * and what is paid in full pays the order, whatever else was begun. Other coins are a case.
 */
export function takesOver(order: Standing, terms: BoundTerms, view: PaymentView): boolean {
  if (isRefunded(view)) return false;
  if (order.status === 'pending' && !order.standing.some(isSeen)) return hasCoins(view) || isOnTheWay(view.status);
  if (order.status !== 'confirming' && order.status !== 'partial' && order.status !== 'pending') return false;
  const { event } = classifyPayment(terms, view, [], order.tolerance);
  return event === 'payment_finished' || event === 'overpaid';
}

/** Coins that are there, or that the provider sees coming, on a payment that the order counts or once offered. */
function isSeen(payment: RecordedPayment): boolean {
  const { role, providerStatus: status, arrived } = payment;
  const isOffered = isDepositRole(role) || role === 'offer';
  return isOffered && !isRefunded({ status }) && (isOnTheWay(status) || !isZeroCoins(arrived));
}
