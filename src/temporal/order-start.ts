import { orderSummary, type SummarisedOrder } from '../domain/order-summary.js';
import type { Clocks } from '../domain/timing.js';
import { attributes, orderWorkflowId, type OrderStart, type QueueNames } from '../workflows/messages.js';

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

/** How a run of the order is started. */
export function startOptions(order: OrderStart) {
  return {
    workflowId: orderWorkflowId(order.orderId),
    taskQueue: order.queues.orders,
    args: [order] as [OrderStart],
    staticSummary: order.summary,
    staticDetails: `Order ${order.orderId}; the table below says what it waits for, and until when.`,
    typedSearchAttributes: [
      { key: attributes.accountId, value: order.accountId },
      { key: attributes.orderStatus, value: 'pending' },
      ...(order.payCurrency === null ? [] : [{ key: attributes.payCurrency, value: order.payCurrency }]),
      { key: attributes.needsSupport, value: false },
    ],
  };
}
