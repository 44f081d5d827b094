import type { Client } from '@temporalio/client';
import type { reconcileWorkflow } from '../workflows/reconcile.js';
import { longestReconcile, type ReconcileStart } from '../workflows/messages.js';
import { TemporalAway } from './temporal-watch.js';

const startDeadlineMs = 4_000;

/** Starts a reconcile run beside the schedule's; the workflow itself gives way while another is under way. */
export async function startReconcile(client: Client, start: ReconcileStart & { runId: string }): Promise<void> {
  try {
    await client.connection.withDeadline(Date.now() + startDeadlineMs, () =>
      client.workflow.start<typeof reconcileWorkflow>('reconcileWorkflow', {
        workflowId: `reconcile/${start.runId}`,
        taskQueue: start.queues.orders,
        args: [start],
        workflowExecutionTimeout: longestReconcile,
        staticSummary: start.dryRun ? 'reconcile, dry run' : 'reconcile, on request',
      }),
    );
  } catch (failure) {
    throw new TemporalAway(failure instanceof Error ? failure.message : String(failure), { cause: failure });
  }
}
