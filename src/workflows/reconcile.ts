import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  workflowInfo,
  setWorkflowOptions,
} from '@temporalio/workflow';
import {
  reconcileSteps,
  type ReconcilePosition,
  type ReconcileStart,
  type ReconcileStep,
  type StepFailure,
} from './messages.js';
import { runEnded } from '../domain/reconcile.js';
import { reconcileActivities } from './proxies.js';
import { ofItsRelease } from './release-behavior.js';

setWorkflowOptions(ofItsRelease('AUTO_UPGRADE'), reconcileWorkflow);

const pagesPerRun = 200;

/**
 * Finds what was missed and hands it to the orders' own workflows; never writes a status. One activity per page, one
 * kind of difference after the other, and a fresh run before the history grows long.
 *
 * A page that fails for good ends its step and not the run: what failed is carried along, the next step begins, and the run
 * ends as failed. It also ends when it is cancelled, and, without a word, when its row says that another took its place.
 */
export async function reconcileWorkflow(start: ReconcileStart): Promise<{ runId: string }> {
  let position: ReconcilePosition | null = start.position ?? (await firstPosition(start));
  if (position === null) return { runId: 'another run is under way' };
  const { runId } = position;

  for (let pages = 0; position.step < reconcileSteps.length; pages += 1) {
    if (pages >= pagesPerRun || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reconcileWorkflow>({ ...start, position });
    }
    position = await nextPosition(start, position);
    if (position === null) return { runId: 'another run took its place' };
  }
  await finish(start, position);
  return { runId };
}

async function firstPosition(start: ReconcileStart): Promise<ReconcilePosition | null> {
  const { workflowId, runId } = workflowInfo();
  const begun = await reconcileActivities(start.queues).beginReconcileRun({
    runId: start.runId,
    dryRun: start.dryRun,
    startedBy: `${workflowId}/${runId}`,
  });
  return begun === null ? null : { runId: begun, step: 0, cursor: null };
}

/** Examines the page at that position; null: the run is no longer the one under way. */
async function nextPosition(start: ReconcileStart, position: ReconcilePosition): Promise<ReconcilePosition | null> {
  const { dryRun, clocks, queues, lostSince } = start;
  const { runId, cursor } = position;
  const kind = stepAt(position);
  const nextStep = { ...position, step: position.step + 1, cursor: null };
  if (kind === 'lost_orders' && lostSince === undefined) return nextStep;
  try {
    const page = { runId, kind, cursor, dryRun, clocks, queues, lostSince };
    const next: string | null = await reconcileActivities(queues).reconcilePage(page);
    return next === null ? nextStep : { ...position, cursor: next };
  } catch (failure) {
    if (isCancellation(failure)) {
      const ended = withFailure(position, { kind: null, id: null, message: 'the run was cancelled' });
      await CancellationScope.nonCancellable(() => finish(start, ended));
      throw failure;
    }
    const cause = causeOf(failure);
    if (cause instanceof ApplicationFailure && cause.type === runEnded) return null;
    return withFailure(nextStep, { kind, id: null, message: cause.message.slice(0, 500) });
  }
}

async function finish({ queues }: ReconcileStart, { runId, failures = [] }: ReconcilePosition): Promise<void> {
  await reconcileActivities(queues).finishReconcileRun({ runId, failures });
}

function withFailure(position: ReconcilePosition, failure: StepFailure): ReconcilePosition {
  return { ...position, failures: [...(position.failures ?? []), failure] };
}

function causeOf(failure: unknown): Error {
  if (failure instanceof ActivityFailure && failure.cause) return failure.cause;
  return failure instanceof Error ? failure : new Error(String(failure));
}

function stepAt({ step }: ReconcilePosition): ReconcileStep {
  return reconcileSteps[step] ?? 'unstarted_orders';
}
