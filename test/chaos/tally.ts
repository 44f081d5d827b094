/** Which faults fired, how often, and when the last one did: what did not fire proves nothing. */
export interface Tally {
  fired(kind: string, times?: number): void;
  counts(): Readonly<Record<string, number>>;
  lastAt(): string | null;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  let lastAt: string | null = null;
  return {
    fired(kind, times = 1) {
      if (times === 0) return;
      counts.set(kind, (counts.get(kind) ?? 0) + times);
      lastAt = new Date().toISOString();
    },
    counts: () => Object.fromEntries([...counts].sort(([a], [b]) => a.localeCompare(b))),
    lastAt: () => lastAt,
  };
}
