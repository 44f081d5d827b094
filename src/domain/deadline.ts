import type { OrderStatus } from './order.js';
import { isoAfter, minute, type Clocks } from './timing.js';

/** The instants of an order that its clocks run to. */
export interface Waiting {
  readonly status: OrderStatus;
  readonly expiresAt: string;
  readonly partialUntil: string | null;
  readonly confirmingSince: string | null;
}

/** Until when an order waits in its status, as ISO text; null: for ever, or no longer. A slow confirmation is told once. */
export function deadlineOf(order: Waiting, clocks: Clocks, isToldOfSlowness: boolean): string | null {
  switch (order.status) {
    case 'pending':
      return order.expiresAt;
    case 'partial':
      return order.partialUntil;
    case 'confirming':
      if (isToldOfSlowness || order.confirmingSince === null) return null;
      return isoAfter(order.confirmingSince, clocks.slowConfirmationMs);
    case 'paid':
    case 'failed':
    case 'cancelled':
      return null;
  }
}

const clockSkewMs = 30 * minute; // far beyond any skew, far before any sweep an operator would ask for

/** Where the end of a window stands by our own clock, which may run a little behind the one that rang. */
export type WindowEnd =
  | { readonly kind: 'reached' }
  | { readonly kind: 'nearly'; readonly waitMs: number } // clocks disagree: the same step a moment later
  | { readonly kind: 'far' }; // somebody rang far too early

export function windowEnd(order: Waiting, event: 'window_closed' | 'partial_window_ended', now: string): WindowEnd {
  const deadline = event === 'window_closed' ? order.expiresAt : order.partialUntil;
  const earlyMs = deadline === null ? 0 : Date.parse(deadline) - Date.parse(now);
  if (earlyMs <= 0) return { kind: 'reached' };
  return earlyMs <= clockSkewMs ? { kind: 'nearly', waitMs: earlyMs } : { kind: 'far' };
}
