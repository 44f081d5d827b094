/**
 * A figure that is allowed to be a little old: asked for again once it is, by one caller for all. What is slow to count is
 * counted more rarely, so that open pages never keep the database busy for more than a twentieth of the time.
 */
export function recent<Value>(
  load: () => Promise<Value>,
  { maxAgeMs, nowMs }: { maxAgeMs: number; nowMs: () => number },
): () => Promise<Value> {
  let known: { readonly value: Promise<Value>; readonly staleAtMs: number } | null = null;

  return () => {
    if (known && nowMs() < known.staleAtMs) return known.value;
    const startedAtMs = nowMs();
    const value = load();
    const mine = { value, staleAtMs: Infinity }; // while it is being counted, everybody waits for the same count
    known = mine;
    value.then(
      () => {
        const tookMs = nowMs() - startedAtMs;
        if (known === mine) known = { value, staleAtMs: nowMs() + Math.max(maxAgeMs, 20 * tookMs) };
      },
      () => {
        if (known === mine) known = null;
      },
    );
    return value;
  };
}
