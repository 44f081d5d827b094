import { minute } from '../../domain/timing.js';

const mostKeys = 50_000;

export interface MinuteCounts {
  /** Counts one more for the key. Answers how many it is within its minute, and how long that lasts. */
  note(key: string): { readonly count: number; readonly secondsLeft: number };
  forget(key: string): void;
}

/** How often something happens by key, in this process; each key's minute begins with its first time. */
export function createMinuteCounts(nowMs: () => number): MinuteCounts {
  const entries = new Map<string, { count: number; readonly sinceMs: number }>();

  return {
    note(key) {
      const now = nowMs();
      const known = entries.get(key);
      const entry = known && now - known.sinceMs < minute ? known : { count: 0, sinceMs: now };
      entry.count += 1;
      entries.delete(key); // put back as the newest: the oldest are forgotten first
      entries.set(key, entry);
      if (entries.size > mostKeys) entries.delete(entries.keys().next().value ?? key);
      return { count: entry.count, secondsLeft: (entry.sinceMs + minute - now) / 1000 };
    },
    forget(key) {
      entries.delete(key);
    },
  };
}
