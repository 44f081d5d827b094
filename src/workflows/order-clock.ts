import { CancellationScope, condition, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { HandedFact } from '../domain/facts/fact.js';
import { day, hour } from '../domain/timing.js';
import type { OrderStart, OrderState } from './messages.js';
import { waitings, type OperatorView } from './operator-view.js';
import type { OrderInbox } from './order-inbox.js';
import { pollActivities } from './proxies.js';

// An activity's time is bounded: one that asks for so long is followed by the next.
const longestPoll = 30 * day;

/**
 * What an order waits with: one clock at a time, so that one history event or two stand for hours. Which one follows from
 * now, from the deadline and from `pollFrom`, both stored with the order: neither a duplicate nor a second run restarts
 * them. In each mode a fact in the inbox cancels the clock and ends the wait.
 *
 * - grace: neither `pollFrom` nor the deadline has come. A timer runs to the earlier one. At `pollFrom` the wait ends
 *   without a fact, to be asked for again as polling; at the deadline it brings the deadline's fact. An order without a
 *   payment has nothing to poll and stays here until its deadline, one without a deadline until a fact comes.
 * - polling: there is a payment, and the deadline is ahead. One activity asks the provider again and again. It brings a
 *   fact when the provider says something new, and gives up when its next attempt would pass the deadline. Where that is
 *   more than thirty days away, or there is none, polling begins anew after so long.
 * - rest: polling gave up. A timer runs to the deadline and brings its fact.
 * - over: the deadline had passed before the wait began, as it may when a run starts late. Its fact comes at once.
 *
 * A deadline's fact has the deadline in its id, so it counts once however often it comes. Answers the fact that the clock
 * itself brought, or null to look again.
 */
export async function waitForClockOrFact(
  start: OrderStart,
  state: OrderState,
  { inbox, view }: { inbox: OrderInbox; view: Pick<OperatorView, 'waitsFor'> },
): Promise<HandedFact | null> {
  const deadline = state.deadline === null ? Infinity : Date.parse(state.deadline);
  const pollFrom = state.minted ? Date.parse(state.pollFrom) : Infinity;

  if (Date.now() < Math.min(pollFrom, deadline)) {
    view.waitsFor(state.minted ? waitings.grace(state.pollFrom) : unpaidWaiting(state));
    const name = pollFrom < deadline ? 'an IPN may come, then we ask' : deadlineName(state);
    const rang = await raceInbox(inbox, () => sleepUntil(Math.min(pollFrom, deadline), name));
    if (!rang) return null;
    return pollFrom < deadline ? null : deadlineFact(state);
  }
  if (state.minted && Date.now() < deadline) {
    view.waitsFor(waitings.poll);
    const change = await raceInbox(inbox, () => pollUntilChange(start, deadline));
    if (!change || change === 'again') return null;
    if (change === 'changed')
      return { kind: 'poll', id: `poll:${workflowInfo().runId}:${workflowInfo().historyLength}` };
    view.waitsFor(waitings.deadline);
    // The poll ends early, when its next attempt would pass the deadline: the rest is a plain timer.
    const rang = await raceInbox(inbox, () => sleepUntil(deadline, deadlineName(state)));
    return rang ? deadlineFact(state) : null;
  }
  return deadlineFact(state);
}

function unpaidWaiting({ awaitsChoice }: OrderState): string {
  return awaitsChoice ? waitings.choice : waitings.person;
}

async function sleepUntil(time: number, summary: string): Promise<'rang'> {
  if (time === Infinity) await condition(() => false);
  await sleep(Math.max(1, time - Date.now()), { summary });
  return 'rang';
}

async function pollUntilChange(start: OrderStart, deadline: number): Promise<'changed' | 'again' | 'ended'> {
  const begunAt = Date.now();
  const msLeft = Math.min(deadline - begunAt, longestPoll);
  try {
    await pollActivities(start.queues, msLeft, start.clocks).pollPayment({ orderId: start.orderId });
    return 'changed';
  } catch (failure) {
    if (isCancellation(failure)) throw failure;
    // Its last attempt may be half an hour before the end of its time.
    if (deadline - begunAt > longestPoll && Date.now() - begunAt > longestPoll - hour) return 'again';
    return 'ended'; // ran into the deadline; what the provider says then is read once more
  }
}

/** Runs `clock` until it answers or a fact comes; a fact cancels it and answers null. */
async function raceInbox<T>(inbox: OrderInbox, clock: () => Promise<T>): Promise<T | null> {
  const scope = new CancellationScope();
  const clockEnd = scope.run(clock).catch((failure: unknown) => {
    if (isCancellation(failure)) return null;
    throw failure;
  });
  const waiting = new CancellationScope();
  const factCame = waiting
    .run(async () => {
      await condition(() => inbox.hasFacts());
      return null;
    })
    .catch((failure: unknown) => {
      if (isCancellation(failure)) return null;
      throw failure;
    });
  const first = await Promise.race([clockEnd, factCame]);
  scope.cancel();
  waiting.cancel();
  return first;
}

function deadlineName({ status }: OrderState): string {
  if (status === 'partial') return 'the partial window ends';
  return status === 'confirming' ? 'a slow confirmation' : 'the pay window ends';
}

function deadlineFact({ status, deadline }: OrderState): HandedFact {
  const at = deadline === null ? {} : { deadline };
  if (status === 'partial') return { kind: 'partial_window_ended', id: `partial_window_ended:${deadline}`, ...at };
  if (status === 'confirming') return { kind: 'slow_confirmation', id: `slow_confirmation:${deadline}` };
  return { kind: 'window_closed', id: `window_closed:${deadline}`, ...at };
}
