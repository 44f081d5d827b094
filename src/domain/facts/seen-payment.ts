import { assertBalanced, recordedStatus, type KnownPayment, type PaymentRole } from '../payments/deposits.js';
import { compareCoins, isZeroCoins, zeroCoins } from '../money.js';
import type { Share } from '../payments/payment.js';
import { isRefunded, type PaymentView } from '../payments/payment-view.js';

/** Whether coins are there that no price absorbs, and whether they are more than on record: then they need a case. */
export type Trouble = 'none' | 'known' | 'more';

/** One payment as it is to be recorded. */
export interface SeenPayment {
  readonly view: PaymentView;
  readonly share: Share;
  readonly role: PaymentRole;
  readonly late: boolean;
  readonly trouble: Trouble;
  readonly isSentBack: boolean; // the provider sent its coins back, which is news
}

/** A payment with what is news of it, against what is on record. */
export function seenPayment(
  known: KnownPayment | undefined,
  view: PaymentView,
  { isTooMuch, ...seen }: Pick<SeenPayment, 'share' | 'role' | 'late'> & { readonly isTooMuch: boolean },
): SeenPayment {
  assertBalanced(seen.share);
  return {
    view: { ...view, status: recordedStatus(known, view) },
    ...seen,
    trouble: troubleOf(known, seen.share, isTooMuch),
    isSentBack: isRefunded(view) && known?.providerStatus !== view.status,
  };
}

/** An excess within the tolerance, or one that we asked for ourselves, is on record and troubles nobody. */
function troubleOf(known: KnownPayment | undefined, share: Share, isTooMuch: boolean): Trouble {
  const excess = isTooMuch ? share.excess : zeroCoins;
  if (isZeroCoins(share.unapplied) && isZeroCoins(excess)) return 'none';
  const isMore =
    compareCoins(share.unapplied, known?.unapplied ?? zeroCoins) > 0 ||
    compareCoins(excess, known?.excess ?? zeroCoins) > 0;
  return isMore ? 'more' : 'known';
}
