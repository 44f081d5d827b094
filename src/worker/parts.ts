import type { Client } from '@temporalio/client';
import type { OrderDependencies } from '../activities/dependencies.js';
import { createAttemptRecorder } from '../activities/deliver/attempt-recorder.js';
import { createPublisher, type PublishDependencies } from '../activities/deliver/publish-event.js';
import type { ReconcileDependencies } from '../activities/reconcile/reconcile-page.js';
import type { Config } from '../config.js';
import { databaseNow } from '../db/clock.js';
import type { OrderRow } from '../db/orders/orders.js';
import { createPool, databaseOf } from '../db/pool.js';
import { createLaneTokens } from '../db/reconcile/provider-lanes.js';
import { createReceiptSigner } from '../db/secrets/receipt-signatures.js';
import { keyringOf } from '../db/secrets/seal.js';
import { isOrderId } from '../domain/ids.js';
import { deliverySummary } from '../domain/delivery.js';
import { createGateway } from '../gateway/nowpayments.js';
import type { Logger } from '../log.js';
import { observedBy, proxyWatch, raisedIn } from './observing.js';
import type { Metrics } from '../metrics.js';
import { createProviderAccounts } from '../provider-accounts.js';
import type { TemporalAddress } from '../temporal/connection.js';
import { createDeliveryRuns } from '../temporal/delivery-runs.js';
import { createOrderRuns } from '../temporal/order-runs.js';
import { isTemporalAway, presentRun, unlisted } from '../temporal/order-presence.js';
import { orderStart } from '../temporal/order-start.js';
import { untraced } from '../tracing/traced.js';
import type { Tracing } from '../tracing/tracing.js';
import { targetRules } from '../webhooks/destination.js';
import { createEndpointSlots } from '../webhooks/endpoint-slots.js';
import { createSender } from '../webhooks/send.js';
import { queues as defaultQueues, type QueueNames } from '../workflows/messages.js';

export interface WorkerWiring {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly temporal?: TemporalAddress;
  readonly queues?: QueueNames;
  readonly scheduleId?: string;
  readonly tracing?: Tracing;
}

/** What activities and loops of a worker are handed: its pools, the provider, merchants, and the runs of Temporal. */
export function wireParts(wiring: WorkerWiring, client: Client) {
  const { config, log, metrics, queues = defaultQueues } = wiring;
  const onError = (failure: Error) => log.warn({ failure: failure.message }, 'an idle database connection broke');
  const poolOf = (applicationName: string, max: number) =>
    createPool({ ...databaseOf(config), max, applicationName, onError });
  const pool = poolOf('quittance-worker', config.databasePoolMax);
  // Apart from the money's: thousands of deliveries that are due take no connection from an order that settles.
  const webhookPool = poolOf('quittance-worker-webhooks', config.webhookPoolMax);
  metrics.watchPool('worker', pool);
  metrics.watchPool('worker_webhooks', webhookPool);
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
    traced: wiring.tracing?.traced ?? untraced,
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
    publicUrl: config.publicUrl,
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
    unlisted: (orderIds) => unlisted(client, orderIds),
    isAway: isTemporalAway,
    onRowFailure: (failure, row) => log.warn(told(row, failure), 'a row failed; the others go on'),
  };
  const close = async () => {
    await Promise.all([sender.close(), gateway.close()]);
    await Promise.all([pool.end(), webhookPool.end()]);
  };
  return { orders, publish, publisher, reconcile, close };
}

/** A row of reconcile; many are orders, and say so in the log. */
function told(row: { readonly kind: string; readonly id: string }, failure: unknown) {
  return { ...row, ...(isOrderId(row.id) ? { orderId: row.id } : {}), failure: String(failure) };
}
