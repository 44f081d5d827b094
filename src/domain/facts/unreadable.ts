import type { CaseKind } from '../cases/support-case.js';
import { isClosed, type OrderStatus } from '../order.js';

/** What a signed notice says of a payment that we cannot read: a claim, never evidence. */
export interface Claim {
  readonly paymentId: string;
  readonly parentPaymentId: string | null;
  readonly status: string; // the provider's word, as sent
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
}

/** A fact that was given up, since the provider does not let us read what it is about. */
export interface Unread {
  readonly why: string;
  readonly attempts: number;
  readonly claim: Claim | null; // null: it was no notice
}

// An account that is refused, a payment that is not visible: the same is said again. With the waits between them these are
// half a minute to a quarter of an hour.
const attemptsWhenRefused = 6;
// The provider is away: hours.
const attemptsWhenAway = 100;

/**
 * Whether a fact is given up that cannot be checked by a read. Never while the order is open: money may be on its way, and
 * the order must not end without a usable answer. On a closed order nothing waits for it but support.
 */
export function givesUp(status: OrderStatus, { attempt, isRefused }: { attempt: number; isRefused: boolean }): boolean {
  return isClosed(status) && attempt >= (isRefused ? attemptsWhenRefused : attemptsWhenAway);
}

/** The case in which support sees what could not be read; null: a paid order of which nothing was claimed. */
export function caseOfUnread(
  { status, paymentId }: { readonly status: OrderStatus; readonly paymentId: string | null },
  claim: Claim | null,
): CaseKind | null {
  if (claim?.status === 'refunded') return 'refunded';
  if (status === 'paid') return claim === null ? null : 'second_payment';
  const isOwn = claim === null || claim.paymentId === paymentId || claim.parentPaymentId === paymentId;
  return isOwn || paymentId === null ? 'late_payment' : 'orphan_payment';
}
