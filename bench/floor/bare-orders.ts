import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { accessFrom, allPolled } from '../../scripts/dev/temporal.js';
import { eventually } from '../../test/support/eventually.js';
import type { BenchStack } from '../stack.js';
import { type BareShape, type bareOrderWorkflow, openUpdate, wordSignal } from './bare-order.js';

const taskQueue = 'bench-floor';

/** The program that does the work of `startBareOrders`. */
export const floorWorker = 'bench/floor/worker.ts';

/** The reference: the same server runs a workflow of our shape that does nothing. */
export async function startBareOrders(stack: BenchStack, client: Client) {
  const { temporal_address: address } = stack.devFile;
  await stack.run('floor-worker', floorWorker, [address, client.options.namespace, taskQueue]);
  const access = { ...accessFrom(process.env), address };
  await eventually(() => allPolled(access, { workflows: [taskQueue], activities: [taskQueue] }), { timeoutMs: 60_000 });

  return (shape: BareShape) => ({
    /** Starts one and waits until it is open; the rest of its life is in the hands of `pay`. */
    async open(): Promise<string> {
      const workflowId = `bare-order/${randomUUID()}`;
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof bareOrderWorkflow>('bareOrderWorkflow', {
        workflowId,
        taskQueue,
        args: [shape],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      await client.workflow.executeUpdateWithStart(openUpdate, { startWorkflowOperation });
      return workflowId;
    },
    /** Its signals, so far apart; ends when it has. */
    async pay(workflowId: string, apartMs = 0): Promise<void> {
      const handle = client.workflow.getHandle<typeof bareOrderWorkflow>(workflowId);
      for (let told = 0; told < shape.signals; told += 1) {
        if (told > 0 && apartMs > 0) await pause(apartMs);
        await handle.signal(wordSignal);
      }
      await handle.result();
    },
  });
}
