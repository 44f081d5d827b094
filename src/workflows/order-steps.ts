import { CancellationScope, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ProviderActivities } from '../activities/index.js';
import type { HandedFact } from '../domain/facts/fact.js';
import type { QueueNames } from './messages.js';
import { needsProvider } from './order-asking.js';

type OpenOrder = ProviderActivities['openOrder'];
type SettleOrder = ProviderActivities['settleOrder'];

/** A task that runs a step holds what is said meanwhile, and a person's patience is three seconds (order-asking.ts). */
export const firstTryLimit = '2 seconds';
/** What a person says looks at the provider for three seconds by itself, and nobody else's word waits behind it. */
const wordLimit = '5 seconds';

/** Mints, once; keeps trying as long as the pay window is open. */
export function openStep(queues: QueueNames, msLeft: number): OpenOrder {
  const summary = 'open the order: mint its payment once';
  const { openOrder } = firstTries(summary, firstTryLimit);
  const again = proxyActivities<Pick<ProviderActivities, 'openOrder'>>({
    taskQueue: queues.provider,
    summary: secondTry(summary),
    startToCloseTimeout: '45 seconds',
    heartbeatTimeout: '12 seconds', // a killed worker is noticed then, not at the end of the attempt
    scheduleToCloseTimeout: Math.max(msLeft, 1_000),
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
  });
  return localFirst(openOrder, again.openOrder);
}

/**
 * Settles a fact: never gives up, since money waits on it. The provider's own Retry-After may lengthen a wait. `isAlone`: no
 * other fact waits. Local steps one after the other would be one long task, which holds what is said meanwhile, and in which
 * a run does not learn that it grew long.
 */
export function settleStep(queues: QueueNames, fact: HandedFact, { isAlone }: { isAlone: boolean }): SettleOrder {
  const summary = `${fact.kind} ${fact.id}`.slice(0, 200);
  const durable = (name: string) =>
    proxyActivities<Pick<ProviderActivities, 'settleOrder'>>({
      taskQueue: queues.provider,
      summary: name,
      startToCloseTimeout: '60 seconds',
      heartbeatTimeout: '12 seconds',
      retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
    }).settleOrder;
  if (!isAlone) return durable(summary);
  const { settleOrder } = firstTries(summary, needsProvider(fact) ? firstTryLimit : wordLimit);
  return localFirst(settleOrder, durable(secondTry(summary)));
}

function secondTry(summary: string): string {
  return `${summary}, after a first try`;
}

/** Its limit counts from the asking, so that a worker which has no place free is not waited for either. */
function firstTries(summary: string, limit: typeof firstTryLimit | typeof wordLimit) {
  return proxyLocalActivities<Pick<ProviderActivities, 'openOrder' | 'settleOrder'>>({
    summary,
    scheduleToCloseTimeout: limit,
    retry: { maximumAttempts: 1 },
  });
}

/**
 * Nearly every step works at once. Its first try is a local activity, in the worker that has the order's workflow task: one
 * marker in the history, no round through a queue. Whatever it fails of, the same step goes on as an activity with a record
 * of its own, which an operator sees waiting. A task that is run again runs its local steps again: every effect has a key,
 * and an intent forbids a second mint. A try is let to its end, which is near: Temporal's SDK breaks a task that calls a local
 * activity off in the moment in which it ends.
 */
function localFirst<Input, Result>(
  local: (input: Input) => Promise<Result>,
  durable: (input: Input) => Promise<Result>,
): (input: Input) => Promise<Result> {
  return async (input) => {
    try {
      return await CancellationScope.nonCancellable(() => local(input));
    } catch {
      return await durable(input); // a scope that was cancelled begins nothing any more, and says so by itself
    }
  };
}
