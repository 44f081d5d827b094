const bucketSeconds = 60; // a bucket holds a minute's worth of calls
const mostBuckets = 50_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

export interface Taken {
  readonly isGranted: boolean;
  readonly capacity: number;
  readonly left: number; // with its fraction
}

export interface CallBuckets {
  /** Takes a token of the key, when there is one. */
  take(key: string, callsPerSecond: number): Taken;
}

/** A token bucket per key, in this process alone: it is asked at every call, and must cost nothing. */
export function createCallBuckets(nowMs: () => number): CallBuckets {
  const buckets = new Map<string, Bucket>();

  return {
    take(key, callsPerSecond) {
      const capacity = callsPerSecond * bucketSeconds;
      const now = nowMs();
      const bucket = buckets.get(key) ?? { tokens: capacity, atMs: now };
      const earned = (Math.max(0, now - bucket.atMs) * callsPerSecond) / 1000;
      bucket.tokens = Math.min(capacity, bucket.tokens + earned);
      bucket.atMs = now;
      const isGranted = bucket.tokens >= 1;
      if (isGranted) bucket.tokens -= 1;
      buckets.delete(key); // put back as the newest: the oldest are forgotten first
      buckets.set(key, bucket);
      if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value ?? key);
      return { isGranted, capacity, left: bucket.tokens };
    },
  };
}
