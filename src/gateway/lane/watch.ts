import type { Health } from './breaker.js';
import { minute } from '../../domain/timing.js';

/** One answer, or the lack of one, as it is told. */
export interface Told {
  readonly host: string;
  readonly keyLabel: string;
  readonly call: string; // `GET payment`, never an id
  readonly cause: Health['kind'];
  readonly status: number | null; // HTTP; null: no answer
  readonly message: string | null; // why; null: all is well
  readonly seconds: number;
}

/** Who is told how the provider does; the worker's metrics and alarms. */
export interface LaneObserver {
  answered(told: Told, isUp: boolean): void;
  /** Once for each outage that lasts longer than a minute. */
  down(told: Told, forMs: number): void;
}

const tellAfterMs = minute;
const failuresToBeDown = 5; // in a row, whatever they were about: with few orders they may all be about one

/** Follows one lane: it is down when its calls rest after failures, or five in a row had no good answer. */
export function createWatch(clock: () => number, observer: LaneObserver | undefined) {
  let since: number | null = null; // of the first failure after the last good answer
  let failures = 0;
  let isDown = false;
  let isTold = false;
  let last: Told | null = null;

  function look(): void {
    if (!isDown || isTold || since === null || last === null || clock() - since < tellAfterMs) return;
    isTold = true;
    observer?.down(last, clock() - since);
  }

  return {
    /** How long the outage lasted that this answer ended; null: there was none. */
    heard(told: Told, isResting: boolean): number | null {
      const lastedMs = told.cause === 'well' && isDown && since !== null ? clock() - since : null;
      if (told.cause === 'well') {
        since = null;
        failures = 0;
        isDown = isTold = false;
      } else {
        since ??= clock();
        failures += told.cause === 'limited' ? 0 : 1;
        isDown = isResting || failures >= failuresToBeDown;
        last = told;
      }
      observer?.answered(told, !isDown);
      look();
      return lastedMs;
    },
    /** At a call that is not made since the lane rests: nothing is heard meanwhile, and a minute passes. */
    look,
  };
}
