import { assert } from '../../domain/invariant.js';

/** What is counted together: one pair of credentials at one address of the provider. */
export interface Lane {
  readonly name: string;
  readonly perSecond: number;
  readonly burst: number;
}

export interface LeaseAsked {
  readonly atLeast: number; // so many wait: for them turns that only come may be taken too
  readonly atMost: number; // of turns that are there already
  readonly horizonMs: number; // how far ahead turns may be taken
}

/** Turns to call: the first in `firstInMs` (negative: it is there), each further one `everyMs` later. */
export type Lease =
  | { readonly kind: 'turns'; readonly turns: number; readonly firstInMs: number; readonly everyMs: number }
  | { readonly kind: 'none'; readonly retryAfterMs: number };

/** Who counts the calls of a lane, for all who share it. Throws while nobody can say: then nobody calls. */
export interface TokenSource {
  lease(lane: Lane, asked: LeaseAsked): Promise<Lease>;
  /** Tells the others that nobody calls for a while. It is only told: each process finds out for itself. */
  rest?(name: string, forMs: number): void;
}

/** Farther than any horizon: only a clock that was set back finds turns taken beyond it. */
const farthestMs = 5_000;

/**
 * Counts for one process alone: the doctor, and tests. `spentUntil` is the instant up to which the lane's turns are taken;
 * what lies before it by more than a burst is lost. The workers' counter is the same rule in one statement:
 * `src/db/reconcile/provider-lanes.ts`.
 */
export function createLocalTokens(clock: () => number): TokenSource {
  const spentUntil = new Map<string, number>();
  return {
    lease({ name, perSecond, burst }, { atLeast, atMost, horizonMs }): Promise<Lease> {
      assert(perSecond > 0 && burst >= 1, 'a quota lets calls through');
      const everyMs = 1000 / perSecond;
      const now = clock();
      const base = Math.max(Math.min(spentUntil.get(name) ?? -Infinity, now + farthestMs), now - burst * everyMs);
      const turnsIn = (ms: number): number => Math.max(0, Math.floor((now + ms - base) / everyMs + 1e-6));
      const turns = Math.max(Math.min(atMost, turnsIn(0)), Math.min(atLeast, turnsIn(horizonMs)));
      const firstInMs = base + everyMs - now;
      spentUntil.set(name, base + turns * everyMs);
      if (turns === 0) return Promise.resolve({ kind: 'none', retryAfterMs: Math.ceil(firstInMs - horizonMs) });
      return Promise.resolve({ kind: 'turns', turns, firstInMs, everyMs });
    },
  };
}
