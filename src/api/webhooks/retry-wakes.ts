import type { FastifyBaseLogger } from 'fastify';
import pLimit from 'p-limit';
import { deliveriesInRetry } from '../../db/deliveries/delivery-log.js';
import type { Database } from '../../db/pool.js';
import { deliverySummary } from '../../domain/delivery.js';
import type { DeliveryRuns } from '../../temporal/delivery-runs.js';

const mostAtOnce = 1_000; // what is left wakes by itself when its wait ends, or by the reconcile
const inParallel = 16;

/** Tells an endpoint's waiting retries to look at their rows again. Never fails: reconcile does the same later. */
export function createRetryWakes({
  pool,
  deliveryRuns,
  queues,
  log,
}: {
  pool: Database;
  deliveryRuns: DeliveryRuns;
  queues: Parameters<DeliveryRuns['startOrWake']>[0]['queues'];
  log: FastifyBaseLogger;
}): (endpointId: string) => Promise<void> {
  return async (endpointId) => {
    try {
      const waiting = await deliveriesInRetry(pool, endpointId, mostAtOnce);
      const limit = pLimit(inParallel);
      const wake = (delivery: (typeof waiting)[number]) =>
        deliveryRuns.startOrWake({ deliveryId: delivery.id, summary: deliverySummary(delivery), queues });
      await Promise.all(waiting.map((delivery) => limit(() => wake(delivery))));
    } catch (failure) {
      log.warn({ endpointId, failure: String(failure) }, 'retries were not woken: the reconcile will do it');
    }
  };
}
