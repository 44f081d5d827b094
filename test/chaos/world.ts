import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import { answersHttp } from '../../scripts/dev/parts.js';
import { freeLowPort } from '../../scripts/dev/ports.js';
import { createDatabaseIfMissing, startPostgres } from '../../scripts/dev/postgres.js';
import { createProcesses, untilReady, type Processes } from '../../scripts/dev/processes.js';
import { startBalancer, type Balancer } from '../../scripts/stack/balancer.js';
import { findTemporalServer } from '../../scripts/dev/temporal-server/find-server.js';
import { freeInnerPorts, startTemporalServer } from '../../scripts/dev/temporal-server/start-server.js';
import { allPolled } from '../../scripts/dev/temporal.js';
import { migrate } from '../../src/db/migrate.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { lazyClient } from '../../src/temporal/connection.js';
import { queues } from '../../src/workflows/messages.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { createCallLog, type CallLog } from './calls.js';
import { createChance, type Chance } from './chance.js';
import { startReceivers, type Receivers } from './receivers.js';
import { createSimulatorControl, type SimulatorControl } from './simulator-control.js';
import { createToxic, type Toxic } from './toxic.js';
import { createVictim, type Victim } from './victims.js';

export type LinkName = 'database' | 'temporal' | 'provider';
export type Link = TcpProxy & { readonly toxic: Toxic };

/** All of it as processes of their own, with a balancer in front and a link to each server that may be spoilt. */
export interface World {
  readonly home: string;
  readonly chance: Chance;
  readonly pool: Pool; // around the links
  readonly temporal: Client; // around the links
  readonly sim: SimulatorControl;
  readonly calls: CallLog;
  readonly receivers: Receivers;
  readonly victims: readonly Victim[];
  readonly links: Readonly<Record<LinkName, Link>>;
  readonly front: Toxic; // between the balancer and those who call
  readonly apiUrls: readonly string[]; // past the balancer
  readonly publicUrl: string;
  readonly secrets: readonly string[]; // that no log may show
  close(keepLogs: boolean): Promise<void>;
}

export interface WorldOptions {
  readonly seed: number;
  readonly payWindow: string;
  say(line: string): void;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const crashPoints = new URL('./crash/points.ts', import.meta.url).href;
const login = { email: 'shop@example.com', password: 'simulator-login-of-chaos' };

export async function startWorld(options: WorldOptions): Promise<World> {
  const programs = await findTemporalServer(process.env, options.say);
  const home = mkdtempSync(join(tmpdir(), 'quittance-chaos-'));
  const processes = createProcesses({ logDir: join(home, 'logs') });
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (keepLogs: boolean) => {
    for (const victim of world?.victims ?? []) victim.thaw();
    await processes.stopAll();
    for (const end of closing.reverse()) await end();
    if (!keepLogs) rmSync(home, { recursive: true, force: true });
  };
  let world: World | undefined;
  try {
    const chance = createChance(options.seed);
    const servers = await startServers({ processes, home, programs });
    const outside = await startOutside(chance, options, processes);
    const links = {
      database: await startLink(servers.databasePort),
      temporal: await startLink(servers.temporalPort),
      provider: await startLink(outside.simulatorPort),
    };
    const apiPorts = [await freeLowPort(), await freeLowPort()];
    const front = createToxic();
    const balancer = await startBalancer(apiPorts, { through: (near) => front.through(near) });
    const secrets = { masterKey: randomBytes(32).toString('base64'), ...outside.secrets };
    const env = environment({ options, links, balancer, receivers: outside.receivers, secrets });
    const ours = await startOurs({ processes, env, apiPorts, temporalPort: servers.temporalPort });
    const pool = createPool({ url: servers.databaseUrl, max: 5, applicationName: 'chaos', onError: () => {} });
    const temporal = lazyClient({ address: `127.0.0.1:${servers.temporalPort}`, namespace: 'default' });
    closing.push(
      () => Promise.all([...Object.values(links), balancer, outside.receivers].map((each) => each.close())),
      () => pool.end(),
      () => temporal.close(),
    );
    world = {
      home,
      chance,
      pool,
      temporal: temporal.client,
      sim: createSimulatorControl(`http://127.0.0.1:${outside.simulatorPort}`),
      calls: createCallLog(balancer.url),
      receivers: outside.receivers,
      victims: [...servers.victims, ...ours],
      links,
      front,
      apiUrls: apiPorts.map((port) => `http://127.0.0.1:${port}`),
      publicUrl: balancer.url,
      secrets: Object.values(secrets),
      close,
    };
    return world;
  } catch (failure) {
    await close(false);
    throw failure;
  }
}

/** PostgreSQL for us, the full Temporal server on a PostgreSQL of its own. */
async function startServers({
  processes,
  home,
  programs,
}: {
  processes: Processes;
  home: string;
  programs: Parameters<typeof startTemporalServer>[0]['programs'];
}) {
  const [databasePort, storePort, temporalPort] = [await freeLowPort(), await freeLowPort(), await freeLowPort()];
  const postgres = (name: string, port: number) =>
    startPostgres({ processes, name, dataDir: join(home, name), port, password: 'chaos' });
  const database = await createVictim('postgres', 'postgres', () => postgres('postgres', databasePort));
  const store = await createVictim('postgres-of-temporal', 'postgres', () => postgres('temporal-postgres', storePort));
  await createDatabaseIfMissing(database.first, 'quittance');
  const databaseUrl = database.first.url('quittance');
  await migrate(databaseUrl);
  const innerPorts = await freeInnerPorts();
  const temporal = await createVictim('temporal', 'temporal', () =>
    startTemporalServer({ processes, programs, postgres: store.first, port: temporalPort, innerPorts }),
  );
  return { databaseUrl, databasePort, temporalPort, victims: [database, store, temporal] };
}

/** What is not ours: the provider, whose word is the truth, and the merchants' receivers. */
async function startOutside(chance: Chance, options: WorldOptions, processes: Processes) {
  const simulatorPort = await freeLowPort();
  const secrets = { providerKey: randomBytes(16).toString('hex'), ipnSecret: randomBytes(16).toString('hex') };
  const program = await processes.start({
    name: 'simulator',
    command: process.execPath,
    args: ['--import', tsx, 'simulator/main.ts'],
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SIMULATOR_PORT: String(simulatorPort),
      SIM_API_KEYS: secrets.providerKey,
      SIM_IPN_SECRET: secrets.ipnSecret,
      SIM_EMAIL: login.email,
      SIM_PASSWORD: login.password,
      SIM_STEP: '200 milliseconds',
      SIM_IPN_INTERVAL: '2 seconds',
      SIM_IPN_RETRIES: '60',
      SIM_SEED: String(options.seed),
      SIM_MEMORY: '1',
    },
  });
  await untilReady(program, () => answersHttp(`http://127.0.0.1:${simulatorPort}`));
  return { simulatorPort, secrets, receivers: await startReceivers(chance) };
}

