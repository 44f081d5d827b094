import DataLoader from 'dataloader';
import { inTime } from './in-time.js';

interface Limits {
  readonly most: number; // of one run
  readonly mostWaiting: number; // of all that have no answer yet; what comes then is refused
  readonly patienceMs: number; // a run that takes longer is not waited for by the next
  readonly refusal: () => Error;
}

/**
 * Does at once what comes alone, and together what comes while that is under way: nobody waits for company, and a flood
 * costs a run for many. Each caller gets the answer of its own item, when its run has ended. `run` answers an error for an
 * item that failed.
 */
export function createMicroBatches<Item, Answer>(
  run: (items: readonly Item[]) => Promise<readonly (Answer | Error)[]>,
  { most, mostWaiting, patienceMs, refusal }: Limits,
): (item: Item) => Promise<Answer> {
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve(); // of the last batch that has one
  let underWay: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<Item, Answer>(
    (items) => {
      const running = run(items);
      underWay = inTime<unknown>(
        running.catch(() => {}),
        patienceMs,
        () => {},
      );
      return running;
    },
    {
      cache: false,
      maxBatchSize: most,
      batchScheduleFn: (begin) => {
        turn = turn.then(() => underWay).then(begin);
      },
    },
  );
  return async (item) => {
    if (waiting >= mostWaiting) throw refusal();
    waiting += 1;
    try {
      return await loader.load(item);
    } finally {
      waiting -= 1;
    }
  };
}
