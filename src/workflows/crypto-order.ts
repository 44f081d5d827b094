import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { isClosed } from '../domain/order.js';
import { decisionFault } from './decision-fault.js';
import type { HandedFact, FactOutcome } from '../domain/facts/fact.js';
import {
  openUpdate,
  stateQuery,
  type OpenResult,
  type OrderResult,
  type OrderStart,
  type OrderState,
} from './messages.js';
import { createOperatorView, waitings } from './operator-view.js';
import { createAsking, needsProvider } from './order-asking.js';
import { waitForClockOrFact } from './order-clock.js';
import { createOrderInbox } from './order-inbox.js';
import { createOpening } from './order-opening.js';
import { settleStep } from './order-steps.js';
import { ofItsRelease } from './release-behavior.js';

const mostTogether = 100; // IPNs that one reading may answer
/** What is said of an order while its payment is being made, and can wait until it is. */
const waitsForOpening: ReadonlySet<HandedFact['kind']> = new Set(['operator', 'choice', 'advance']);
const mostCarried = 20; // a run's input has a limit, so a long inbox is worked off first

// Ends, also after continue-as-new, on the release that began it (docs/upgrading.md).
setWorkflowOptions(ofItsRelease('PINNED'), cryptoOrderWorkflow);

/**
 * The life of one order, a function of its stored row: open it (mint once), then deal with facts until nothing is left
 * to wait for. May be started again at any time for the same order: a late coin or a decision simply starts a run that
 * finds the order closed, deals with the fact and ends.
 *
 * The order is in one of four modes:
 *
 * - opening: `openOrder` runs beside the loop, at the start and after a payer's choice of a coin. Facts gather in the inbox,
 *   but only a cancellation is taken, since it must not wait for a slow provider and every other fact may be about the
 *   payment that is being made. Left when the opening ends, with an address or without one, or when a cancellation closes
 *   the order.
 * - asking: a fact that is understood by asking the provider is being settled, beside the loop. While the provider is away
 *   that takes as long as the outage. Other such facts wait for it; what a person says is patient for three seconds and
 *   then goes ahead. Left when the fact is settled.
 * - waiting: opened, nothing asked, and the order is not closed. Left by the first fact in the inbox, or by the one that its
 *   clock brings (order-clock.ts).
 * - closed: paid, failed or cancelled. No clock runs, and an opening that still runs is called off. What comes before the
 *   run ends is dealt with all the same; it ends when the inbox is empty and everybody who asked has an answer.
 *
 * Which mode it is follows from what the loop knows, so none is stored: `state` (the latest version of the row that an
 * activity answered), whether the opening or the asking runs, and the inbox. With neither running, and nobody to answer, a
 * long history is exchanged for a new run, which is handed what waits in the inbox.
 */
export async function cryptoOrderWorkflow(start: OrderStart): Promise<OrderResult> {
  let state: OrderState | null = null;
  const opening = createOpening(start, know);
  const mayBeTaken = (fact: HandedFact) => !opening.isRunning() || fact.kind === 'cancel';
  const inbox = createOrderInbox({
    faultOf: (fact) => decisionFault(fact, state),
    answerMeanwhile: (fact) => (waitsForOpening.has(fact.kind) && opening.isRunning() ? waits(state) : null),
    carried: start.carried ?? [],
  });
  const view = createOperatorView(start);
  const asking = createAsking(inbox, view, mayBeTaken);
  setHandler(stateQuery, () => state);
  setHandler(openUpdate, async (): Promise<OpenResult> => {
    await condition(() => state !== null && (state.minted || !opening.isRunning()));
    return { status: shown(state).status, minted: shown(state).minted };
  });

  function know(next: OrderState): void {
    state = newer(state, next);
    view.show(state);
  }

  opening.begin(start.expiresAt); // after what came with the start
  for (;;) {
    asking.throwFailure();
    if (isRunLong()) await continueAsNew<typeof cryptoOrderWorkflow>({ ...start, carried: inbox.waiting() });
    // A fact is taken before any waiting, so that none stays in the inbox while a clock is set.
    const fact = asking.isRunning() ? await asking.wordMeanwhile() : (inbox.take(mayBeTaken) ?? (await nextFact()));
    if (fact === 'finished') break;
    if (fact === 'look again') continue;
    if (needsProvider(fact)) asking.begin(fact, () => settle(fact));
    else await settle(fact);
  }
  return { status: shown(state).status, version: shown(state).version };

  /** A run that grew long hands what waits to a new one. Nobody may be waiting for its answer meanwhile. */
  function isRunLong(): boolean {
    const isIdle = state !== null && !opening.isRunning() && !asking.isRunning() && allHandlersFinished();
    return isIdle && inbox.waiting().length <= mostCarried && workflowInfo().continueAsNewSuggested;
  }

  async function settle(fact: HandedFact): Promise<void> {
    const runId = workflowInfo().runId;
    const others = fact.kind === 'ipn' ? inbox.takeAll(({ kind }) => kind === 'ipn', mostTogether) : [];
    const also = others.map(({ id }) => id);
    const settleOrder = settleStep(start.queues, fact, { isAlone: !inbox.hasFacts() });
    const { orderId, clocks } = start;
    const settled = await settleOrder({ orderId, fact, clocks, runId, ...(also.length > 0 ? { also } : {}) });
    inbox.putBack(others.filter(({ id }) => settled.left?.includes(id)));
    know(settled.state);
    inbox.answer(fact, settled.outcome);
    if (fact.kind === 'choice' && isToBeOpened(settled.state)) {
      view.waitsFor(waitings.payment);
      opening.begin(settled.state.deadline ?? start.expiresAt);
    }
  }

  async function nextFact(): Promise<HandedFact | 'finished' | 'look again'> {
    if (state !== null && isClosed(state.status)) {
      opening.cancel();
      await condition(() => !opening.isRunning() && (inbox.hasFacts() || allHandlersFinished()));
      return inbox.hasFacts() ? 'look again' : 'finished';
    }
    if (opening.isRunning() || state === null) {
      await condition(() => inbox.has(mayBeTaken) || (!opening.isRunning() && state !== null));
      return 'look again';
    }
    return (await waitForClockOrFact(start, state, { inbox, view })) ?? 'look again';
  }
}

/** A payer chose another coin: its payment is made as the first one is. */
function isToBeOpened({ status, minted, mintable }: OrderState): boolean {
  return status === 'pending' && !minted && mintable;
}

function waits(state: OrderState | null): FactOutcome {
  return {
    kind: 'waits',
    status: state?.status ?? 'pending',
    reason: 'its payment is still being made at the provider',
  };
}

/** Opening and settling run side by side; the later version of the row is the true one. */
function newer(known: OrderState | null, next: OrderState): OrderState {
  if (known === null || next.version > known.version) return next;
  if (next.version < known.version) return known;
  return known.minted && !next.minted ? known : next;
}

function shown(state: OrderState | null): OrderState {
  if (state === null) throw new Error('invariant broken: an order without a state');
  return state;
}