async function startLink(port: number): Promise<Link> {
  const toxic = createToxic();
  const proxy = await startTcpProxy({ host: '127.0.0.1', port }, { answersThrough: (near) => toxic.through(near) });
  return { ...proxy, toxic };
}

interface Surroundings {
  readonly options: WorldOptions;
  readonly links: Readonly<Record<LinkName, Link>>;
  readonly balancer: Balancer;
  readonly receivers: Receivers;
  readonly secrets: Readonly<Record<'masterKey' | 'providerKey' | 'ipnSecret', string>>;
}

/** Short clocks, so that what nobody pays ends within the run. The provider is the simulator, whatever the shell has. */
function environment({ options, links, balancer, receivers, secrets }: Surroundings): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LOG_LEVEL: 'info',
    DATABASE_URL: `postgres://postgres:chaos@127.0.0.1:${links.database.port}/quittance`,
    PUBLIC_URL: balancer.url,
    QUITTANCE_MASTER_KEY: secrets.masterKey,
    METRICS_PORT: 'off',
    WORKER_METRICS_PORT: 'off',
    TEMPORAL_ADDRESS: `127.0.0.1:${links.temporal.port}`,
    TEMPORAL_NAMESPACE: 'default',
    NOWPAYMENTS_API_URL: `http://127.0.0.1:${links.provider.port}/v1`,
    NOWPAYMENTS_API_KEY: secrets.providerKey,
    NOWPAYMENTS_IPN_SECRET: secrets.ipnSecret,
    NOWPAYMENTS_EMAIL: login.email,
    NOWPAYMENTS_PASSWORD: login.password,
    NOWPAYMENTS_MAX_RPS: '500',
    WEBHOOK_ALLOW_TARGETS: receivers.target,
    WEBHOOK_RETRY_WAITS: Array.from({ length: 11 }, (_, at) => `${1 + at} seconds`).join(','),
    PAY_WINDOW: options.payWindow,
    PARTIAL_WINDOW: options.payWindow,
    POLL_GRACE: '10 seconds',
    RECONCILE_EVERY: '20 seconds',
    SWEEP_EVERY: '10 seconds',
  };
}

/** API × 2 and worker × 2. */
async function startOurs({
  processes,
  env,
  apiPorts,
  temporalPort,
}: {
  processes: Processes;
  env: NodeJS.ProcessEnv;
  apiPorts: readonly number[];
  temporalPort: number;
}): Promise<Victim[]> {
  const launch = (name: string, entry: string, over: NodeJS.ProcessEnv) => {
    const points = over.CRASH_AT === undefined ? [] : ['--import', crashPoints];
    const args = ['--import', tsx, ...points, entry];
    return processes.start({ name, command: process.execPath, args, cwd: root, env: { ...env, ...over } });
  };
  const apis = apiPorts.map((port, at) =>
    createVictim(`api-${at + 1}`, 'api', (over) =>
      launch(`api-${at + 1}`, 'src/api/server.ts', { ...over, PORT: String(port) }),
    ),
  );
  const workers = [1, 2].map((n) =>
    createVictim(`worker-${n}`, 'worker', (over) => launch(`worker-${n}`, 'src/worker.ts', over)),
  );
  const [startedApis, startedWorkers] = await Promise.all([Promise.all(apis), Promise.all(workers)]);
  for (const [at, api] of startedApis.entries()) {
    await untilReady(api.first, () => answersHttp(`http://127.0.0.1:${apiPorts[at]}/readyz`));
  }
  const access = { address: `127.0.0.1:${temporalPort}`, namespace: 'default' };
  const polled = { workflows: [queues.orders], activities: Object.values(queues) };
  for (const worker of startedWorkers) await untilReady(worker.first, () => allPolled(access, polled));
  return [...startedApis, ...startedWorkers];
}
