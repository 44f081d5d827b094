import { assert } from '../../domain/invariant.js';

/** Who goes first when calls must queue. */
export const priorities = ['mint', 'decision', 'poll', 'reconcile'] as const;
export type Priority = (typeof priorities)[number];

export type Turn = { readonly kind: 'now' } | { readonly kind: 'later'; readonly retryAfterMs: number };

interface Waiter {
  readonly giveUpAt: number;
  readonly resolve: (turn: Turn) => void;
}

/** Nobody queues longer than this in here: Temporal waits more cheaply, and shows it. */
const longestQueueMs = 5_000;

/** A token bucket with a queue per priority. `clock` is in milliseconds and need not know the date. */
export function createQuota({ maxRps, burst, clock }: { maxRps: number; burst: number; clock: () => number }) {
  assert(maxRps > 0 && burst >= 1, 'a quota lets calls through');
  const queues = priorities.map((): Waiter[] => []);
  const perMs = maxRps / 1000;
  let tokens = burst;
  let refilledAt = clock();
  let timer: NodeJS.Timeout | null = null;

  function refill(): number {
    const now = clock();
    tokens = Math.min(burst, tokens + Math.max(0, now - refilledAt) * perMs);
    refilledAt = now;
    return now;
  }

  function arm(): void {
    if (timer !== null || queues.every((queue) => queue.length === 0)) return;
    timer = setTimeout(serve, Math.max(1, Math.ceil((1 - tokens) / perMs)));
  }

  function serve(): void {
    timer = null;
    const now = refill();
    for (const queue of queues) {
      for (let waiter = queue[0]; waiter && (tokens >= 1 || waiter.giveUpAt <= now); waiter = queue[0]) {
        queue.shift();
        if (waiter.giveUpAt <= now) waiter.resolve({ kind: 'later', retryAfterMs: longestQueueMs });
        else {
          tokens -= 1;
          waiter.resolve({ kind: 'now' });
        }
      }
    }
    arm();
  }

  return {
    take(priority: Priority): Promise<Turn> {
      const now = refill();
      const ahead = queues.slice(0, priorities.indexOf(priority) + 1).reduce((sum, queue) => sum + queue.length, 0);
      if (ahead === 0 && tokens >= 1) {
        tokens -= 1;
        return Promise.resolve({ kind: 'now' });
      }
      const waitMs = Math.ceil((ahead + 1 - tokens) / perMs);
      if (waitMs > longestQueueMs) return Promise.resolve({ kind: 'later', retryAfterMs: waitMs });
      return new Promise((resolve) => {
        queues[priorities.indexOf(priority)]?.push({ giveUpAt: now + longestQueueMs, resolve });
        arm();
      });
    },

    /** Sends everybody who waits away. */
    close(): void {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      for (const queue of queues) {
        for (const { resolve } of queue.splice(0)) resolve({ kind: 'later', retryAfterMs: longestQueueMs });
      }
    },
  };
}
