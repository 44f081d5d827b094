import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import {
  createDeliveryActivities,
  createOrderActivities,
  createProviderActivities,
  createReconcileActivities,
  createSweepActivities,
} from '../activities/index.js';
import type { OrderDependencies } from '../activities/dependencies.js';
import { createAttemptRecorder } from '../activities/deliver/attempt-recorder.js';
import { createPublisher, type PublishDependencies } from '../activities/deliver/publish-event.js';
import type { ReconcileDependencies } from '../activities/reconcile/reconcile-page.js';
import type { Config } from '../config.js';
import { type Backlog, readBacklog } from '../db/figures/backlog.js';
import { databaseNow } from '../db/clock.js';
import type { OrderRow } from '../db/orders/orders.js';
import { createPool } from '../db/pool.js';
import { createLaneTokens } from '../db/reconcile/provider-lanes.js';
import { createReceiptSigner } from '../db/secrets/receipt-signatures.js';
import { keyringOf } from '../db/secrets/seal.js';
import { deliverySummary } from '../domain/delivery.js';
import { createGateway } from '../gateway/nowpayments.js';
import type { Logger } from '../log.js';
import { startLoops } from './loops.js';
import { observedBy, proxyWatch, raisedIn } from './observing.js';
import type { Metrics } from '../metrics.js';
import { createProviderAccounts } from '../provider-accounts.js';
import { lazyClient, type TemporalAddress } from '../temporal/connection.js';
import { createDeliveryRuns } from '../temporal/delivery-runs.js';
import { createOrderRuns } from '../temporal/order-runs.js';
import { isTemporalAway, presentRun } from '../temporal/order-presence.js';
import { orderStart } from '../temporal/order-start.js';
import { ensureSearchAttributes } from '../temporal/setup.js';
import { targetRules } from '../webhooks/destination.js';
import { createEndpointSlots } from '../webhooks/endpoint-slots.js';
import { createSender } from '../webhooks/send.js';
import { queues as defaultQueues, type QueueNames } from '../workflows/messages.js';
import { ensureSchedules } from './schedules.js';
import { workflowCode } from './workflow-code.js';

export interface WorkerWiring {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly temporal?: TemporalAddress;
  readonly queues?: QueueNames;
  readonly scheduleId?: string;
}

export interface RunningWorker {
  /** Ends when every poller has stopped and the connections are closed. */
  readonly stopped: Promise<void>;
  stop(): void;
  /** What waits, as the database knows it. */
  backlog(): Promise<Backlog>;
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
  const configured = loadClientConnectConfig();
  const { client, close: closeClient } = lazyClient(temporal);
  opened.push(closeClient);
  const connection = await NativeConnection.connect({
    ...configured.connectionOptions,
    ...(temporal.address ? { address: temporal.address } : {}),
  });
  opened.push(() => connection.close());
  await ensureSearchAttributes(client);
  await ensureSchedules(client, config, { queues, scheduleId: wiring.scheduleId });
  const parts = wireDependencies(wiring, client);
  opened.unshift(parts.close); // before the connections that it may use
  const namespace = temporal.namespace ?? configured.namespace ?? 'default';
  const common = { connection, namespace, shutdownGraceTime: '15 seconds' } satisfies Partial<WorkerOptions>;
  const steps = createProviderActivities(parts.orders); // once: both workers share what is in hand
  const orderSteps = { ...createOrderActivities(parts.orders), ...createReconcileActivities(parts.reconcile) };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      ...workflowCode(),
      taskQueue: queues.orders,
      maxCachedWorkflows: 500,
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
  const stopped = running.then(async () => {
    await loops.stop();
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
    backlog: () => readBacklog(parts.orders.pool),
  };
}

function wireDependencies(
  { config, log, metrics, queues = defaultQueues }: WorkerWiring,
  client: ReturnType<typeof lazyClient>['client'],
) {
  const onError = (failure: Error) => log.warn({ failure: failure.message }, 'an idle database connection broke');
  const poolOf = (applicationName: string, max: number) =>
    createPool({ url: config.databaseUrl, max, applicationName, namedStatements: config.namedStatements, onError });
  const pool = poolOf('quittance-worker', config.databasePoolMax);
  // Apart from the money's: thousands of deliveries that are due take no connection from an order that settles.
  const webhookPool = poolOf('quittance-worker-webhooks', config.webhookPoolMax);
  const keyring = keyringOf(config.masterKeys);
  const alarms = raisedIn(metrics, log);
  const gateway = createGateway({ tokens: createLaneTokens(pool), log, observer: observedBy(metrics, alarms) });
  const sender = createSender({
    ...targetRules(config),
    proxyUrl: config.webhookProxy,
    onProxyFault: proxyWatch(config.webhookProxy, alarms),
  });
  const accounts = createProviderAccounts({ config, pool, keyring });
  const orderRuns = createOrderRuns(client);
  const deliveryRuns = createDeliveryRuns(client);
  const startOf = (order: OrderRow) => orderStart(order, { clocks: config.clocks, queues });

  const publish: PublishDependencies = {
    pool: webhookPool,
    keyring,
    sender,
    slots: createEndpointSlots({ most: config.webhookMostPerEndpoint }),
    mostPerEndpoint: config.webhookMostPerEndpoint,
    recorder: createAttemptRecorder({
      pool: webhookPool,
      retryWaitsMs: config.webhookRetryWaitsMs,
      random: Math.random,
    }),
    nowMs: Date.now,
    startDelivery: (delivery) =>
      deliveryRuns.startOrWake({ deliveryId: delivery.id, summary: deliverySummary(delivery), queues }),
    onFailure: (failure) => log.warn({ failure: String(failure) }, 'a delivery was not recorded or not handed over'),
  };
  const publisher = createPublisher(publish);
  const orders: OrderDependencies = {
    pool,
    gateway,
    keyring,
    tolerance: config.tolerance,
    alarms,
    now: databaseNow,
    signReceipt: createReceiptSigner(keyring, config.receiptSigning).sign,
    providerAccount: accounts.accountFor,
    ipnCallbackUrl: accounts.ipnCallbackUrl,
    publish: publisher.publish,
  };
  const reconcile: ReconcileDependencies = {
    ...orders,
    start: (order) => orderRuns.start(startOf(order)),
    handOver: (order, fact) => orderRuns.handOver(startOf(order), fact),
    presentRun: (orderId) => presentRun(client, orderId),
    isAway: isTemporalAway,
    onRowFailure: (failure, row) => log.warn({ ...row, failure: String(failure) }, 'a row failed; the others go on'),
  };
  const close = async () => {
    await Promise.all([sender.close(), gateway.close()]);
    await Promise.all([pool.end(), webhookPool.end()]);
  };
  return { orders, publish, publisher, reconcile, close };
}
