import { iso } from '../spelling.js';
import type { Appender } from './journal.js';

export interface ClockLine {
  record: 'clock';
  offsetMs: number;
}

export type Clock = ReturnType<typeof createClock>;

/** Real time plus an offset that only ever grows, so nothing that happened is dated after what comes next. */
export function createClock(journal: Appender<ClockLine>) {
  let offsetMs = 0;
  let latest = 0;
  function now(): number {
    latest = Math.max(latest, Date.now() + offsetMs);
    return latest;
  }
  return {
    now,
    iso: (): string => iso(now()),
    moveTo(targetMs: number): void {
      offsetMs = Math.max(offsetMs, targetMs - Date.now());
      journal.append({ record: 'clock', offsetMs });
    },
    restore(savedOffsetMs: number): void {
      offsetMs = savedOffsetMs;
    },
    clear(): void {
      offsetMs = 0;
      latest = 0;
    },
  };
}
