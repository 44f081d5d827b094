import type { AlarmName } from '../alarms.js';
import type { BoundTerms } from './bound-terms.js';
import { priceText } from '../currency.js';
import {
  addCoins,
  compareCoins,
  isZeroCoins,
  sameAmount,
  smallerCoins,
  subtractCoins,
  weigh,
  zeroCoins,
  type CoinAmount,
  type Tolerance,
} from '../money.js';
import type { OrderEvent } from '../order.js';
import type { PaymentId } from '../ids.js';
import {
  isKnownWord,
  isOnTheWay,
  isRefunded,
  isUnread,
  sameCoin,
  saysWrongAsset,
  type PaymentView,
} from './payment-view.js';
import { mostExpected } from './top-up.js';

/** How one payment's coins are spread: `arrived = applied + excess + unapplied`. */
export interface Share {
  readonly paymentId: PaymentId;
  readonly arrived: CoinAmount;
  readonly applied: CoinAmount;
  readonly excess: CoinAmount;
  readonly unapplied: CoinAmount;
}

export interface Classification {
  readonly event: OrderEvent;
  readonly detail: string | null; // why, for the case and the operator: `provider_overrode`, `price`, `amount_missing`
  readonly arrived: CoinAmount; // in the order's coin, what counts by the provider's word
  readonly shares: readonly Share[];
  readonly alarm: AlarmName | null;
}

/**
 * What the provider's view means for an order (docs/contract.md, "Amounts and identity"). Pure: the caller has read the
 * bound payment and each of its re-deposits. `bound` must be the order's own payment; the gateway refuses answers that
 * name another. What the provider sent back counts for nothing, whatever else it says of it.
 */
export function classifyPayment(
  terms: BoundTerms,
  bound: PaymentView,
  children: readonly PaymentView[],
  tolerance: Tolerance,
): Classification {
  const mismatch = isRefunded(bound) ? null : mismatchOf(terms, bound);
  if (mismatch === null) return judgeBySum(terms, bound, children, tolerance);
  const views = [bound, ...children];
  if (views.some(isSeen)) return unclear(views, 'amount_mismatch', mismatch);
  // No coin is concerned yet: the window runs on, and somebody is told.
  return { ...judgeBySum(terms, bound, children, tolerance), alarm: 'amount_mismatch' };
}

/** Whether a payment holds coins, or the provider's word says that it does. */
function isSeen(view: PaymentView): boolean {
  return hasCoins(view) || isOnTheWay(view.status) || countsTowardsSum(view);
}

function judgeBySum(
  terms: BoundTerms,
  bound: PaymentView,
  children: readonly PaymentView[],
  tolerance: Tolerance,
): Classification {
  const views = [bound, ...children];
  const counted = views.filter((view) => countsTowardsSum(view) && sameCoin(view.payCurrency, terms.payCurrency));
  const arrived = addCoins(...counted.map(coinsOf));
  const sumDecides = bound.status === 'finished' || children.some(countsTowardsSum);

  const isEnough = weigh(arrived, terms.payAmount, tolerance) !== 'short';
  if (sumDecides && sameCoin(bound.payCurrency, terms.payCurrency) && isEnough) {
    const most = mostExpected(counted.map(coinsOf), terms, tolerance);
    const event = compareCoins(arrived, most) > 0 ? 'overpaid' : 'payment_finished';
    return { event, detail: null, arrived, shares: settle(terms, views), alarm: null };
  }
  const foreign = views.find((view) => isStrange(terms, view));
  if (foreign) return unclear(views, 'wrong_asset', foreign.payCurrency, arrived);
  return shortOfIt(bound, children, arrived, sumDecides);
}

function isStrange({ payCurrency }: BoundTerms, view: PaymentView): boolean {
  if (isRefunded(view)) return false;
  return saysWrongAsset(view.status) || (hasCoins(view) && !sameCoin(view.payCurrency, payCurrency));
}

