import { randomBytes, randomUUID } from 'node:crypto';
import { freePort } from '../../scripts/dev/ports.js';
import { startSimulator } from '../../simulator/server.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { eventually } from './eventually.js';
import { createMerchant, type Answer, type Merchant } from './merchant.js';
import { startOwnPostgres, type OwnPostgres } from './own-postgres.js';
import { startProgram, type ProgramProcess } from './program-process.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

/** API and worker as processes, on a PostgreSQL that may be crashed. The simulator and the callers live here. */
export interface CrashWorld {
  readonly postgres: OwnPostgres;
  readonly temporal: TcpProxy; // what lies before it, to be cut
  readonly pool: Pool;
  readonly live: Merchant;
  readonly env: Readonly<Record<string, string>>;
  readonly apiUrl: string;
  startApi(): ProgramProcess;
  startWorker(): ProgramProcess;
  sim<T = Record<string, unknown>>(path: string, body?: object): Promise<T>;
  close(): Promise<void>;
}

export async function startCrashWorld(temporal: { address: string; namespace: string }): Promise<CrashWorld> {
  const [host = '', temporalPort] = temporal.address.split(':');
  const [postgres, link, port] = await Promise.all([
    startOwnPostgres(),
    startTcpProxy({ host, port: Number(temporalPort) }),
    freePort(),
  ]);
  const ipnSecret = randomBytes(16).toString('hex');
  const login = { email: 'shop@example.com', password: 'simulator' };
  const key = 'sim-live-key';
  const simulator = await startSimulator({
    port: 0,
    apiKeys: [key],
    ipnSecret,
    ...login,
    stepMs: 20,
    ipn: { intervalMs: 500, retries: 20 },
  });
  const apiUrl = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: postgres.url,
    PORT: String(port),
    PUBLIC_URL: apiUrl,
    QUITTANCE_MASTER_KEY: randomBytes(32).toString('base64'),
    METRICS_PORT: 'off',
    WORKER_METRICS_PORT: 'off',
    TEMPORAL_ADDRESS: `127.0.0.1:${link.port}`,
    TEMPORAL_NAMESPACE: temporal.namespace,
    POLL_GRACE: '5 seconds',
    NOWPAYMENTS_API_URL: `${simulator.url}/v1`,
    NOWPAYMENTS_API_KEY: key,
    NOWPAYMENTS_IPN_SECRET: ipnSecret,
    NOWPAYMENTS_EMAIL: login.email,
    NOWPAYMENTS_PASSWORD: login.password,
    NOWPAYMENTS_MAX_RPS: '500',
  };
  const pool = createPool({ url: postgres.url, max: 3, applicationName: 'test', onError: () => {} });
  const { live } = await createMerchant({ pool, apiUrl });
  const programs: ProgramProcess[] = [];
  const started = (entry: string, over: Readonly<Record<string, string>> = env) => {
    const program = startProgram(entry, over);
    programs.push(program);
    return program;
  };
  return {
    postgres,
    temporal: link,
    pool,
    live,
    env,
    apiUrl,
    startApi: () => started('src/api/server.ts'),
    startWorker: () => started('src/worker.ts'),
    async sim<T>(path: string, body?: object) {
      const response = await fetch(`${simulator.url}/_sim${path}`, {
        method: body ? 'POST' : 'GET',
        ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`simulator ${path}: ${response.status} ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    async close() {
      await Promise.all(programs.filter((program) => program.ended() === null).map((program) => program.stop()));
      await simulator.close();
      await pool.end();
      await link.close();
      await postgres.close();
    },
  };
}

export interface Load {
  /** Orders that have an address and were paid at the provider. */
  readonly paidIds: readonly string[];
  stop(): Promise<void>;
}

/** So many merchants at a time who check out, repeat what failed with the same key, and pay. */
export function startLoad(world: CrashWorld, clients: number): Load {
  const paidIds: string[] = [];
  let stopping = false;
  async function client(): Promise<void> {
    while (!stopping) {
      const id = await oneCheckout(world.live);
      await world.sim('/pay', { order_id: id });
      paidIds.push(id);
    }
  }
  const ended = Promise.all(Array.from({ length: clients }, client));
  ended.catch(() => {}); // told at `stop`
  return {
    paidIds,
    stop: async () => {
      stopping = true;
      await ended;
    },
  };
}

function oneCheckout(live: Merchant): Promise<string> {
  const key = randomUUID();
  return eventually(
    async () => {
      const { status, body }: Answer = await live.checkout({}, key);
      if (status !== 201 || !body.payment_address) throw new Error(`checkout: ${status} ${JSON.stringify(body)}`);
      return body.order_id as string;
    },
    { timeoutMs: 120_000, intervalMs: 250 },
  );
}

/** How many of these orders are not paid. */
export async function unpaidOf({ pool }: CrashWorld, ids: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) as count from orders where id = any ($1) and status <> 'paid'`,
    [ids],
  );
  return rows[0]!.count;
}
