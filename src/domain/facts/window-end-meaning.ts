import { decide, type OrderStatus } from '../order.js';
import { nothingNew, type Meaning } from './meaning.js';

/**
 * The end of a window, with the last reading of the provider. What was seen stops the end: it is applied instead, if it
 * moves the order; and a top-up that is still on its way keeps a partial order open, news of it or not. Else the window
 * closes. `seen` null: there is no address, so nobody is told that he was late; but `isUnchosen`: he could have chosen a coin.
 */
export function windowEndMeaning(
  status: OrderStatus,
  event: 'window_closed' | 'partial_window_ended',
  seen: Meaning | null,
  isUnchosen = false,
): Meaning {
  const isUnmintable = seen === null && event === 'window_closed' && !isUnchosen;
  const closing: Meaning = { ...nothingNew(isUnmintable ? 'mint_failed' : 'expired'), event };
  if (seen === null) return closing;
  if (decide(status, seen.event).kind === 'moved') return seen;
  if (seen.isMoneyComing) {
    const news = seen.event === 'nothing_new' ? 'payment_seen' : seen.event;
    return { ...seen, event: news, extendsWindow: status === 'partial', note: 'money is on its way' };
  }
  return { ...closing, seen: seen.seen };
}
