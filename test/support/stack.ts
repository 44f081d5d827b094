import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { startSimulator, type Simulator } from '../../simulator/server.js';
import { freePort } from '../../scripts/dev/ports.js';
import { loadConfig, type Config } from '../../src/config.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { createLog } from '../../src/log.js';
import { createMetrics, type Metrics } from '../../src/metrics.js';
import { startApi } from '../../src/api/wiring.js';
import { startWorker } from '../../src/worker/wiring.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
import { testDatabase } from './postgres.js';
import { testTemporal } from './temporal.js';
import { createMerchant, type Merchant } from './merchant.js';
import { watchWorker } from './open-workers.js';

/** All of Quittance in one process, on real PostgreSQL and Temporal, with the simulator across the network. */
export interface Stack {
  readonly config: Config;
  readonly apiUrl: string;
  readonly pool: Pool;
  readonly client: Client;
  readonly metrics: Metrics; // of API and worker
  readonly simulator: Simulator;
  readonly live: Merchant;
  readonly test: Merchant;
  readonly admin: Merchant;
  readonly env: Readonly<Record<string, string>>; // for parts that run as processes of their own
  /** What lies between Quittance and its servers, to be cut; present when asked for. The test's own pool goes around it. */
  readonly links: { readonly database: TcpProxy; readonly temporal: TcpProxy } | null;
  /** A call of the simulator's control API. */
  sim<T = Record<string, unknown>>(path: string, body?: object, method?: string): Promise<T>;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  close(): Promise<void>;
}

export interface StackOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stepMs?: number;
  readonly withoutWorker?: boolean;
  readonly withLinks?: boolean;
  /** How Temporal is reached instead: its settings, in their own variables. */
  readonly temporalBy?: (address: string) => Promise<Readonly<Record<string, string>>>;
  /** Where DATABASE_URL shall lead instead; the database itself is then DATABASE_DIRECT_URL. */
  readonly pooler?: (databaseUrl: string) => Promise<string>;
}

// The worker's own log lines are noise here; a second file in one process finds the runtime installed.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const keys = { live: 'sim-live-key', test: 'sim-test-key' };

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const [database, temporal, port] = await Promise.all([testDatabase(), testTemporal(), freePort()]);
  const links = options.withLinks ? await linksTo(database.url, temporal.address) : null;
  const pooled = await options.pooler?.(database.url);
  const ipnSecret = randomBytes(16).toString('hex');
  const login = { email: 'shop@example.com', password: 'simulator' };
  const simulator = await startSimulator({
    port: 0,
    apiKeys: [keys.live, keys.test],
    ipnSecret,
    ...login,
    stepMs: options.stepMs ?? 20,
    ipn: { intervalMs: 500 },
  });
  const provider = (prefix: string, key: string) => ({
    [`${prefix}API_URL`]: `${simulator.url}/v1`,
    [`${prefix}API_KEY`]: key,
    [`${prefix}IPN_SECRET`]: ipnSecret,
    [`${prefix}EMAIL`]: login.email,
    [`${prefix}PASSWORD`]: login.password,
    [`${prefix}MAX_RPS`]: '500',
  });
  const env = {
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    DATABASE_URL: links ? throughProxy(database.url, links.database.port) : database.url,
    ...(pooled === undefined ? {} : { DATABASE_URL: pooled, DATABASE_DIRECT_URL: database.url }),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    QUITTANCE_MASTER_KEY: randomBytes(32).toString('base64'),
    METRICS_PORT: 'off',
    WORKER_METRICS_PORT: 'off',
    SWEEP_EVERY: '100 hours', // tests that want one start it: else it would find what others are to find
    ...provider('NOWPAYMENTS_', keys.live),
    ...provider('NOWPAYMENTS_SANDBOX_', keys.test),
    ...options.env,
  };
  const config = loadConfig(env);
  const log = createLog({ name: 'test', level: config.logLevel });
  const address = links ? `127.0.0.1:${links.temporal.port}` : temporal.address;
  const by = await options.temporalBy?.(temporal.address);
  const at = { address: by?.TEMPORAL_ADDRESS ?? address, namespace: temporal.namespace, env: by };
  const pool = createPool({ url: database.url, max: 5, applicationName: 'test', onError: () => {} });
  const wiring = { config, log, metrics: createMetrics(), temporal: at };
  const api = await startApi(wiring);
  const newWorker = async () => {
    const started = await startWorker(wiring);
    watchWorker('of a stack', started.stopped);
    return started;
  };
  let worker = options.withoutWorker ? null : await newWorker();

  async function stopWorker(): Promise<void> {
    worker?.stop();
    await worker?.stopped;
    worker = null;
  }

  const apiUrl = `http://127.0.0.1:${port}`;
  const account = await createMerchant({ pool, apiUrl });
  return {
    config,
    apiUrl,
    pool,
    client: temporal.client,
    metrics: wiring.metrics,
    simulator,
    links,
    env: { ...env, ...by, TEMPORAL_ADDRESS: at.address, TEMPORAL_NAMESPACE: at.namespace },
    ...account,
    sim: (path, body, method) => controlCall(simulator.url, path, body, method),
    stopWorker,
    startWorker: async () => void (worker = await newWorker()),
    async close() {
      await stopWorker();
      await api.close();
      await simulator.close();
      await pool.end();
      await temporal.close();
      await Promise.all([links?.database.close(), links?.temporal.close()]);
      await database.drop();
    },
  };
}

async function linksTo(databaseUrl: string, temporalAddress: string) {
  const { hostname, port } = new URL(databaseUrl);
  const [temporalHost = '', temporalPort] = temporalAddress.split(':');
  return {
    database: await startTcpProxy({ host: hostname, port: Number(port) }),
    temporal: await startTcpProxy({ host: temporalHost, port: Number(temporalPort) }),
  };
}

function throughProxy(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return url.href;
}

async function controlCall<T>(url: string, path: string, body?: object, method?: string): Promise<T> {
  const response = await fetch(`${url}/_sim${path}`, {
    method: method ?? (body ? 'POST' : 'GET'),
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`simulator ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
