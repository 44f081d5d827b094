import { setTimeout as pause } from 'node:timers/promises';

/** Temporal, or every worker, did not answer in time: the call may be repeated. */
export class TemporalAway extends Error {
  override readonly name = 'TemporalAway';
}

export interface TemporalWatch {
  /**
   * Runs a call that may take long, and gives it up as soon as Temporal itself does not answer; throws TemporalAway. While
   * that is known nobody waits for it: one caller a second finds out whether it is back.
   */
  during<T>(call: () => Promise<T>): Promise<T>;
}

export interface WatchOptions {
  readonly lookEveryMs?: number;
}

/** Tells a Temporal that hangs from a workflow that takes its time: both leave a call without an answer. */
export function createTemporalWatch(
  ping: () => Promise<boolean>,
  { lookEveryMs = 1_000 }: WatchOptions = {},
): TemporalWatch {
  let isAway = false;
  let lookedAt = -Infinity;
  let looking: Promise<boolean> | null = null;

  /** One look for all who want one. */
  function look(): Promise<boolean> {
    looking ??= ping().then((isThere) => {
      isAway = !isThere;
      lookedAt = performance.now();
      looking = null;
      return isThere;
    });
    return looking;
  }

  async function isKnownAway(): Promise<boolean> {
    if (!isAway) return false;
    const isMine = looking === null && performance.now() - lookedAt >= lookEveryMs;
    return isMine ? !(await look()) : true;
  }

  async function untilAway(hasEnded: () => boolean): Promise<never> {
    for (;;) {
      await pause(lookEveryMs, undefined, { ref: false });
      if (hasEnded()) return new Promise<never>(() => {}); // nobody listens any more
      if (!(await look()) && !hasEnded()) throw new TemporalAway('Temporal does not answer');
    }
  }

  return {
    async during(call) {
      if (await isKnownAway()) throw new TemporalAway('Temporal does not answer');
      let ended = false;
      try {
        return await Promise.race([call(), untilAway(() => ended)]);
      } finally {
        ended = true;
      }
    },
  };
}
