import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { QueueNames } from '../../src/workflows/messages.js';
import { watchWorker } from './open-workers.js';

/** One queue for everything: these tests are about time, not about where work runs. */
export const oneQueue: QueueNames = { orders: 'all', provider: 'all', webhooks: 'all' };

const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });

const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
let bundle: ReturnType<typeof bundleWorkflowCode> | null = null;

/** Runs the real workflows with scripted activities until `stop`. */
export async function startWorkflows(
  environment: TestWorkflowEnvironment,
  activities: object,
): Promise<{ stop(): Promise<void> }> {
  bundle ??= bundleWorkflowCode({ workflowsPath, logger });
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    workflowBundle: await bundle,
    taskQueue: oneQueue.orders,
    activities,
    maxCachedWorkflows: 50,
    workflowFailureErrorTypes: { '*': ['Error'] }, // a broken workflow fails its test instead of stalling it
  });
  const running = worker.run();
  watchWorker('of scripted activities', running);
  return {
    async stop() {
      worker.shutdown();
      await running;
    },
  };
}
