import { proxyActivities } from '@temporalio/workflow';
import type {
  DeliveryActivities,
  OrderActivities,
  ProviderActivities,
  ReconcileActivities,
  SweepActivities,
} from '../activities/index.js';
import { longestPollWaitMs, type Clocks } from '../domain/timing.js';
import type { QueueNames } from './messages.js';

/**
 * Asks the provider ever more rarely: each unchanged answer is a failed attempt, and attempts cost no history. The first
 * comes after the grace, the next after as long again, then twice that, up to half an hour. Nothing shortens a wait, no
 * quota either: what waits must cost nothing, and the sweep of the provider's list sees the rest.
 */
export function pollActivities(queues: QueueNames, msLeft: number, { pollGraceMs }: Clocks) {
  const firstWaitMs = Math.min(Math.max(pollGraceMs, 1_000), longestPollWaitMs);
  return proxyActivities<Pick<ProviderActivities, 'pollPayment'>>({
    taskQueue: queues.provider,
    summary: 'ask the provider until it says something new',
    startToCloseTimeout: '45 seconds',
    scheduleToCloseTimeout: Math.max(msLeft, 1_000),
    retry: { initialInterval: firstWaitMs, backoffCoefficient: 2, maximumInterval: longestPollWaitMs },
  });
}

export function orderActivities(queues: QueueNames) {
  return proxyActivities<OrderActivities>({
    taskQueue: queues.orders,
    summary: 'load the stored order',
    startToCloseTimeout: '15 seconds',
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  });
}

export function reconcileActivities(queues: QueueNames) {
  return proxyActivities<ReconcileActivities>({
    taskQueue: queues.orders,
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '1 minute',
    // Half a minute and then the step is given up: the next run comes in minutes, and the other steps need not wait.
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 5 },
  });
}

/** A sweep ends before the next but one begins: what it missed, that one sees. */
export function sweepActivities(queues: QueueNames) {
  return proxyActivities<SweepActivities>({
    taskQueue: queues.provider,
    summary: "read the provider's list, ring what changed",
    startToCloseTimeout: '8 minutes',
    scheduleToCloseTimeout: '9 minutes',
    heartbeatTimeout: '1 minute',
    retry: { initialInterval: '5 seconds', maximumAttempts: 2 },
  });
}

/** Waiting between looks costs no history: each says by its failure when to look again. */
export function deliveryActivities(queues: QueueNames) {
  return proxyActivities<DeliveryActivities>({
    taskQueue: queues.webhooks,
    startToCloseTimeout: '30 seconds',
    // For what is not the receiver's doing: a killed worker, a database that is away.
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
  });
}
