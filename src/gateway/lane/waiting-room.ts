import { assert } from '../../domain/invariant.js';

/** Who goes first when calls must queue. */
export const priorities = ['mint', 'decision', 'poll', 'reconcile', 'sweep'] as const;
export type Priority = (typeof priorities)[number];

export interface Asking {
  readonly priority: Priority;
  readonly merchant: string; // several may share one pair of credentials
}

interface Waiter<Answer> {
  readonly giveUpAt: number;
  readonly resolve: (answer: Answer) => void;
}

export type WaitingRoom<Answer> = ReturnType<typeof createWaitingRoom<Answer>>;

/** A queue per priority, and in each one per merchant: whoever asks for much waits behind himself, not before others. */
export function createWaitingRoom<Answer>() {
  // A merchant who was served goes to the end of his map: the first one in it is whose turn it is.
  const queues = priorities.map(() => new Map<string, Waiter<Answer>[]>());
  const queueOf = (priority: Priority) => {
    const queue = queues[priorities.indexOf(priority)];
    assert(queue, `no queue for ${priority}`);
    return queue;
  };
  const size = (queue: Map<string, Waiter<Answer>[]>) =>
    [...queue.values()].reduce((sum, line) => sum + line.length, 0);

  function* everybody(): Generator<[Map<string, Waiter<Answer>[]>, string, Waiter<Answer>[]]> {
    for (const queue of queues) for (const [merchant, line] of [...queue]) yield [queue, merchant, line];
  }

  return {
    size: (): number => queues.reduce((sum, queue) => sum + size(queue), 0),

    sizeOf: (priority: Priority): number => size(queueOf(priority)),

    first: (): Priority | null => priorities.find((priority) => queueOf(priority).size > 0) ?? null,

    /** How many are served before one who comes now. */
    ahead({ priority, merchant }: Asking): number {
      const before = queues.slice(0, priorities.indexOf(priority)).reduce((sum, queue) => sum + size(queue), 0);
      const own = queueOf(priority).get(merchant)?.length ?? 0;
      const others = [...queueOf(priority)].filter(([name]) => name !== merchant);
      return before + own + others.reduce((sum, [, line]) => sum + Math.min(line.length, own + 1), 0);
    },

    add({ priority, merchant }: Asking, waiter: Waiter<Answer>): void {
      const queue = queueOf(priority);
      const line = queue.get(merchant);
      if (line) line.push(waiter);
      else queue.set(merchant, [waiter]);
    },

    /** Takes out whoever is next, or nobody. */
    next(): Waiter<Answer> | null {
      for (const [queue, merchant, line] of everybody()) {
        const waiter = line.shift();
        queue.delete(merchant);
        if (line.length > 0) queue.set(merchant, line);
        if (waiter) return waiter;
      }
      return null;
    },

    /** Takes out whoever has waited long enough. */
    takeTired(now: number): Waiter<Answer>[] {
      const tired: Waiter<Answer>[] = [];
      for (const [queue, merchant, line] of everybody()) {
        const rest = line.filter((waiter) => waiter.giveUpAt > now);
        if (rest.length === line.length) continue;
        tired.push(...line.filter((waiter) => waiter.giveUpAt <= now));
        if (rest.length > 0) queue.set(merchant, rest);
        else queue.delete(merchant);
      }
      return tired;
    },

    earliestGiveUp(): number {
      const firsts = [...everybody()].flatMap(([, , line]) => line.slice(0, 1));
      return Math.min(...firsts.map((waiter) => waiter.giveUpAt));
    },
  };
}
