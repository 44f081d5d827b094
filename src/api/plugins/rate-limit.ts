import type { FastifyReply } from 'fastify';
import { rateLimited } from '../http/problem.js';

const bucketSeconds = 60; // a bucket holds a minute's worth of calls
const mostBuckets = 50_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

export interface RateLimit {
  /** Takes a token for the key; throws a 429 when there is none. */
  take(reply: FastifyReply, keyId: string, callsPerSecond: number): void;
}

/** A token bucket per key and process. */
export function createRateLimit(nowMs: () => number): RateLimit {
  const buckets = new Map<string, Bucket>();

  return {
    take(reply, keyId, callsPerSecond) {
      const capacity = callsPerSecond * bucketSeconds;
      const now = nowMs();
      const bucket = buckets.get(keyId) ?? { tokens: capacity, atMs: now };
      const earned = (Math.max(0, now - bucket.atMs) * callsPerSecond) / 1000;
      bucket.tokens = Math.min(capacity, bucket.tokens + earned);
      bucket.atMs = now;
      const granted = bucket.tokens >= 1;
      if (granted) bucket.tokens -= 1;
      buckets.delete(keyId); // put back as the newest: the oldest are forgotten first
      buckets.set(keyId, bucket);
      if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value ?? keyId);

      const remaining = Math.floor(bucket.tokens);
      const secondsToFull = Math.ceil((capacity - bucket.tokens) / callsPerSecond);
      void reply.headers({
        'x-ratelimit-bucket': 'global',
        'x-ratelimit-limit': capacity,
        'x-ratelimit-remaining': remaining,
        'x-ratelimit-reset': Math.ceil(now / 1000) + secondsToFull,
        'ratelimit-limit': capacity,
        'ratelimit-remaining': remaining,
        'ratelimit-reset': secondsToFull,
      });
      if (!granted) throw rateLimited('This key calls too often.', (1 - bucket.tokens) / callsPerSecond);
    },
  };
}
