import { setTimeout as pause } from 'node:timers/promises';

/** What comes of the work, or null when that takes longer than somebody has patience for. The work goes on. */
export function inTime<T>(work: Promise<T>, patienceMs: number): Promise<T | null> {
  return Promise.race([work, pause(patienceMs, null, { ref: false })]);
}
