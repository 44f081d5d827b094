import type { Config } from '../config.js';
import { createPool, databaseOf } from '../db/pool.js';
import { createLaneTokens } from '../db/reconcile/provider-lanes.js';
import { keyringOf } from '../db/secrets/seal.js';
import { isZeroCoins } from '../domain/money.js';
import { inTime } from '../gateway/in-time.js';
import { createGateway } from '../gateway/nowpayments.js';
import { isSimulated } from '../live-mode.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { createProviderAccounts } from '../provider-accounts.js';
import { lazyClient, type TemporalAddress } from '../temporal/connection.js';
import { createDeliveryRuns } from '../temporal/delivery-runs.js';
import { createOrderRuns } from '../temporal/order-runs.js';
import { orderStart } from '../temporal/order-start.js';
import { startReconcile } from '../temporal/reconcile-runs.js';
import { untraced } from '../tracing/traced.js';
import type { Tracing } from '../tracing/tracing.js';
import { refusalOfTarget, targetRules } from '../webhooks/destination.js';
import { orderWorkflowId, queues as defaultQueues, type QueueNames } from '../workflows/messages.js';
import { createApp, type Door } from './app.js';
import type { AppDeps } from './deps.js';
import { createRetryWakes } from './webhooks/retry-wakes.js';

export interface ApiWiring {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly temporal?: TemporalAddress;
  readonly queues?: QueueNames;
  readonly tracing?: Pick<Tracing, 'traced' | 'ofClient'>;
}

export interface RunningApi {
  readonly url: string;
  readonly adminUrl: string | null; // where the operators' routes are; null: they are at `url`
  /** Finishes what is being answered, then closes every connection. */
  close(): Promise<void>;
}

const mintDeadlineMs = 9_000;
const ratePatienceMs = 4_000; // then nobody knows what an order is worth, and it takes two persons
const coinsPatienceMs = 2_000; // then a checkout goes on: the provider decides about its coin

/** Wires the API and listens. Boots without Temporal: orders are stored and IPNs taken while it is away. */
export async function startApi(wiring: ApiWiring): Promise<RunningApi> {
  const { config, log, metrics, temporal = {}, queues = defaultQueues } = wiring;
  const pool = createPool({
    ...databaseOf(config),
    max: config.databasePoolMax,
    applicationName: 'quittance-api',
    onError: (failure) => log.warn({ failure: failure.message }, 'an idle database connection broke'),
  });
  metrics.watchPool('api', pool);
  const keyring = keyringOf(config.masterKeys);
  const { client, close: closeClient } = lazyClient(temporal, wiring.tracing?.ofClient);
  const { accountFor, hasProvider, ipnSecrets, minterFor, restMs } = createProviderAccounts({ config, pool, keyring });
  const gateway = createGateway({ tokens: createLaneTokens(pool), log });
  const { clocks } = config;
  const deps: AppDeps = {
    pool,
    keyring,
    orderRuns: createOrderRuns(client),
    orderStart: (order) => orderStart(order, { clocks, queues }),
    hasProvider,
    providerRestMs: restMs,
    payableCoins: async (whom) => {
      const account = await minterFor(whom);
      return account && gateway.coins(account, coinsPatienceMs);
    },
    costInCoin: async (order, price) => {
      const account = await accountFor(order);
      if (account === null || order.payCurrency === null) return null;
      const said = await inTime(gateway.estimate(account, { price, coin: order.payCurrency }), ratePatienceMs);
      return said?.kind === 'known' && !isZeroCoins(said.coins) ? said.coins : null;
    },
    coinOffers: async (whom, price) => {
      const account = await minterFor(whom);
      return account && gateway.coinOffers(account, price, coinsPatienceMs);
    },
    ipnSecrets,
    webhookTarget: (target) => refusalOfTarget(target, targetRules(config)),
    wakeRetries: createRetryWakes({ pool, deliveryRuns: createDeliveryRuns(client), log }),
    startReconcile: (run) => startReconcile(client, { ...run, clocks, queues }),
    workflowUrl: (orderId) => workflowUrl(config.temporalUiUrl, client.options.namespace, orderId),
    settings: { ...config, mintDeadlineMs, hasTestClock: isSimulated(config.provider.test) },
    metrics,
    log,
    traced: wiring.tracing?.traced ?? untraced,
    nowMs: Date.now,
  };
  const { host, port, adminHost, adminPort } = config;
  const open = async (door: Door, address: { host: string; port: number }) => {
    const app = await createApp(deps, door);
    return { app, url: await app.listen(address) };
  };
  const admin = adminPort === null ? null : await open('admin', { host: adminHost, port: adminPort });
  const main = await open(admin ? 'public' : 'all', { host, port });
  return {
    url: main.url,
    adminUrl: admin && admin.url,
    async close() {
      await Promise.all([main.app.close(), admin?.app.close()]);
      await gateway.close();
      await Promise.all([pool.end(), closeClient()]);
    },
  };
}

function workflowUrl(uiUrl: string | null, namespace: string, orderId: string): string | null {
  const id = encodeURIComponent(orderWorkflowId(orderId));
  return uiUrl && `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${id}`;
}
