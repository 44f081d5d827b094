import { CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { OrderStart, OrderState } from './messages.js';
import { openStep } from './order-steps.js';
import { orderActivities } from './proxies.js';

/** The making of the order's payment: at the start, and again after its payer has chosen another coin. */
export interface OrderOpening {
  isRunning(): boolean;
  /** `until`: when the trying ends, as ISO time. */
  begin(until: string): void;
  cancel(): void;
}

/** Mints beside the loop, so that a cancellation need not wait for a slow provider. It counts as running until it has begun. */
export function createOpening(start: OrderStart, know: (state: OrderState) => void): OrderOpening {
  let scope = new CancellationScope();
  let running = true;
  return {
    isRunning: () => running,
    begin(until) {
      scope = new CancellationScope();
      running = true;
      void open(until).finally(() => (running = false));
    },
    cancel: () => scope.cancel(),
  };

  async function open(until: string): Promise<void> {
    const input = { orderId: start.orderId, clocks: start.clocks };
    try {
      const msLeft = Date.parse(until) - Date.now();
      know(await scope.run(() => openStep(start.queues, msLeft)(input)));
    } catch (failure) {
      // Out of time, or no longer wanted: the stored order says what is left to wait for.
      if (!isCancellation(failure)) log.warn('the order could not be opened in its pay window');
      know(await CancellationScope.nonCancellable(() => orderActivities(start.queues).loadOrder(input)));
    }
  }
}
