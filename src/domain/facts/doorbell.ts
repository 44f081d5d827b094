import type { KnownPayment } from '../payments/deposits.js';
import { compareCoins, zeroCoins, type CoinAmount } from '../money.js';
import { isClosed, type OrderStatus } from '../order.js';
import { isOnTheWay, sameCoin } from '../payments/payment-view.js';

/** What of an IPN decides whether its order must hear of it. */
export interface Notice {
  readonly paymentId: string | null;
  readonly status: string | null; // the provider's word, as sent
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
}

const seenBy: readonly OrderStatus[] = ['confirming', 'partial', 'paid'];

/**
 * Whether a notice can change anything. What cannot is stored and not handed over: a fact costs the workflow ten events
 * and us a read at the provider. In doubt it rings: another payment, another coin, more coins, a word we do not know.
 * `expired` comes seven days after the order has ended, when the key that made the payment may be gone: nothing of a closed
 * order depends on it.
 */
export function isWorthRinging(
  order: { readonly status: OrderStatus; readonly paymentId: string | null; readonly payCurrency: string | null },
  notice: Notice,
  known: Pick<KnownPayment, 'arrived' | 'providerStatus'> | undefined,
): boolean {
  const { status: word } = notice;
  if (word === null || notice.paymentId === null || notice.paymentId !== order.paymentId) return true;
  if (notice.payCurrency !== null && !sameCoin(notice.payCurrency, order.payCurrency)) return true;
  if (compareCoins((notice.actuallyPaid ?? zeroCoins) as CoinAmount, known?.arrived ?? zeroCoins) > 0) return true; // decimal text by the gateway's parser
  if (word === 'waiting') return false;
  if (isClosed(order.status) && bringsNothing(word, notice)) return false;
  if (isOnTheWay(word)) return !seenBy.includes(order.status);
  return !(order.status === 'paid' && word === 'finished' && known?.providerStatus === 'finished');
}

/** An end without coins. A `failed` that names no sum may have had some; `expired` says that none came. */
function bringsNothing(word: string, { actuallyPaid }: Notice): boolean {
  return word === 'expired' || (word === 'failed' && actuallyPaid !== null);
}
