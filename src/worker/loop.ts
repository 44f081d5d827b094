import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log.js';

export interface Loop {
  /** Ends after the round that is under way. */
  stop(): Promise<void>;
}

/** Runs `round` again and again, one at a time. A round that fails is logged once per streak and tried again, slower. */
export function startLoop(
  { everyMs, name, log }: { everyMs: number; name: string; log: Logger },
  round: () => Promise<void>,
): Loop {
  const stopping = new AbortController();
  const { signal } = stopping;
  let failures = 0;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await round();
        failures = 0;
      } catch (failure) {
        failures += 1;
        if (failures === 1) log.warn({ loop: name, failure: String(failure) }, 'a round failed; going on');
      }
      const waitMs = Math.min(everyMs * 2 ** Math.min(failures, 4), Math.max(everyMs, 15_000));
      // A stop that came during the round ends this wait before it begins.
      await pause(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  const ended = run();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
