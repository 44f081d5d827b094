import { decide, isClosed, type OrderStatus } from '../order.js';
import { hasCoins } from '../payments/payment.js';
import type { Meaning } from './meaning.js';

/**
 * A cancellation, with the last reading of the provider: coins that came, or are on their way, stop it and are applied
 * instead, since a cancelled order would make late money of them. `seen` null: it could not be had in time, and the
 * cancellation goes ahead; reconcile looks later.
 */
export function cancelMeaning(status: OrderStatus, cancelled: Meaning, seen: Meaning | null): Meaning {
  if (seen === null) return cancelled;
  const decision = decide(status, seen.event);
  const brings = decision.kind === 'moved' && (decision.to === 'paid' || !isClosed(decision.to));
  if (!brings && !seen.seen.some(({ view }) => hasCoins(view))) return cancelled;
  return { ...seen, note: 'coins came before the cancellation' };
}
