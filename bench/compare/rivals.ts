import { randomUUID } from 'node:crypto';
import { minute } from '../../src/domain/timing.js';
import type { RunningProgram } from '../../scripts/dev/processes.js';
import { freePort } from '../../scripts/dev/ports.js';
import { queryOnce } from '../../scripts/dev/postgres.js';
import { eventually } from '../../test/support/eventually.js';
import { openLedger, type Ledger } from '../rivals/ledger.js';
import { oneWord, sendCoins, watchPaid, type Contender } from './contender.js';

export const rivalNames = ['naive', 'dbos', 'sql'] as const;
export type RivalName = (typeof rivalNames)[number];

/** The servers that a rival shares with everybody. */
export interface RivalServers {
  readonly databaseUrl: string; // of any database there: a rival makes its own
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly simulatorUrl: string;
  readonly providerKey: string; // an account of its own at the simulator, that ours does not see
  readonly ipnSecret: string;
  readonly receiverUrl: string;
  run(name: string, entry: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<RunningProgram>;
}

export interface OpenRival extends Contender {
  readonly name: RivalName;
  /** The same, for orders that ask the provider so often while no notice comes. */
  asking(everyMs: number): Contender;
  readonly ledger: Ledger;
  readonly api: string;
  close(): Promise<void>;
}

const programsOf: Readonly<Record<RivalName, Readonly<Record<string, string>>>> = {
  naive: { worker: 'bench/rivals/naive/worker.ts', api: 'bench/rivals/naive/api.ts' },
  dbos: { 'API and worker': 'bench/rivals/dbos/main.ts' },
  sql: { 'API and worker': 'bench/rivals/sql/main.ts' },
};

/** Starts a rival, with a database and doors of its own. */
export async function startRival(name: RivalName, servers: RivalServers): Promise<OpenRival> {
  const database = `rival_${name}`;
  await queryOnce(servers.databaseUrl, `create database ${database}`);
  const url = new URL(servers.databaseUrl);
  url.pathname = `/${database}`;
  const ledger = openLedger(url.href, 3);
  await ledger.prepare();
  const port = await freePort();
  const env = {
    RIVAL_PORT: String(port),
    RIVAL_DATABASE_URL: url.href,
    RIVAL_PROVIDER_URL: `${servers.simulatorUrl}/v1`,
    RIVAL_PROVIDER_KEY: servers.providerKey,
    RIVAL_IPN_SECRET: servers.ipnSecret,
    RIVAL_RECEIVER_URL: servers.receiverUrl,
    RIVAL_TEMPORAL_ADDRESS: servers.temporalAddress,
    RIVAL_TEMPORAL_NAMESPACE: servers.temporalNamespace,
  };
  for (const [part, program] of Object.entries(programsOf[name]))
    await servers.run(`${name} ${part}`.replaceAll(' ', '-'), program, [], env);
  const api = `http://127.0.0.1:${port}`;
  await eventually(() => fetch(`${api}/healthz`).then((answer) => answer.body?.cancel()), { timeoutMs: 60_000 });
  return contend({ name, ledger, database, api, simulatorUrl: servers.simulatorUrl });
}

function contend(rival: {
  name: RivalName;
  ledger: Ledger;
  database: string;
  api: string;
  simulatorUrl: string;
}): OpenRival {
  const { name, ledger, database, api, simulatorUrl } = rival;
  const paid = watchPaid(ledger.pool);
  const asking = (everyMs: number) => ({
    name,
    checkout: () => checkout(name, api, everyMs),
    async pay(orderId: string, way = oneWord): Promise<void> {
      const isPaid = paid.of(orderId);
      await sendCoins(simulatorUrl, orderId, way);
      await isPaid;
    },
    workflowId: name === 'naive' ? (orderId: string) => `naive/${orderId}` : null,
    database: { name: database, pool: ledger.pool },
    programs: Object.fromEntries(
      Object.entries(programsOf[name]).map(([part, program]) => [part, new RegExp(program)]),
    ),
  });
  return {
    ...asking(minute),
    asking,
    ledger,
    api,
    async close(): Promise<void> {
      await paid.close();
      await ledger.pool.end();
    },
  };
}

async function checkout(name: string, api: string, pollEveryMs: number): Promise<string> {
  const orderId = randomUUID();
  const answer = await fetch(`${api}/checkout`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ orderId, priceCents: 4900, pollEveryMs }),
  });
  if (answer.status !== 201) throw new Error(`${name} answered ${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
  return orderId;
}
