import type { AlarmName } from '../alarms.js';
import type { BoundTerms } from './bound-terms.js';
import { priceText } from '../currency.js';
import {
  addCoins,
  highestAccepted,
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
import { isOnTheWay, isUnread, providerRank, sameCoin, type PaymentView } from './payment-view.js';

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
 * name another.
 */
export function classifyPayment(
  terms: BoundTerms,
  bound: PaymentView,
  children: readonly PaymentView[],
  tolerance: Tolerance,
): Classification {
  const views = [bound, ...children];
  const mismatch = mismatchOf(terms, bound);
  if (mismatch) return unclear(views, 'amount_mismatch', mismatch);
  if (bound.status === 'refunded') return unclear(views, 'payment_refunded', null);

  const strangeCoin = views.find((view) => hasCoins(view) && !sameCoin(view.payCurrency, terms.payCurrency));
  const counted = views.filter((view) => countsTowardsSum(view) && sameCoin(view.payCurrency, terms.payCurrency));
  const arrived = addCoins(...counted.map(coinsOf));
  const sumDecides = bound.status === 'finished' || children.some(countsTowardsSum);

  if (sumDecides && sameCoin(bound.payCurrency, terms.payCurrency)) {
    const weight = weigh(arrived, terms.payAmount, tolerance);
    if (weight !== 'short') {
      const event = weight === 'over' ? 'overpaid' : 'payment_finished';
      return { event, detail: null, arrived, shares: settle(terms, views, tolerance), alarm: null };
    }
  }
  if (strangeCoin) return unclear(views, 'wrong_asset', strangeCoin.payCurrency, arrived);
  return shortOfIt(bound, children, arrived, sumDecides);
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
  if (sumDecides || bound.status === 'partially_paid') {
    return unclear(views, 'underpaid', finishedShort ? 'provider_overrode' : null, arrived);
  }
  if (isOnTheWay(bound.status)) return onTheWay(views);
  switch (bound.status) {
    case 'waiting':
      // Coins reported under `waiting` are seen coins: an expiry must not pass over them.
      if (hasCoins(bound) || children.some((child) => hasCoins(child) && !isUnread(child))) return onTheWay(views);
      // A signed notice alone says that they came: nobody will see them confirmed, so support decides and a clock runs.
      if (children.some(hasCoins)) return unclear(views, 'underpaid', 'deposit_unread');
      return nothing(views, null);
    case 'failed':
    case 'expired':
      return unclear(views, 'payment_failed', null, arrived);
    default:
      return nothing(views, unknownWord(bound));
  }
}

/** The alarm for a word that we do not know, or for a known one in another spelling. Its text stays with the payment. */
export function unknownWord({ status }: PaymentView): AlarmName | null {
  return providerRank(status) < 0 ? 'unknown_provider_status' : null;
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

/** Fills the order first, in the order of arrival; what is beyond the tolerance is excess, foreign coins stay unapplied. */
function settle(terms: BoundTerms, views: readonly PaymentView[], tolerance: Tolerance): Share[] {
  let room = highestAccepted(terms.payAmount, tolerance);
  return views.map((view) => {
    const arrived = coinsOf(view);
    if (!sameCoin(view.payCurrency, terms.payCurrency) || !countsTowardsSum(view)) return untouched(view);
    const applied = smallerCoins(arrived, room);
    room = subtractCoins(room, applied);
    const excess = subtractCoins(arrived, applied);
    return { paymentId: view.paymentId, arrived, applied, excess, unapplied: zeroCoins };
  });
}

function untouched(view: PaymentView): Share {
  const arrived = coinsOf(view);
  return { paymentId: view.paymentId, arrived, applied: zeroCoins, excess: zeroCoins, unapplied: arrived };
}

function onTheWay(views: readonly PaymentView[]): Classification {
  // Coins that are still confirming need nobody: they count as applied until the provider's last word.
  const shares = views.map((view) =>
    isUnread(view) ? untouched(view) : { ...untouched(view), applied: coinsOf(view), unapplied: zeroCoins },
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
