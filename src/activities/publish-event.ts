import { claimFirstAttempts, markPublishedWhereAttempted } from '../db/deliveries.js';
import type { ClaimedDelivery } from '../db/deliveries.js';
import { attemptAll } from './attempt-delivery.js';
import type { DeliveryDependencies } from './attempt-delivery.js';

export interface PublishDependencies extends DeliveryDependencies {
  /** Starts the workflow that lives through the retries of one delivery. */
  readonly startDelivery: (delivery: { id: string; eventType: string; endpointId: string }) => Promise<void>;
}

const batchSize = 500;

/** Makes the first attempt of each delivery of these events. What fails goes on in a workflow of its own. */
export async function publishEvents(deps: PublishDependencies, eventIds: readonly string[]): Promise<void> {
  for (;;) {
    const claimed = await claimFirstAttempts(deps.pool, { eventIds, limit: batchSize });
    await attemptFirst(deps, claimed);
    if (claimed.length < batchSize) break;
  }
  await markPublishedWhereAttempted(deps.pool, eventIds);
}

/** First attempts that nobody makes otherwise: replays, pings, resumed endpoints, a worker that died. One batch. */
export async function publishDue(deps: PublishDependencies): Promise<number> {
  const claimed = await claimFirstAttempts(deps.pool, { eventIds: null, limit: batchSize });
  await attemptFirst(deps, claimed);
  if (claimed.length > 0) {
    await markPublishedWhereAttempted(deps.pool, [...new Set(claimed.map((delivery) => delivery.eventId))]);
  }
  return claimed.length;
}

async function attemptFirst(deps: PublishDependencies, claimed: readonly ClaimedDelivery[]): Promise<void> {
  const records = await attemptAll(deps, claimed);
  const retried = new Set(records.filter((record) => record.next.kind === 'retry').map((record) => record.deliveryId));
  await Promise.all(
    claimed.filter((delivery) => retried.has(delivery.id)).map((delivery) => deps.startDelivery(delivery)),
  );
}
