import type { OrderRow } from '../../db/orders/orders.js';
import { markRelayed } from '../../db/money/relay-queue.js';
import { firstLookMs } from '../../domain/facts/relay.js';
import type { AppDeps } from '../deps.js';

const mostAtOnce = 200;

export interface IpnRelay {
  /** Hands an inbox row to its order's workflow, after the answer. */
  relay(order: OrderRow, eventId: string): void;
  /** Resolves when nothing is under way any more. */
  ended(): Promise<void>;
}

/**
 * The provider waits three seconds for its answer, so nothing here may hold it up. What fails, or is one too many, is
 * still unrelayed in the inbox, where the worker's relay loop finds it.
 */
export function createIpnRelay({ pool, orderRuns, orderStart, log }: AppDeps): IpnRelay {
  const underWay = new Set<Promise<void>>();

  async function handOver(order: OrderRow, eventId: string): Promise<void> {
    try {
      await orderRuns.handOver(orderStart(order), { kind: 'ipn', id: eventId });
      await markRelayed(pool, eventId, firstLookMs);
    } catch (failure) {
      log.warn({ err: failure, orderId: order.id, eventId }, 'an IPN waits in the inbox');
    }
  }

  return {
    relay(order, eventId) {
      if (underWay.size >= mostAtOnce) return;
      const relaying = handOver(order, eventId).finally(() => underWay.delete(relaying));
      underWay.add(relaying);
    },
    async ended() {
      await Promise.all(underWay);
    },
  };
}
