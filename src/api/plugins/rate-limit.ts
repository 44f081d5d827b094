import type { FastifyReply } from 'fastify';
import { createCallBuckets } from '../http/call-buckets.js';
import { rateLimited } from '../http/problem.js';

export interface RateLimit {
  /** Takes a token for the key; throws a 429 when there is none. */
  take(reply: FastifyReply, keyId: string, callsPerSecond: number): void;
}

/** A token bucket per key and process. */
export function createRateLimit(nowMs: () => number): RateLimit {
  const buckets = createCallBuckets(nowMs);

  return {
    take(reply, keyId, callsPerSecond) {
      const { isGranted, capacity, left } = buckets.take(keyId, callsPerSecond);
      const remaining = Math.floor(left);
      const secondsToFull = Math.ceil((capacity - left) / callsPerSecond);
      void reply.headers({
        'x-ratelimit-bucket': 'global',
        'x-ratelimit-limit': capacity,
        'x-ratelimit-remaining': remaining,
        'x-ratelimit-reset': Math.ceil(nowMs() / 1000) + secondsToFull,
        'ratelimit-limit': capacity,
        'ratelimit-remaining': remaining,
        'ratelimit-reset': secondsToFull,
      });
      if (!isGranted) throw rateLimited('This key calls too often.', (1 - left) / callsPerSecond);
    },
  };
}
