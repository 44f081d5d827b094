import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import {
  createDeliveryActivities,
  createOrderActivities,
  createProviderActivities,
  createReconcileActivities,
  createSweepActivities,
} from '../activities/index.js';
import type { Database } from '../db/pool.js';
import { beCurrentWhereNoneIs, ofRelease } from './release.js';
import { startLoops } from './loops.js';
import { connectionSettings, lazyClient } from '../temporal/connection.js';
import { ensureSearchAttributes } from '../temporal/setup.js';
import { queues as defaultQueues } from '../workflows/messages.js';
import { ensureSchedules } from './schedules.js';
import { workflowCode } from './workflow-code.js';
import { wireParts, type WorkerWiring } from './parts.js';

export interface RunningWorker {
  /** Ends when every poller has stopped and the connections are closed. */
  readonly stopped: Promise<void>;
  stop(): void;
  /** For what is read at each scrape. */
  readonly database: Database;
}

const tasksWithoutTries = 40; // the SDK's own number

/** Wires and starts the three workers and the loops beside them. A start that fails leaves nothing open: it is tried again. */
export async function startWorker(wiring: WorkerWiring): Promise<RunningWorker> {
  const opened: (() => Promise<unknown>)[] = [];
  try {
    return await startAll(wiring, opened);
  } catch (failure) {
    await Promise.allSettled(opened.map((close) => close()));
    throw failure;
  }
}

async function startAll(wiring: WorkerWiring, opened: (() => Promise<unknown>)[]): Promise<RunningWorker> {
  const { config, log, temporal = {}, queues = defaultQueues } = wiring;
  const { namespace, options } = connectionSettings(temporal);
  const { client, close: closeClient } = lazyClient(temporal, wiring.tracing?.ofClient);
  opened.push(closeClient);
  const connection = await NativeConnection.connect(options);
  opened.push(() => connection.close());
  await ensureSearchAttributes(client);
  await ensureSchedules(client, config, { queues, scheduleId: wiring.scheduleId });
  const parts = wireParts(wiring, client);
  opened.unshift(parts.close); // before the connections that it may use
  const traced = wiring.tracing?.ofWorker ?? null;
  const common = {
    connection,
    namespace,
    shutdownGraceTime: '15 seconds',
    ...ofRelease(config.workerBuildId),
    ...traced,
  } satisfies Partial<WorkerOptions>;
  const steps = createProviderActivities(parts.orders); // once: both workers share what is in hand
  const orderSteps = { ...createOrderActivities(parts.orders), ...createReconcileActivities(parts.reconcile) };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      ...workflowCode(traced),
      taskQueue: queues.orders,
      maxCachedWorkflows: config.cachedWorkflowsMax,
      activities: { ...orderSteps, ...steps },
      // A task that tries a step holds its place for as long as the provider takes. Others must not wait for those.
      maxConcurrentLocalActivityExecutions: config.firstTriesMax,
      maxConcurrentWorkflowTaskExecutions: 2 * config.firstTriesMax + tasksWithoutTries,
    }),
    Worker.create({
      ...common,
      taskQueue: queues.provider,
      maxConcurrentActivityTaskExecutions: 200,
      activities: { ...steps, ...createSweepActivities(parts.reconcile) },
    }),
    Worker.create({
      ...common,
      taskQueue: queues.webhooks,
      maxConcurrentActivityTaskExecutions: 200,
      activities: createDeliveryActivities(parts.publish),
    }),
  ]);
  const loops = startLoops({ ...parts, log });

  const running = Promise.all(workers.map((worker) => worker.run()));
  const first = beCurrentWhereNoneIs({ client, queues, log }, config.workerBuildId);
  const stopped = running.then(async () => {
    await Promise.all([loops.stop(), first.stop()]);
    await parts.publisher.stop();
    await parts.close();
    await closeClient();
    await connection.close();
  });
  return {
    stopped,
    stop: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
    database: parts.orders.pool,
  };
}
