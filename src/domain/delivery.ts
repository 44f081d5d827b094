import { publicId } from './ids.js';
import { day, hour, minute } from './timing.js';

export const deliveryStatuses = ['pending', 'in_flight', 'delivered', 'failed', 'dlq'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** Waits before attempts 2 to 12, before jitter. After the twelfth failure a delivery is dead. */
export const retryWaitsMs: readonly number[] = [
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  day,
];

/** After so many deliveries in a row that ended dead, an endpoint is disabled. */
export const deadInARow = 50;

/**
 * How long to wait after `attempts` failed ones, or null to give up. `jitter` is in [0, 1) and adds up to 15 %; the
 * receiver's Retry-After lengthens the wait, to at most twice the scheduled one.
 */
export function nextWaitMs(
  attempts: number,
  {
    jitter,
    retryAfterMs = 0,
    waits = retryWaitsMs,
  }: { jitter: number; retryAfterMs?: number; waits?: readonly number[] },
): number | null {
  const scheduled = waits[attempts - 1];
  if (scheduled === undefined) return null;
  const wait = scheduled + Math.floor(scheduled * 0.15 * jitter);
  return Math.max(wait, Math.min(retryAfterMs, 2 * scheduled));
}

/** What the receiver said, as far as it decides anything. */
export interface AttemptAnswer {
  readonly ok: boolean;
  readonly status: number | null; // none: nothing was heard
  readonly retryAfterMs: number | null;
  readonly isNotSent?: true; // by our own fault
}

export type AfterAttempt =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly afterMs: number }
  | { readonly kind: 'put_off'; readonly afterMs: number } // as if it had not been tried
  | { readonly kind: 'dead' };

const putOffMs = 30_000;

/** The answer of a receiver that wants nothing any more: its endpoint is disabled. */
export const goneForGood = 410;

/**
 * What becomes of a delivery whose attempt was answered; nobody else decides it. Accepted is accepted, also when the
 * endpoint was disabled while the attempt was on the wire. Not accepted, there is no other try for an endpoint that is
 * disabled by now: nobody would make it, and the delivery would wait for ever. What our own fault kept from being sent is
 * no attempt: nothing is said of the endpoint, and none of its attempts is used up.
 */
export function afterAttempt(
  answer: AttemptAnswer,
  {
    attempts,
    disabled,
    jitter,
    waits,
  }: { attempts: number; disabled: boolean; jitter: number; waits: readonly number[] },
): AfterAttempt {
  if (answer.ok) return { kind: 'delivered' };
  if (disabled || answer.status === goneForGood) return { kind: 'dead' };
  if (answer.isNotSent) return { kind: 'put_off', afterMs: putOffMs + Math.floor(putOffMs * jitter) };
  const afterMs = nextWaitMs(attempts, { jitter, retryAfterMs: answer.retryAfterMs ?? 0, waits });
  return afterMs === null ? { kind: 'dead' } : { kind: 'retry', afterMs };
}

/** Where a delivery stands, for the run that follows it. */
export interface DeliveryStanding {
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly active: boolean; // its endpoint
  readonly disabled: boolean; // its endpoint
  readonly dueInMs: number | null; // below zero: overdue; null: no time is set
  readonly claimed: boolean; // somebody is on it now
}

export type Followed =
  | { readonly kind: 'ended'; readonly status: 'delivered' | 'dlq' }
  | { readonly kind: 'abandoned' } // its endpoint is out of service, and nobody will answer for it
  | { readonly kind: 'paused' }
  | { readonly kind: 'look'; readonly afterMs: number };

const attemptTakesMs = 15_000; // with its claim and its record; one that is quicker is seen a little later
const shortestLookMs = 1_000;
const longestLookMs = 10 * minute;

/**
 * What the run of a delivery makes of it, and when it looks again: when the next attempt should be over. One that waits
 * for its endpoint's turn is looked at ever more seldom, after as long again as it has waited already.
 */
export function follow({ status, active, disabled, dueInMs, claimed }: DeliveryStanding): Followed {
  if (status === 'delivered' || status === 'dlq') return { kind: 'ended', status };
  if (!claimed && (disabled || (!active && status === 'in_flight'))) return { kind: 'abandoned' };
  if (!claimed && !active) return { kind: 'paused' };
  if (dueInMs === null) return { kind: 'look', afterMs: minute };
  const within = (ms: number, most: number) => Math.min(Math.max(ms, shortestLookMs), most);
  if (dueInMs > 0) return { kind: 'look', afterMs: dueInMs + within(dueInMs, attemptTakesMs) };
  return { kind: 'look', afterMs: within(-dueInMs, longestLookMs) };
}

/** One line for the operator's list of deliveries. */
export function deliverySummary({ eventType, endpointId }: { eventType: string; endpointId: string }): string {
  return `${eventType} · ${publicId('endpoint', endpointId)}`;
}
