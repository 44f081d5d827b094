import type { OrderStatus } from './order.js';
import { isoAfter, minute, type Clocks } from './timing.js';

/** The instants of an order that its clocks run to. */
export interface Waiting {
  readonly status: OrderStatus;
  readonly expiresAt: string;
  readonly partialUntil: string | null;
  readonly confirmingSince: string | null;
}

/** What of an order says that it wants an address. */
interface Mintable {
  readonly provider: string;
  readonly requestedCoin: string | null; // null: its payer has not chosen yet
  readonly payAddress: string | null;
}

/**
 * Whether an address may still be asked for: for one pay window from the creation. With the address a window of its own
 * begins, so a payer never has less; before it, `expiresAt` is the end of the trying.
 */
export function mayMint(order: Pick<Waiting, 'status' | 'expiresAt'> & Mintable, now: string): boolean {
  const isWanted = order.requestedCoin !== null && order.payAddress === null;
  return order.provider === 'nowpayments' && isWanted && !isPayWindowOver(order, now);
}

/** Nobody is asked to pay any more, though the order may still be looked at one last time. */
export function isPayWindowOver({ status, expiresAt }: Pick<Waiting, 'status' | 'expiresAt'>, now: string): boolean {
  return status !== 'pending' || Date.parse(now) >= Date.parse(expiresAt);
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

/** By how much the clocks of an order go forward: by so much, or, `byMs` null, to the end of what it waits for; 0: not at all. */
export function stepForward(deadline: string | null, byMs: number | null, now: string): number {
  if (byMs !== null) return byMs;
  return deadline === null ? 0 : Math.max(0, Date.parse(deadline) - Date.parse(now));
}

/** The end of a window as a fact tells of it; `deadline`: which end its clock ran to. */
interface WindowFact {
  readonly kind: 'window_closed' | 'partial_window_ended';
  readonly deadline?: string;
}

const clockSkewMs = 30 * minute; // far beyond any skew, far before any sweep an operator would ask for

/** Where the end of a window stands by our own clock, which may run a little behind the one that rang. */
export type WindowEnd =
  | { readonly kind: 'reached' }
  | { readonly kind: 'nearly'; readonly waitMs: number } // clocks disagree a little: the same step a moment later
  | { readonly kind: 'ahead'; readonly waitMs: number; readonly aheadMs: number } // they disagree so that a person must know
  | { readonly kind: 'far' }; // a sweep rang far too early, or a clock for another end

const longestEarlyWaitMs = minute; // clocks are set right at once, and the order's other facts wait behind this step

/** `fact` may tell of a window that is no longer the order's: an address came at the last moment, and with it a new one. */
export function windowEnd(order: Waiting, fact: WindowFact, now: string): WindowEnd {
  const deadline = fact.kind === 'window_closed' ? order.expiresAt : order.partialUntil;
  if (fact.deadline !== undefined && fact.deadline !== deadline) return { kind: 'far' };
  const earlyMs = deadline === null ? 0 : Date.parse(deadline) - Date.parse(now);
  if (earlyMs <= 0) return { kind: 'reached' };
  const waitMs = Math.min(earlyMs, longestEarlyWaitMs);
  if (earlyMs <= clockSkewMs) return { kind: 'nearly', waitMs };
  // Its own clock rings once: were that noted as dealt with, nothing would ever end the window.
  return fact.deadline === undefined ? { kind: 'far' } : { kind: 'ahead', waitMs, aheadMs: earlyMs };
}
