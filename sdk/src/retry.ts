import { pause } from './deadline.js';
import { QuittanceError } from './errors.js';

export interface RetryPolicy {
  /** Further attempts after the first. */
  readonly maxRetries: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

export const defaultRetry: RetryPolicy = { maxRetries: 3, baseDelayMs: 200, maxDelayMs: 10_000 };

// Told to stay away for longer than this, a caller is better served by the error, which carries the time.
const longestRetryAfterSeconds = 60;

/** `Retry-After` in seconds or as a date; null when absent or unreadable. */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === '') return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header);
  const until = Date.parse(header);
  return Number.isNaN(until) ? null : Math.max(0, (until - nowMs) / 1000);
}

/** The wait before retry number `retry` (0 is the first), or null to give up. `random` is in [0, 1). */
export function retryDelayMs(
  error: QuittanceError,
  { retry, policy, random }: { retry: number; policy: RetryPolicy; random: number },
): number | null {
  if (!error.isRetryable || retry >= policy.maxRetries) return null;
  const asked = error.retryAfterSeconds;
  if (asked === null) return random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** retry); // full jitter
  return asked > longestRetryAfterSeconds ? null : asked * 1000 + random * 100;
}

export async function withRetries<T>(
  { policy, signal }: { policy: RetryPolicy; signal?: AbortSignal | undefined },
  attempt: () => Promise<T>,
): Promise<T> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await attempt();
    } catch (error) {
      const delay =
        error instanceof QuittanceError ? retryDelayMs(error, { retry, policy, random: Math.random() }) : null;
      if (delay === null) throw error;
      await pause(delay, signal);
    }
  }
}
