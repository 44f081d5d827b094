import { setTimeout as pause } from 'node:timers/promises';

/** What `work` answers, or what `otherwise` says once that takes too long. The work goes on: it must be harmless to repeat. */
export async function inTime<T>(work: Promise<T>, mostMs: number, otherwise: () => T | Promise<T>): Promise<T> {
  const ended = new AbortController();
  const tooLate = pause(mostMs, 'too late', { ref: false, signal: ended.signal }).catch(() => 'ended');
  try {
    const first = await Promise.race([work.then((value) => ({ value })), tooLate]);
    return typeof first === 'string' ? await otherwise() : first.value;
  } finally {
    ended.abort();
  }
}