function shortOfIt(
  bound: PaymentView,
  children: readonly PaymentView[],
  arrived: CoinAmount,
  sumDecides: boolean,
): Classification {
  const views = [bound, ...children];
  const finishedShort = bound.status === 'finished';
  if (finishedShort && isZeroCoins(arrived)) return unclear(views, 'amount_mismatch', 'amount_missing');
  const isShort = isRefunded(bound) ? !isZeroCoins(arrived) : sumDecides || bound.status === 'partially_paid';
  if (isShort) return unclear(views, 'underpaid', finishedShort ? 'provider_overrode' : null, arrived);
  // Coins under a word that we do not know are there, whatever it means: seen, and a person's to judge.
  const unknown = views.find((view) => hasCoins(view) && unknownWord(view) !== null);
  if (unknown) return { ...unclear(views, 'amount_mismatch', 'unknown_word'), alarm: unknownWord(unknown) };
  // An expiry must not pass over coins that are seen, nor an end of the first payment over another on its way.
  if (views.some(isComing)) return { ...onTheWay(views), alarm: unknownWord(bound) };
  switch (bound.status) {
    case 'waiting':
      // A signed notice alone says that they came: nobody will see them confirmed, so support decides and a clock runs.
      if (children.some((child) => hasCoins(child) && isUnread(child))) {
        return unclear(views, 'underpaid', 'deposit_unread');
      }
      return children.some(hasCoins) ? onTheWay(views) : nothing(views, null);
    case 'failed':
    case 'expired':
      return unclear(views, 'payment_failed', null, arrived);
    case 'refunded':
      return unclear(views, 'payment_refunded', null);
    default:
      return nothing(views, unknownWord(bound));
  }
}

/** Whether a payment is on its way: the provider saw it, or shows coins that it does not call seen yet. */
export function isComing(view: PaymentView): boolean {
  return isOnTheWay(view.status) || (view.status === 'waiting' && hasCoins(view));
}

/** The alarm for a word that we do not know, or for a known one in another spelling. Its text stays with the payment. */
export function unknownWord(view: PaymentView): AlarmName | null {
  return isKnownWord(view.status) || isUnread(view) ? null : 'unknown_provider_status';
}

function mismatchOf(terms: BoundTerms, bound: PaymentView): string | null {
  if (bound.priceAmount === null || !sameAmount(bound.priceAmount, priceText(terms.price))) return 'price';
  if (bound.priceCurrency?.toLowerCase() !== terms.price.currency.toLowerCase()) return 'price_currency';
  // Under another coin the provider may restate the amount; the coin itself is judged as wrong_asset.
  if (!sameCoin(bound.payCurrency, terms.payCurrency)) return null;
  if (bound.payAmount === null || !sameAmount(bound.payAmount, terms.payAmount)) return 'pay_amount';
  return null;
}

function coinsOf(view: PaymentView): CoinAmount {
  return view.actuallyPaid ?? zeroCoins;
}

export function hasCoins(view: PaymentView): boolean {
  return !isZeroCoins(coinsOf(view));
}

function countsTowardsSum(view: PaymentView): boolean {
  return view.status === 'finished' || view.status === 'partially_paid';
}

/** Fills what is owed, in the order of arrival; what is beyond it is excess, what does not count stays unapplied. */
function settle(terms: BoundTerms, views: readonly PaymentView[]): Share[] {
  let room = terms.payAmount;
  return views.map((view) => {
    const arrived = coinsOf(view);
    if (!sameCoin(view.payCurrency, terms.payCurrency) || !countsTowardsSum(view)) return untouched(view);
    const applied = smallerCoins(arrived, room);
    room = subtractCoins(room, applied);
    return { ...untouched(view), applied, excess: subtractCoins(arrived, applied), unapplied: zeroCoins };
  });
}

function untouched(view: PaymentView): Share {
  const arrived = coinsOf(view);
  return { paymentId: view.paymentId, arrived, applied: zeroCoins, excess: zeroCoins, unapplied: arrived };
}

function onTheWay(views: readonly PaymentView[]): Classification {
  // Coins that are still confirming need nobody: they count as applied until the provider's last word.
  const shares = views.map((view) =>
    isRefunded(view) || isUnread(view)
      ? untouched(view)
      : { ...untouched(view), applied: coinsOf(view), unapplied: zeroCoins },
  );
  return { event: 'payment_seen', detail: null, arrived: zeroCoins, shares, alarm: null };
}

function nothing(views: readonly PaymentView[], alarm: AlarmName | null): Classification {
  return { event: 'nothing_new', detail: null, arrived: zeroCoins, shares: views.map(untouched), alarm };
}

function unclear(
  views: readonly PaymentView[],
  event: OrderEvent,
  detail: string | null,
  arrived: CoinAmount = zeroCoins,
): Classification {
  const alarm = event === 'wrong_asset' || event === 'amount_mismatch' ? event : null;
  return { event, detail, arrived, shares: views.map(untouched), alarm };
}
