import type { FastifyBaseLogger } from 'fastify';
import pLimit from 'p-limit';
import { deliveriesInRetry } from '../../db/deliveries/delivery-log.js';
import type { Database } from '../../db/pool.js';
import type { DeliveryRuns } from '../../temporal/delivery-runs.js';

const mostAtOnce = 1_000; // what is left wakes by itself when its wait ends
const inParallel = 16;

/** Tells the runs of an endpoint's retries that it was paused, resumed or deleted. Never fails: they look later by themselves. */
export function createRetryWakes({
  pool,
  deliveryRuns,
  log,
}: {
  pool: Database;
  deliveryRuns: DeliveryRuns;
  log: FastifyBaseLogger;
}): (endpointId: string) => Promise<void> {
  return async (endpointId) => {
    try {
      const waiting = await deliveriesInRetry(pool, endpointId, mostAtOnce);
      const limit = pLimit(inParallel);
      await Promise.all(waiting.map(({ id }) => limit(() => deliveryRuns.wake(id))));
    } catch (failure) {
      log.warn({ endpointId, failure: String(failure) }, 'retries were not woken: they look by themselves later');
    }
  };
}
