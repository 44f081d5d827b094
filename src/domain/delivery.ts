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

/** One line for the operator's list of deliveries. */
export function deliverySummary({ eventType, endpointId }: { eventType: string; endpointId: string }): string {
  return `${eventType} · ${publicId('endpoint', endpointId)}`;
}
