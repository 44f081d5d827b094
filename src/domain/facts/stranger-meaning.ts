import { isLate, isNews, knownOf, lateShare, sentBackShare } from '../payments/deposits.js';
import { isClosed } from '../order.js';
import { hasCoins } from '../payments/payment.js';
import { isRefunded, type PaymentView } from '../payments/payment-view.js';
import { nothingNew, type Meaning, type Situation } from './meaning.js';
import { seenPayment } from './seen-payment.js';

export const strangePayment = 'ipn_payment_id_mismatch';

/**
 * A payment that names our order and is no deposit of it: recorded, and a case when coins came. `read` null: the provider
 * does not show it to us, or says that it is another order's.
 */
export function strangerMeaning({ status, known }: Situation, read: PaymentView | null): Meaning {
  if (read === null || !isNews(knownOf(known, read), read)) {
    return { ...nothingNew('ipn', 'a payment that is not ours'), alarm: strangePayment };
  }
  const before = knownOf(known, read);
  const late = isClosed(status) && hasCoins(read) && isLate(status, before, read);
  const share = isRefunded(read) ? sentBackShare(before, read) : lateShare(before, read);
  const role = status === 'paid' ? 'second' : 'orphan';
  return {
    ...nothingNew('ipn'),
    event: late ? 'extra_deposit' : 'nothing_new',
    alarm: strangePayment,
    seen: [seenPayment(before, read, { share, role, late, isTooMuch: false })],
  };
}
