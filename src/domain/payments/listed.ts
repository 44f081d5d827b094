import { isClosed, type OrderStatus } from '../order.js';
import { hour, minute } from '../timing.js';
import { isLate, isNews, type KnownPayment } from './deposits.js';
import { hasCoins } from './payment.js';
import { isRefunded, type PaymentView } from './payment-view.js';

/**
 * Whether what the provider says of a payment, in its list or when nobody had asked for it, is a reason to settle it. The
 * list may lag and may be wrong: what it says is never evidence. A payment that nobody asked for and nobody pays says
 * nothing. Of a closed order more money counts, and money that was sent back.
 */
export function isWorthReading(status: OrderStatus, known: KnownPayment | undefined, view: PaymentView): boolean {
  if (!known && view.status === 'waiting' && !hasCoins(view)) return false;
  if (!isClosed(status)) return isNews(known, view);
  return isLate(status, known, view) || (isRefunded(view) && isNews(known, view));
}

/** All that is said of a payment, as a key: the same word again is no news to ring for. */
export function wordOf({ paymentId, status, actuallyPaid }: PaymentView): string {
  return `${paymentId}:${status}:${actuallyPaid ?? ''}`;
}

/** What the list said of an order when its workflow was last told. */
export interface Rung {
  readonly content: string;
  readonly times: number; // in a row, for the same content
  readonly rungAt: string;
}

const longestPauseMs = hour;

/**
 * Which time this is that the same content rings, or null when it is too soon. The list may say for hours what the read
 * does not confirm: it rings again after 2, 4, 8 minutes, up to an hour, so that a read that lags is not the last word.
 */
export function nextRing(last: Rung | undefined, content: string, now: string): number | null {
  if (last?.content !== content) return 1;
  const pauseMs = Math.min(longestPauseMs, minute * 2 ** last.times);
  return Date.parse(now) - Date.parse(last.rungAt) >= pauseMs ? last.times + 1 : null;
}
