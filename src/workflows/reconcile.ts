import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import { reconcileSteps, type ReconcilePosition, type ReconcileStart, type ReconcileStep } from './messages.js';
import { reconcileActivities } from './proxies.js';

const pagesPerRun = 200;

/**
 * Finds what was missed and hands it to the orders' own workflows; never writes a status. One activity per page, one
 * kind of difference after the other, and a fresh run before the history grows long.
 */
export async function reconcileWorkflow(start: ReconcileStart): Promise<{ runId: string }> {
  const activities = reconcileActivities(start.queues);
  let position: ReconcilePosition | null = start.position ?? (await firstPosition(start));
  if (position === null) return { runId: 'another run is under way' };
  const { runId } = position;

  for (let pages = 0; position.step < reconcileSteps.length; pages += 1) {
    if (pages >= pagesPerRun || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reconcileWorkflow>({ ...start, position });
    }
    const kind = stepAt(position);
    const cursor: string | null = await activities.reconcilePage({
      runId,
      kind,
      cursor: position.cursor,
      dryRun: start.dryRun,
      clocks: start.clocks,
      queues: start.queues,
    });
    position = cursor === null ? { runId, step: position.step + 1, cursor: null } : { ...position, cursor };
  }
  await activities.finishReconcileRun({ runId });
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

function stepAt({ step }: ReconcilePosition): ReconcileStep {
  return reconcileSteps[step] ?? 'unstarted_orders';
}
