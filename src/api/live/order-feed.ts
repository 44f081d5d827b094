import { listenToOrders, type ListenerEvents } from '../../db/orders/order-announcements.js';
import type { AppDeps } from '../deps.js';

const checkEveryMs = 15_000;
const firstWaitMs = 100;
const longestWaitMs = 5_000;

export interface OrderFeed {
  stop(): Promise<void>;
}

interface FeedEvents extends Pick<ListenerEvents, 'onChange'> {
  /** Listening, again or for the first time: whatever happened before was not heard. */
  readonly onConnected: () => void;
}

/** Keeps one connection listening for changed orders, whatever happens to the database. */
export function followOrders({ pool, log }: Pick<AppDeps, 'pool' | 'log'>, events: FeedEvents): OrderFeed {
  let isStopping = false;
  let wake = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function follow(): Promise<void> {
    const failures: Error[] = [];
    const onLost = (failure: Error) => {
      failures.push(failure);
      wake();
    };
    const listener = await listenToOrders(pool, { onChange: events.onChange, onLost });
    try {
      events.onConnected();
      while (!isStopping && failures.length === 0) {
        await pause(checkEveryMs);
        if (!isStopping && failures.length === 0) await listener.check();
      }
      if (failures[0]) throw failures[0];
    } finally {
      await listener.end();
    }
  }

  async function run(): Promise<void> {
    let waitMs = firstWaitMs;
    while (!isStopping) {
      const startedAt = performance.now();
      await follow().catch((failure: Error) => log.warn({ failure: failure.message }, 'not listening for orders'));
      if (isStopping) return;
      // A connection that lasted was a good one: the next try is quick again.
      waitMs = performance.now() - startedAt > longestWaitMs ? firstWaitMs : Math.min(waitMs * 2, longestWaitMs);
      await pause(waitMs * (0.5 + Math.random() / 2));
    }
  }

  const ended = run();
  return {
    stop: () => {
      isStopping = true;
      wake();
      return ended;
    },
  };
}
