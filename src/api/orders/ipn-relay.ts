import { markRelayed } from '../../db/money/relay-queue.js';
import { firstLookMs } from '../../domain/facts/relay.js';
import type { StoredOrder } from '../../temporal/order-start.js';
import type { AppDeps } from '../deps.js';

const mostAtOnce = 200;
// By then its workflow has dealt with nearly every one, which says as much and leaves nothing to write. Well within the
// two seconds after which the worker hands over what is not marked.
const markAfterMs = 500;

export interface IpnRelay {
  /** Hands an inbox row to its order's workflow, after the answer. */
  relay(order: StoredOrder, eventId: string): void;
  /** Resolves when nothing is under way any more. */
  ended(): Promise<void>;
}

/**
 * The provider waits three seconds for its answer, so nothing here may hold it up. What fails, or is one too many, is
 * still unrelayed in the inbox, where the worker's relay loop finds it.
 */
export function createIpnRelay({ pool, orderRuns, orderStart, traced, log }: AppDeps): IpnRelay {
  const underWay = new Map<string, Promise<void>>();
  const unmarked = new Map<string, number>(); // when each was handed over
  let timer: NodeJS.Timeout | undefined;

  async function handOver(order: StoredOrder, eventId: string): Promise<void> {
    try {
      await traced({ orderId: order.id, name: 'ipn' }, () =>
        orderRuns.handOver(orderStart(order), { kind: 'ipn', id: eventId }),
      );
      unmarked.set(eventId, performance.now());
      timer ??= setTimeout(() => void markAll(), markAfterMs);
    } catch (failure) {
      log.warn({ err: failure, orderId: order.id, eventId }, 'an IPN waits in the inbox');
    }
  }

  async function markAll(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const now = performance.now();
    const handed = [...unmarked].map(([id, atMs]) => ({ id, agoMs: now - atMs, lookAgainMs: firstLookMs }));
    unmarked.clear();
    try {
      if (handed.length > 0) await markRelayed(pool, handed);
    } catch (failure) {
      log.warn(
        { err: failure, count: handed.length },
        'IPNs that were handed over are not marked so: they will be again',
      );
    }
  }

  return {
    relay(order, eventId) {
      if (underWay.size >= mostAtOnce || underWay.has(eventId) || unmarked.has(eventId)) return;
      const relaying = handOver(order, eventId).finally(() => underWay.delete(eventId));
      underWay.set(eventId, relaying);
    },
    async ended() {
      await Promise.all(underWay.values());
      await markAll();
    },
  };
}
