import { CancellationScope, condition, isCancellation, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { wakeSignal, type DeliveryStart } from './messages.js';
import { deliveryActivities } from './proxies.js';

/**
 * One event to one endpoint, after its first attempt failed: lives through the retry schedule until the receiver accepts
 * it or it is given up. The row holds attempts and the next due time; waiting between attempts is the activity's own
 * retry delay, which costs no history. A wake-up (pause, resume, replay, disabled) makes it look at the row again.
 */
export async function deliverWebhookWorkflow(start: DeliveryStart): Promise<string> {
  let woken = false;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  setCurrentDetails(start.summary);
  for (;;) {
    woken = false;
    const result = await attemptUntilAnswer(start, () => woken);
    if (result === 'woken') continue;
    if (result !== 'paused') {
      if (!woken) return result;
      continue; // woken as it ended: a replay may have begun a new round, which this run then takes on
    }
    setCurrentDetails(`${start.summary}: the endpoint is paused`);
    await condition(() => woken);
  }
}

/** The delivery's end, `paused`, or `woken` when a signal came while it waited. */
async function attemptUntilAnswer(start: DeliveryStart, isWoken: () => boolean): Promise<string> {
  const attempts = new CancellationScope();
  const answer = attempts
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
  attempts.cancel();
  return answer; // an attempt on the wire is let to its end: its result counts
}
