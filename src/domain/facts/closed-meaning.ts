import { isZeroCoins, sameAmount } from '../money.js';
import { isLate, isNews, knownOf, lateShare, openShare, sentBackShare } from '../payments/deposits.js';
import type { Classification, Share } from '../payments/payment.js';
import { isRefunded, type PaymentView } from '../payments/payment-view.js';
import type { Meaning, Situation } from './meaning.js';
import { seenPayment, type SeenPayment } from './seen-payment.js';

/** What a reading says by its amounts: the rest of a meaning is the same for all of them. */
export type Judged = Pick<Meaning, 'event' | 'seen'> & Partial<Pick<Meaning, 'completes' | 'restores'>>;

/**
 * On a closed order only more coins, or their first signs, are news, and what was sent back. Coins that come are late, and
 * what was settled stays settled; only where the provider sent back what paid the order, the coins that stand pay it, if
 * they fill the price, and the entitlement follows their sum.
 */
export function closedMeaning(situation: Situation, views: readonly PaymentView[], classified: Classification): Judged {
  const { known, paymentId, status } = situation;
  const isFull = classified.event === 'payment_finished' || classified.event === 'overpaid';
  const restores = status === 'paid' && isFull && views.some(isRefunded);
  const seen = views.flatMap((view) => {
    const before = knownOf(known, view);
    const share = restores ? standingShare(situation, view, classified) : closedShare(situation, view);
    if (!isNews(before, view) && (!before || isSameShare(before, share))) return [];
    const role = view.paymentId === paymentId ? 'bound' : 'child';
    const late = isLate(status, before, view);
    return [seenPayment(before, view, { share, role, late, isTooMuch: restores && classified.event === 'overpaid' })];
  });
  const isLateMoney = seen.some(({ late }) => late);
  const isWithdrawn =
    status === 'paid' ? !isFull && seen.some((each) => tookPayment(situation, each)) : seen.some(sentBack);
  // Late money is recorded and told by what was seen; the event of both at once is the one with more to it.
  if (isWithdrawn && (status === 'paid' || !isLateMoney)) return { event: 'payment_refunded', seen };
  if (!isLateMoney) return { event: 'nothing_new', seen, restores };
  return { event: 'extra_deposit', seen, restores, completes: classified.event === 'payment_finished' };
}

function sentBack({ isSentBack }: SeenPayment): boolean {
  return isSentBack;
}

/** Whether coins were sent back that paid the order. */
function tookPayment({ known }: Situation, { view, isSentBack }: SeenPayment): boolean {
  const before = knownOf(known, view);
  return isSentBack && before !== undefined && !isZeroCoins(before.applied);
}

function closedShare({ known }: Situation, view: PaymentView): Share {
  const before = knownOf(known, view);
  return isRefunded(view) ? sentBackShare(before, view) : lateShare(before, view);
}

/** How the coins that stand pay a paid order anew. */
function standingShare(situation: Situation, view: PaymentView, { event, shares }: Classification): Share {
  const isCounted = shares.some((share) => share.paymentId === view.paymentId);
  if (isRefunded(view) || !isCounted) return closedShare(situation, view);
  return openShare(knownOf(situation.known, view), view, { status: situation.status, event, shares });
}

function isSameShare(a: Omit<Share, 'paymentId'>, b: Share): boolean {
  return sameAmount(a.applied, b.applied) && sameAmount(a.excess, b.excess) && sameAmount(a.unapplied, b.unapplied);
}
