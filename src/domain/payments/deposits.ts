import type { PaymentId } from '../ids.js';
import { assert } from '../invariant.js';
import {
  addCoins,
  compareCoins,
  isZeroCoins,
  sameAmount,
  subtractCoins,
  zeroCoins,
  type CoinAmount,
} from '../money.js';
import type { OrderEvent, OrderStatus } from '../order.js';
import { hasCoins, type Share } from './payment.js';
import { isForeign, isOnTheWay, isRefunded, providerRank, type PaymentView } from './payment-view.js';

/** What a payment is to its order; only `bound` and `child` are deposits of it. `offer`: in a coin that was offered before. */
export const paymentRoles = ['bound', 'child', 'offer', 'second', 'orphan'] as const;
export type PaymentRole = (typeof paymentRoles)[number];

/** What we have on record of one payment. */
export interface KnownPayment {
  readonly paymentId: PaymentId;
  readonly providerStatus: string;
  readonly arrived: CoinAmount;
  readonly applied: CoinAmount;
  readonly excess: CoinAmount;
  readonly unapplied: CoinAmount;
}

/** What we have on record of this payment, if anything. */
export function knownOf<Known extends KnownPayment>(known: readonly Known[], view: PaymentView): Known | undefined {
  return known.find((payment) => payment.paymentId === view.paymentId);
}

/** A payment on record, as far as it says whose coins they are. */
export interface RecordedPayment {
  readonly role: PaymentRole;
  readonly providerStatus: string;
  readonly coin: string | null;
  readonly arrived: CoinAmount;
}

/**
 * Whether a payment is one of the order's deposits: under its bound payment, in its coin. A second payment and an orphan
 * are not: nobody asked for them, no sum counts them, and their coins stand in a case.
 */
export function isDeposit(
  payCurrency: string | null,
  { role, coin, providerStatus }: Omit<RecordedPayment, 'arrived'>,
): boolean {
  const isForeignCoin = isForeign({ status: providerStatus, payCurrency: coin }, payCurrency);
  return isDepositRole(role) && !isForeignCoin;
}

export function isDepositRole(role: PaymentRole): boolean {
  return role === 'bound' || role === 'child';
}

/** What has arrived for an order and is there: the one sum that operators, merchants and payers are shown. */
export function arrivedFor(payCurrency: string | null, payments: readonly RecordedPayment[]): CoinAmount {
  const deposits = payments.filter(
    (payment) => isDeposit(payCurrency, payment) && !isRefunded({ status: payment.providerStatus }),
  );
  return addCoins(...deposits.map(({ arrived }) => arrived));
}

/** Whether the provider says more than we have on record. A step down in rank without more coins is a stale read. */
export function isNews(known: KnownPayment | undefined, view: PaymentView): boolean {
  if (!known) return true;
  if (coinsGrew(known, view)) return true;
  return view.status !== known.providerStatus && providerRank(view.status) >= providerRank(known.providerStatus);
}

/** The word to record: a payment never steps down in rank, not even when more coins come with a lower word. */
export function recordedStatus(known: KnownPayment | undefined, view: PaymentView): string {
  return known && providerRank(view.status) < providerRank(known.providerStatus) ? known.providerStatus : view.status;
}

function coinsGrew(known: KnownPayment | undefined, view: PaymentView): boolean {
  return compareCoins(view.actuallyPaid ?? zeroCoins, known?.arrived ?? zeroCoins) > 0;
}

/**
 * Whether a view is money (or its first signs) for an order that no longer waits for it. A paid order only has news when
 * more coins come; a failed or cancelled one also when the provider begins to see a payment, or ends one well. What it
 * sent back is no money that came.
 */
export function isLate(status: OrderStatus, known: KnownPayment | undefined, view: PaymentView): boolean {
  if (!isNews(known, view) || isRefunded(view)) return false;
  if (coinsGrew(known, view)) return true;
  if (status === 'paid') return false;
  if (view.status === 'partially_paid') return hasCoins(view);
  return view.status === 'finished' || isOnTheWay(view.status);
}

/** How a payment's coins are spread when they came too late: what was settled stays settled, the rest is unapplied. */
export function lateShare(known: KnownPayment | undefined, view: PaymentView): Share {
  const arrived = view.actuallyPaid ?? known?.arrived ?? zeroCoins;
  const applied = known?.applied ?? zeroCoins;
  const excess = known?.excess ?? zeroCoins;
  if (known && compareCoins(arrived, known.arrived) < 0) return { ...known };
  return {
    paymentId: view.paymentId,
    arrived,
    applied,
    excess,
    unapplied: subtractCoins(arrived, addCoins(applied, excess)),
  };
}

/**
 * How a payment's coins are spread on an order that still waits. Coins on record that a stale read does not show stay on
 * record. Coins on their way to a partial order may still be too few: until the sum is enough they wait unapplied.
 */
export function openShare(
  known: KnownPayment | undefined,
  view: PaymentView,
  { status, event, shares }: { status: OrderStatus; event: OrderEvent; shares: readonly Share[] },
): Share {
  const share = shares.find((each) => each.paymentId === view.paymentId);
  assert(share, `no share for payment ${view.paymentId}`);
  const unseen = subtractCoins(known?.arrived ?? zeroCoins, share.arrived);
  const nothingSettled = event === 'nothing_new' || (event === 'payment_seen' && status === 'partial');
  if (nothingSettled || (event === 'payment_seen' && !isZeroCoins(unseen))) return lateShare(known, view);
  return { ...share, arrived: addCoins(share.arrived, unseen), unapplied: addCoins(share.unapplied, unseen) };
}

/** A payment whose coins the provider sent back pays nothing any more. */
export function sentBackShare(known: KnownPayment | undefined, view: PaymentView): Share {
  const { arrived } = lateShare(known, view);
  return { paymentId: view.paymentId, arrived, applied: zeroCoins, excess: zeroCoins, unapplied: arrived };
}

/** Every coin that arrived stands in exactly one place. */
export function assertBalanced({ paymentId, arrived, applied, excess, unapplied }: Share): void {
  const placed = addCoins(applied, excess, unapplied);
  assert(sameAmount(arrived, placed), `payment ${paymentId}: ${arrived} arrived, ${placed} stand somewhere`);
}
