import { pause, withDeadline } from '../deadline.js';
import { QuittanceError, isRetryable } from '../errors.js';
import type { Order } from './order.js';

export interface SettlementOptions {
  signal?: AbortSignal;
  /** How long to wait in all; without it, as long as the order takes. */
  timeoutMs?: number;
  /** The pause between two reads; it doubles, up to a minute, while reads fail. */
  pollMs?: number;
}

/** The order ended `failed` or `cancelled`. Support may still honour a late payment: the webhook would tell. */
export class OrderNotPaidError extends QuittanceError {
  readonly order: Order;

  constructor(order: Order) {
    const detail = `order ${order.order_id} is ${order.status}`;
    super('order_not_paid', { type: 'about:blank', title: 'Order not paid', status: 0, detail });
    this.order = order;
  }
}

/** Time ran out first. The order may still become paid. */
export class SettlementTimeoutError extends QuittanceError {
  /** As last read; null when no read succeeded. */
  readonly order: Order | null;

  constructor(timeoutMs: number, order: Order | null) {
    const detail = `not settled within ${timeoutMs} ms${order ? `: order ${order.order_id} is ${order.status}` : ''}`;
    super('settlement_timeout', { type: 'about:blank', title: 'Settlement timeout', status: 0, detail });
    this.order = order;
  }
}

const longestPauseMs = 60_000;
const failedReadsInARow = 5; // each of them already retried

/** Reads the order until it is paid; throws when it never will be. */
export async function pollUntilSettled(
  read: (signal: AbortSignal) => Promise<Order>,
  { signal, timeoutMs = Infinity, pollMs = 5000 }: SettlementOptions,
): Promise<Order> {
  if (!(pollMs > 0)) throw new TypeError('pollMs: more than 0');
  let order: Order | null = null;
  const onTimeout = (): Error => new SettlementTimeoutError(timeoutMs, order);
  return withDeadline({ signal, timeoutMs, onTimeout }, async (stop) => {
    for (let failures = 0; ;) {
      try {
        order = await read(stop);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isRetryable(error) || failures === failedReadsInARow) throw error;
      }
      if (order?.status === 'paid') return order;
      if (order?.status === 'failed' || order?.status === 'cancelled') throw new OrderNotPaidError(order);
      await pause(Math.min(pollMs * 2 ** failures, Math.max(pollMs, longestPauseMs)), stop);
    }
  });
}
