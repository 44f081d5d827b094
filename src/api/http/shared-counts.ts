import { setTimeout as pause } from 'node:timers/promises';
import { addAttempts, dropOldAttempts, type AttemptKind } from '../../db/attempt-counts.js';
import { hour, minute } from '../../domain/timing.js';
import type { AppDeps } from '../deps.js';

const mostKeys = 50_000;
const againMs = 1_000;

export interface SharedCounts {
  /** Seconds until the key may try again; null: it may now. Asks nobody, so that it can stand before any work. */
  waitFor(key: string): number | null;
  /** Counts one more attempt of the key. Answers whether it is the one that fills its minute. */
  note(key: string): 'counted' | 'filled';
}

interface Entry {
  count: number;
  endsMs: number;
}

/**
 * How often something happens by key, for all processes: each counts what it sees at once, and tells the others in one
 * statement at a time, however many keys there are. So nobody waits for a count, and a flood costs the database one
 * connection. While the database is away each process counts for itself.
 */
export function createSharedCounts(
  { pool, log, nowMs }: Pick<AppDeps, 'pool' | 'log' | 'nowMs'>,
  { kind, perMinute }: { kind: AttemptKind; perMinute: number },
): SharedCounts {
  const entries = new Map<string, Entry>();
  let untold = new Map<string, number>();
  let isTelling = false;
  let tidiedMs = nowMs();

  function entryOf(key: string): Entry {
    const known = entries.get(key);
    return known && nowMs() < known.endsMs ? known : { count: 0, endsMs: nowMs() + minute };
  }

  function keep(key: string, entry: Entry): void {
    entries.delete(key); // put back as the newest: the oldest are forgotten first
    entries.set(key, entry);
    if (entries.size > mostKeys) entries.delete(entries.keys().next().value ?? key);
  }

  async function tell(): Promise<void> {
    const told = untold;
    untold = new Map();
    for (const { key, count, secondsLeft } of await addAttempts(pool, kind, told)) {
      keep(key, { count: count + (untold.get(key) ?? 0), endsMs: nowMs() + secondsLeft * 1000 });
    }
    if (nowMs() - tidiedMs < hour) return;
    tidiedMs = nowMs();
    await dropOldAttempts(pool);
  }

  async function tellAll(): Promise<void> {
    isTelling = true;
    while (untold.size > 0) {
      try {
        await tell();
      } catch (failure) {
        log.warn({ kind, failure: String(failure) }, 'attempts counted by this process alone');
        await pause(againMs, undefined, { ref: false });
      }
    }
    isTelling = false;
  }

  return {
    waitFor(key) {
      const { count, endsMs } = entryOf(key);
      return count >= perMinute ? (endsMs - nowMs()) / 1000 : null;
    },
    note(key) {
      const entry = entryOf(key);
      entry.count += 1;
      keep(key, entry);
      untold.set(key, (untold.get(key) ?? 0) + 1);
      if (!isTelling) void tellAll();
      return entry.count === perMinute ? 'filled' : 'counted';
    },
  };
}
