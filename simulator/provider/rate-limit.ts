/** A token bucket per key, one second deep. A rate of 0 means no limit. */
export function createRateLimit() {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    allows(label: string, perSecond: number): boolean {
      if (perSecond === 0) return true;
      const now = performance.now();
      const bucket = buckets.get(label) ?? { tokens: perSecond, atMs: now };
      const refilled = bucket.tokens + ((now - bucket.atMs) * perSecond) / 1000;
      const tokens = Math.min(Math.max(perSecond, 1), refilled);
      const isAllowed = tokens >= 1;
      buckets.set(label, { tokens: isAllowed ? tokens - 1 : tokens, atMs: now });
      return isAllowed;
    },
  };
}
