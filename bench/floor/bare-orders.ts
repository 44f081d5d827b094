import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { accessFrom, allPolled } from '../../scripts/dev/temporal.js';
import { eventually } from '../../test/support/eventually.js';
import type { BenchStack } from '../stack.js';
import { type bareOrderWorkflow, openUpdate, paidSignal } from './bare-order.js';

const taskQueue = 'bench-floor';

/** The reference: the same server runs a workflow of our shape that does nothing. */
export async function startBareOrders(stack: BenchStack, client: Client) {
  const { temporal_address: address } = stack.devFile;
  await stack.run('floor-worker', 'bench/floor/worker.ts', [address, client.options.namespace, taskQueue]);
  const access = { ...accessFrom(process.env), address };
  await eventually(() => allPolled(access, { workflows: [taskQueue], activities: [taskQueue] }), { timeoutMs: 60_000 });

  return {
    /** Starts one and waits until it is open; the rest of its life is in the hands of `pay`. */
    async open(): Promise<string> {
      const workflowId = `bare-order/${randomUUID()}`;
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof bareOrderWorkflow>('bareOrderWorkflow', {
        workflowId,
        taskQueue,
        args: [],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      await client.workflow.executeUpdateWithStart(openUpdate, { startWorkflowOperation });
      return workflowId;
    },
    async pay(workflowId: string): Promise<void> {
      const handle = client.workflow.getHandle<typeof bareOrderWorkflow>(workflowId);
      await handle.signal(paidSignal);
      await handle.result();
    },
  };
}
