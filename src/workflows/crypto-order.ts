import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { isClosed } from '../domain/order.js';
import { decisionFault } from './decision-fault.js';
import type { Fact } from '../domain/facts/fact.js';
import {
  openUpdate,
  stateQuery,
  type OpenResult,
  type OrderResult,
  type OrderStart,
  type OrderState,
} from './messages.js';
import { createOperatorView } from './operator-view.js';
import { waitForClockOrFact } from './order-clock.js';
import { createOrderInbox } from './order-inbox.js';
import { mintActivities, orderActivities, settleActivities } from './proxies.js';

/**
 * The life of one order, a function of its stored row: open it (mint once), then deal with facts until nothing is left
 * to wait for. May be started again at any time for the same order: a late coin or a decision simply starts a run that
 * finds the order closed, deals with the fact and ends.
 *
 * One fact is dealt with at a time, and between facts the order is in one of three modes:
 *
 * - opening: `openOrder` runs beside the loop. Facts gather in the inbox, but only a cancellation is taken, since it must
 *   not wait for a slow provider and every other fact may be about the payment that is being made. Left when the opening
 *   ends, with an address or without one, or when a cancellation closes the order.
 * - waiting: opened, and the order is not closed. Left by the first fact in the inbox, or by the one that its clock brings
 *   (order-clock.ts). Only here, with nothing in hand and nobody to answer, is a long history exchanged for a new run.
 * - closed: paid, failed or cancelled. No clock runs, and an opening that still runs is called off. What comes before the
 *   run ends is dealt with all the same; it ends when the inbox is empty and everybody who asked has an answer.
 *
 * Which mode it is follows from what the loop knows, so none is stored: `state` (the latest version of the row that an
 * activity answered), whether the opening runs, and the inbox.
 */
export async function cryptoOrderWorkflow(start: OrderStart): Promise<OrderResult> {
  let state: OrderState | null = null;
  const inbox = createOrderInbox((fact) => decisionFault(fact, state));
  const view = createOperatorView(start);
  setHandler(stateQuery, () => state);
  setHandler(openUpdate, async (): Promise<OpenResult> => {
    await condition(() => state !== null && (state.minted || !opening.isRunning()));
    return { status: shown(state).status, minted: shown(state).minted };
  });

  function know(next: OrderState): void {
    state = newer(state, next);
    view.show(state);
  }

  const opening = startOpening(start, know);
  for (;;) {
    // A fact is taken before any waiting, so that none stays in the inbox while a clock is set.
    const fact = (opening.isRunning() ? inbox.takeCancellation() : inbox.take()) ?? (await nextFact());
    if (fact === 'finished') break;
    if (fact === 'look again') continue;
    const { settleOrder } = settleActivities(start.queues, `${fact.kind} ${fact.id}`.slice(0, 200));
    const runId = workflowInfo().runId;
    const settled = await settleOrder({ orderId: start.orderId, fact, clocks: start.clocks, runId });
    know(settled.state);
    inbox.answer(fact, settled.outcome);
  }
  return { status: shown(state).status, version: shown(state).version };

  async function nextFact(): Promise<Fact | 'finished' | 'look again'> {
    if (state !== null && isClosed(state.status)) {
      opening.cancel();
      await condition(() => !opening.isRunning() && (inbox.hasFacts() || allHandlersFinished()));
      return inbox.hasFacts() ? 'look again' : 'finished';
    }
    if (opening.isRunning() || state === null) {
      await condition(() => inbox.hasCancellation() || (!opening.isRunning() && state !== null));
      return 'look again';
    }
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) {
      await continueAsNew<typeof cryptoOrderWorkflow>(start);
    }
    return (await waitForClockOrFact(start, state, inbox)) ?? 'look again';
  }
}

/** Mints beside the loop, so that a cancellation need not wait for a slow provider. */
function startOpening(start: OrderStart, know: (state: OrderState) => void) {
  const scope = new CancellationScope();
  let running = true;
  void open().finally(() => (running = false));
  return { isRunning: () => running, cancel: () => scope.cancel() };

  async function open(): Promise<void> {
    const input = { orderId: start.orderId, clocks: start.clocks };
    try {
      const msLeft = Date.parse(start.expiresAt) - Date.now();
      know(await scope.run(() => mintActivities(start.queues, msLeft).openOrder(input)));
    } catch (failure) {
      // Out of time, or no longer wanted: the stored order says what is left to wait for.
      if (!isCancellation(failure)) log.warn('the order could not be opened in its pay window');
      know(await CancellationScope.nonCancellable(() => orderActivities(start.queues).loadOrder(input)));
    }
  }
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
