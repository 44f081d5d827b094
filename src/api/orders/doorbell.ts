import type { OrderRow } from '../../db/orders/orders.js';
import { markRelayed } from '../../db/money/provider-events.js';
import type { AppDeps } from '../deps.js';

const mostAtOnce = 200;

export interface Doorbell {
  /** Hands an inbox row to its order's workflow, after the answer. */
  ring(order: OrderRow, eventId: string): void;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
}

/**
 * The provider waits three seconds for its answer, so nothing here may hold it up. What fails, or is one too many, is
 * still unrelayed in the inbox, where the worker's relay loop finds it.
 */
export function createDoorbell({ pool, orderRuns, orderStart, log }: AppDeps): Doorbell {
  const underWay = new Set<Promise<void>>();

  async function relay(order: OrderRow, eventId: string): Promise<void> {
    try {
      await orderRuns.handOver(orderStart(order), { kind: 'ipn', id: eventId });
      await markRelayed(pool, eventId);
    } catch (failure) {
      log.warn({ err: failure, orderId: order.id, eventId }, 'an IPN waits in the inbox');
    }
  }

  return {
    ring(order, eventId) {
      if (underWay.size >= mostAtOnce) return;
      const relaying = relay(order, eventId).finally(() => underWay.delete(relaying));
      underWay.add(relaying);
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}
