import type { LightMyRequestResponse } from 'fastify';
import { randomBytes, randomUUID } from 'node:crypto';
import { createApp } from '../../src/api/app.js';
import type { App, AppDeps } from '../../src/api/deps.js';
import { mintKey } from '../../src/api/http/keys.js';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { insertApiKey } from '../../src/db/accounts/api-keys.js';
import { findOrder } from '../../src/db/orders/orders.js';
import { orderStart } from '../../src/temporal/order-start.js';
import { createPool } from '../../src/db/pool.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { insertOperator } from '../../src/db/support/operators.js';
import type { OperatorRole } from '../../src/domain/access/operator.js';
import type { AccountSettings } from '../../src/domain/account.js';
import type { Mode } from '../../src/domain/ids.js';
import { defaultTolerance } from '../../src/domain/money.js';
import { defaultProducts } from '../../src/domain/merchant/products.js';
import { defaultClocks } from '../../src/domain/timing.js';
import { createLog } from '../../src/log.js';
import { untraced } from '../../src/tracing/traced.js';
import { createMetrics } from '../../src/metrics.js';
import { checkUrl, unreachable } from '../../src/webhooks/destination.js';
import { bindAddress } from './an-order.js';
import { testDatabase } from './postgres.js';
import { scriptedRuns, type ScriptedRuns } from './scripted-runs.js';

export const guideBody = { product: 'team_manual', price_cents: 4900, price_currency: 'USD' };

export interface KeyOptions {
  readonly scopes?: readonly string[];
  readonly mode?: Mode;
  readonly accountId?: string | null;
  readonly expiresAt?: string;
  readonly operator?: string; // whose key it is
}

/** The API on real PostgreSQL, without a port; Temporal is a script. */
export interface TestApp {
  readonly app: App;
  readonly deps: AppDeps;
  readonly runs: ScriptedRuns;
  readonly accountId: string;
  readonly logged: string[];
  newAccount(settings?: Partial<AccountSettings>): Promise<string>;
  newKey(options?: KeyOptions): Promise<string>;
  /** A person with a key that holds every right; the third admin's takes an approval. */
  newPerson(name: string, role?: OperatorRole): Promise<string>;
  call(
    key: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
    url: string,
    options?: CallOptions,
  ): Promise<LightMyRequestResponse>;
  /** A checkout that must succeed. */
  placed(key: string, over?: object): Promise<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any -- JSON as a merchant sees it
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: object;
  readonly headers?: Record<string, string | string[]>;
}

export async function testApp(
  over: Omit<Partial<AppDeps>, 'settings'> & { settings?: Partial<AppDeps['settings']> } = {},
): Promise<TestApp> {
  const database = await testDatabase();
  const pool = createPool({ url: database.url, max: 8, applicationName: 'test', onError: () => {} });
  const runs = scriptedRuns();
  const logged: string[] = [];
  const queues = { orders: 'orders', provider: 'provider', webhooks: 'webhooks' };
  const deps: AppDeps = {
    pool,
    keyring: { current: masterKey(randomBytes(32)), previous: [] },
    orderRuns: runs,
    orderStart: (order) => orderStart(order, { clocks: defaultClocks, queues }),
    hasProvider: async () => true,
    providerRestMs: async () => 0,
    payableCoins: async () => null,
    costInCoin: async () => null,
    coinOffers: async () => null,
    ipnSecrets: async () => [],
    webhookTarget: async (url) =>
      checkUrl(url, { allowTargets: [], ownHosts: [] }).kind === 'ok' ? null : unreachable,
    wakeRetries: async () => {},
    traced: untraced,
    startReconcile: async () => {},
    workflowUrl: () => null,
    metrics: createMetrics(),
    log: createLog({ name: 'test', level: 'debug' }, { write: (line) => void logged.push(line) }),
    nowMs: Date.now,
    ...over,
    settings: {
      brandName: 'Driftstack',
      publicUrl: 'https://pay.example.com',
      priceMode: 'caller',
      products: defaultProducts,
      maxPriceCents: 1_000_000,
      clocks: defaultClocks,
      production: false,
      adminAllow: [],
      trustedProxies: [],
      maxLiveStreams: 100,
      maxLiveStreamsPerAddress: 100,
      maxPagesPerAddress: 100_000,
      receiptSigning: { current: null, previous: [] },
      consolePassword: null,
      mintDeadlineMs: 9_000,
      hasTestClock: true,
      allowLiveApplyIpn: false,
      fourEyesAbove: null,
      tolerance: defaultTolerance,
      ...over.settings,
    },
  };
  runs.onOpen = async ({ orderId }) => {
    const order = await findOrder(pool, orderId);
    if (order?.provider === 'nowpayments') await bindAddress(deps, orderId);
  };
  const app = await createApp(deps);
  const newAccount = async (settings: Partial<AccountSettings> = {}) => {
    const { id } = await insertAccount(pool, { id: randomUUID(), name: 'Merchant', settings });
    return id;
  };
  const accountId = await newAccount();

  const call: TestApp['call'] = (key, method, url, { body, headers = {} } = {}) =>
    app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });

  const testing: TestApp = {
    app,
    deps,
    runs,
    accountId,
    logged,
    newAccount,
    async newKey({ scopes = ['write'], mode = 'live', accountId: owner = accountId, expiresAt, operator } = {}) {
      const { key, prefix, sha256 } = mintKey(mode);
      const row = { id: randomUUID(), accountId: owner, mode, prefix, sha256, scopes, name: 'test' };
      await insertApiKey(pool, { ...row, expiresAt: expiresAt ?? null, operator: operator ?? null });
      return key;
    },
    async newPerson(name, role = 'admin') {
      await insertOperator(pool, { name, role: 'support', passwordScrypt: 'none' });
      const key = await testing.newKey({ accountId: null, scopes: ['driftstack_internal_admin'], operator: name });
      await pool.query('update operators set role = $2 where name = $1', [name, role]);
      return key;
    },
    call,
    async placed(key, fields = {}) {
      const answer = await call(key, 'POST', '/v1/billing/crypto-checkout', { body: { ...guideBody, ...fields } });
      if (answer.statusCode !== 201) throw new Error(`${answer.statusCode} ${answer.body}`);
      return answer.json();
    },
    async close() {
      await app.close();
      await pool.end();
      await database.drop();
    },
  };
  return testing;
}
