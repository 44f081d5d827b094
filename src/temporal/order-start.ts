import { orderSummary, type SummarisedOrder } from '../domain/order-summary.js';
import type { Clocks } from '../domain/timing.js';
import type { OrderStart, QueueNames } from '../workflows/messages.js';

/** What of an order's row its workflow is started with. */
export interface StoredOrder extends SummarisedOrder {
  readonly id: string;
  readonly accountId: string;
  readonly expiresAt: string;
}

/** What the order's workflow is started with, the same from whoever starts it. */
export function orderStart(
  order: StoredOrder,
  { clocks, queues }: { readonly clocks: Clocks; readonly queues: QueueNames },
): OrderStart {
  return {
    orderId: order.id,
    accountId: order.accountId,
    summary: orderSummary(order),
    payCurrency: order.requestedCoin,
    expiresAt: order.expiresAt,
    clocks,
    queues,
  };
}
