import {
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import { wakeSignal, type DeliveryStart } from './messages.js';
import { deliveryActivities } from './proxies.js';
import { ofItsRelease } from './release-behavior.js';

setWorkflowOptions(ofItsRelease('AUTO_UPGRADE'), deliverWebhookWorkflow);

/**
 * One event to one endpoint, after its first attempt failed: follows the retries until the receiver accepts it, it is given
 * up, or its endpoint is paused, and is what an operator sees of them. The row holds attempts and the next due time; the
 * workers' publishers make what is due, each endpoint at its own pace. This run looks how it went, and the wait until the
 * next look is the activity's own retry delay, which costs no history. A wake-up (paused, resumed, replayed, deleted) makes
 * it look at the row again. A paused endpoint costs no open run: the row says that this one has ended, and whoever fails to
 * deliver it once the endpoint is resumed begins another.
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
    // Woken as it ended: the endpoint was resumed, or a replay began a new round, which this run then takes on.
    if (result !== 'woken' && !woken) return result;
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
