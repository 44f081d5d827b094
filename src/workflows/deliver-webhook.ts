import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { wakeSignal, type DeliveryStart } from './messages.js';
import { deliveryActivities } from './proxies.js';

/**
 * One event to one endpoint, after its first attempt failed: follows the retries until the receiver accepts it or it is
 * given up, and is what an operator sees of them. The row holds attempts and the next due time; the workers' publishers
 * make what is due, each endpoint at its own pace. This run looks how it went, and the wait until the next look is the
 * activity's own retry delay, which costs no history. A wake-up (resume, replay, deleted) makes it look at the row again;
 * without one, a paused delivery is looked at once a day, since its endpoint may be disabled by then.
 */
export async function deliverWebhookWorkflow(start: DeliveryStart): Promise<string> {
  let woken = false;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  setCurrentDetails(start.summary);
  for (;;) {
    woken = false;
    const result = await followUntilAnswer(start, () => woken);
    if (result === 'woken') continue;
    if (result !== 'paused') {
      if (!woken) return result;
      continue; // woken as it ended: a replay may have begun a new round, which this run then takes on
    }
    setCurrentDetails(`${start.summary}: the endpoint is paused`);
    if (patched('a-paused-delivery-is-looked-at-daily')) await condition(() => woken, '1 day');
    else await condition(() => woken);
  }
}

/** The delivery's end, `paused`, or `woken` when a signal came while it waited. */
async function followUntilAnswer(start: DeliveryStart, isWoken: () => boolean): Promise<string> {
  const looks = new CancellationScope();
  const answer = looks
    .run(() => deliveryActivities(start.queues).attemptDelivery({ deliveryId: start.deliveryId }))
    .catch((failure: unknown) => {
      if (isCancellation(failure)) return 'woken';
      throw failure;
    });
  const wake = new CancellationScope();
  const signal = wake
    .run(() => condition(isWoken))
    .then(
      () => 'woken',
      () => 'woken',
    );
  const first = await Promise.race([answer, signal]);
  wake.cancel();
  if (first !== 'woken') return first;
  looks.cancel();
  return answer; // a look under way is let to its end: its result counts
}
