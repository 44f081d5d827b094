import { hour, minute } from '../timing.js';

/**
 * How an inbox row finds its order's workflow. It is in one of three states:
 *
 * - fresh: nobody has handed it over. Handed over at once; a failure waits seconds, then ever longer. While Temporal is away
 *   the wait stays short, since that says nothing about the row, and only what Temporal refuses counts against it.
 * - relayed: its workflow has it, and nothing is done but to look, at a growing distance, whether that run still is there. A
 *   run that waits for the provider is left alone: to signal it again would only bring it nearer to Temporal's limit of
 *   10,000. A run that has ended without dealing with it has lost it, and it is handed over again.
 * - set aside: too many looks and still not dealt with. Nothing more happens by itself; a person releases it
 *   (docs/runbook.md).
 *
 * From each of them it leaves for good as soon as a workflow has dealt with it.
 */
export type RelayEnd =
  | 'handed over'
  | 'left alone' // its run has it
  | 'away' // Temporal, or our database, could not be asked
  | 'refused';

/** A row as the relay sees it when it has claimed it. */
export interface Claimed {
  readonly relayedAt: string | null; // when it was last handed over; null: never
  readonly attempts: number; // this one included
}

export type NextLook = { readonly kind: 'later'; readonly waitMs: number } | { readonly kind: 'set aside' };

/** After so many looks, about three days, a row is a person's. */
export const mostLooks = 20;

export const firstLookMs = 2 * minute;
const firstRetryMs = 2_000;
const longestWaitMs = 6 * hour;
const longestWaitAwayMs = 15_000;

/** When to look at a row again, after this look ended so. */
export function nextLook({ relayedAt, attempts }: Claimed, end: RelayEnd): NextLook {
  if (relayedAt === null && end === 'handed over') return { kind: 'later', waitMs: firstLookMs };
  if (relayedAt === null && end === 'away') return later(firstRetryMs, attempts, longestWaitAwayMs);
  if (attempts >= mostLooks && end !== 'away') return { kind: 'set aside' };
  return later(relayedAt === null ? firstRetryMs : firstLookMs, attempts, longestWaitMs);
}

function later(firstMs: number, attempts: number, longestMs: number): NextLook {
  return { kind: 'later', waitMs: Math.min(firstMs * 2 ** Math.max(attempts - 1, 0), longestMs) };
}

/** The newest run of an order's workflow; null: there is none, or Temporal has forgotten it. */
export interface PresentRun {
  readonly isRunning: boolean;
  readonly startedAt: string;
}

/** Whether the run that was handed the row still has it: a run that began later was started without it. */
export function isHeld(run: PresentRun | null, relayedAt: string): boolean {
  return run !== null && run.isRunning && Date.parse(run.startedAt) <= Date.parse(relayedAt);
}
