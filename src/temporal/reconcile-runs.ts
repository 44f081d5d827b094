import type { Client } from '@temporalio/client';
import type { reconcileWorkflow } from '../workflows/reconcile.js';
import type { ReconcileStart } from '../workflows/messages.js';

/** Starts a reconcile run beside the schedule's; the workflow itself gives way while another is under way. */
export async function startReconcile(client: Client, start: ReconcileStart & { runId: string }): Promise<void> {
  await client.workflow.start<typeof reconcileWorkflow>('reconcileWorkflow', {
    workflowId: `reconcile/${start.runId}`,
    taskQueue: start.queues.orders,
    args: [start],
    staticSummary: start.dryRun ? 'reconcile, dry run' : 'reconcile, on request',
  });
}
