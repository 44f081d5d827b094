import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { accessFrom } from '../scripts/dev/temporal.js';
import { orderWorkflowId } from '../src/workflows/messages.js';
import { openBareTable } from './floor/bare-insert.js';
import { startBareOrders } from './floor/bare-orders.js';
import { type HistoryCost, historyCost } from './history-cost.js';
import { type Measured, closedLoop, openLoop } from './load.js';
import { createOrders } from './orders.js';
import { median, quantile } from './quantiles.js';
import { type BenchStack, runOn, startStack } from './stack.js';

// Prints figures and judges none: this machine is shared and drifts. What counts are the ratios to a reference that
// runs in between, on the same servers.
const { values: options } = parseArgs({
  options: {
    orders: { type: 'string', default: '100' }, // per round
    rounds: { type: 'string', default: '3' },
    clients: { type: 'string', default: '16' },
    rate: { type: 'string', default: '3' }, // orders a second of the steady part
    steady: { type: 'string', default: '90' }, // orders of the steady part
    waiting: { type: 'string', default: '300' },
    'temporal-database': { type: 'string' }, // the server of Temporal's databases, when TEMPORAL_ADDRESS is given
  },
});
const orders = Number(options.orders);
const rounds = Number(options.rounds);
const clients = Number(options.clients);
const rate = Number(options.rate);
const steady = Number(options.steady);
const waiting = Number(options.waiting);

const say = (line: string) => console.log(line);
const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const tail = (values: readonly number[]) => `p50 ${ms(quantile(values, 0.5))}, p99 ${ms(quantile(values, 0.99))}`;
const times = (ours: number, reference: number) => `${(ours / reference).toFixed(2)} ×`;

async function main(stack: BenchStack): Promise<void> {
  const { database_url: databaseUrl, temporal_address: address } = stack.devFile;
  const { namespace = 'default', ...access } = { ...accessFrom(process.env), address };
  const connection = await Connection.connect(access);
  const client = new Client({ connection, namespace });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const table = await openBareTable(databaseUrl);
  const ours = createOrders(stack.devFile, pool);
  const bare = await startBareOrders(stack, client);
  try {
    await throughput(ours, bare);
    await latency({ ours, bare, table, client });
    await longWay(ours, client);
    await bytesPerWaitingOrder(stack, ours, pool);
    say(`\ncheckouts that had to be repeated, since nine seconds were too short: ${ours.unfinished()}`);
  } finally {
    await ours.close();
    await table.drop();
    await pool.end();
    await connection.close();
  }
}

type Ours = ReturnType<typeof createOrders>;
type Bare = Awaited<ReturnType<typeof startBareOrders>>;
type Table = Awaited<ReturnType<typeof openBareTable>>;

async function throughput(ours: Ours, bare: Bare): Promise<void> {
  const life = { ours: async () => ours.pay(await ours.checkout()), bare: async () => bare.pay(await bare.open()) };
  await Promise.all([
    closedLoop({ count: 10, clients: 2 }, life.ours),
    closedLoop({ count: 10, clients: 2 }, life.bare),
  ]);
  const perSecond = (measured: Measured) => orders / measured.seconds;
  const pairs: { ours: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({
      bare: perSecond(await closedLoop({ count: orders, clients }, life.bare)),
      ours: perSecond(await closedLoop({ count: orders, clients }, life.ours)),
    });
  }
  const rateOf = (who: 'ours' | 'bare') => pairs.map((pair) => pair[who].toFixed(1)).join(' / ');
  say(`\ncompleted orders a second (${clients} clients, ${rounds} rounds of ${orders})`);
  say(`  Quittance               ${rateOf('ours')}`);
  say(`  bare Temporal workflow  ${rateOf('bare')}`);
  say(`  ratio, median           ${median(pairs.map((pair) => pair.ours / pair.bare)).toFixed(2)}`);
}

interface Parties {
  readonly ours: Ours;
  readonly bare: Bare;
  readonly table: Table;
  readonly client: Client;
}

/** At a rate that leaves the machine idle half of the time: waiting in line is not what is measured. */
async function latency({ ours, bare, table, client }: Parties): Promise<void> {
  const pace = { count: steady, perSecond: rate };
  const insert = await openLoop(pace, table.insert);
  const bareIds: string[] = [];
  const opened = await openLoop(pace, async () => {
    bareIds.push(await bare.open());
  });
  await openLoop(pace, (index) => bare.pay(bareIds[index]!));
  const orderIds: string[] = [];
  const checkedOut = await openLoop(pace, async () => {
    orderIds.push(await ours.checkout());
  });
  await openLoop(pace, (index) => ours.pay(orderIds[index]!));

  say(`\ncheckout, ${steady} at ${rate} a second`);
  say(`  Quittance               ${tail(checkedOut.latenciesMs)}`);
  say(`  bare update-with-start  ${tail(opened.latenciesMs)}   ratio ${ratioOf(checkedOut, opened)}`);
  say(`  bare SQL insert         ${tail(insert.latenciesMs)}   ratio ${ratioOf(checkedOut, insert)}`);
  const costs = await costsOf(client, orderIds.map(orderWorkflowId));
  const bareCosts = await costsOf(client, bareIds);
  const settled = settledTimes(costs);
  const bareSettled = settledTimes(bareCosts);
  say(`\nsignal to paid, ${steady} at ${rate} a second`);
  say(`  Quittance               ${tail(settled)}`);
  say(`  bare Temporal workflow  ${tail(bareSettled)}   ratio ${times(median(settled), median(bareSettled))}`);
  say('\nhistory of one order, median');
  say(`  Quittance, one IPN      ${inWords(costs)}`);
  say(`  bare Temporal workflow  ${inWords(bareCosts)}`);
}

/** The provider names every step of the way; only what changes something reaches the workflow. */
async function longWay(ours: Ours, client: Client): Promise<void> {
  const ids: string[] = [];
  await openLoop({ count: 10, perSecond: rate }, async () => {
    const id = await ours.checkout();
    ids.push(id);
    await ours.pay(id, ['confirming', 'confirmed', 'sending', 'finished'], 500);
  });
  say(`  Quittance, four IPNs    ${inWords(await costsOf(client, ids.map(orderWorkflowId)))}`);
}

async function bytesPerWaitingOrder(stack: BenchStack, ours: Ours, pool: pg.Pool): Promise<void> {
  const bytes = async () => ({
    ours: await databaseBytes(pool, 'datname = current_database()'),
    temporal: stack.temporalBytes() ?? (await givenTemporalBytes()),
  });
  const before = await bytes();
  const { seconds } = await closedLoop({ count: waiting, clients }, async () => {
    await ours.checkout();
  });
  const after = await bytes();
  const perOrder = (who: 'ours' | 'temporal') => `${((after[who] - before[who]) / waiting / 1024).toFixed(1)} KB`;
  say(`\n${waiting} waiting orders, made at ${(waiting / seconds).toFixed(1)} a second; each takes`);
  say(`  in our database         ${perOrder('ours')}`);
  say(
    `  in Temporal's           ${Number.isNaN(after.temporal) ? 'not seen: name --temporal-database' : perOrder('temporal')}`,
  );
}

async function givenTemporalBytes(): Promise<number> {
  const url = options['temporal-database'];
  if (url === undefined) return Number.NaN;
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    return await databaseBytes(pool, `datname in ('temporal', 'temporal_visibility')`);
  } finally {
    await pool.end();
  }
}

async function databaseBytes(pool: pg.Pool, which: string): Promise<number> {
  const sql = `select sum(pg_database_size(datname)) as bytes from pg_database where ${which}`;
  const { rows } = await pool.query<{ bytes: string }>(sql);
  return Number(rows[0]!.bytes);
}

async function costsOf(client: Client, workflowIds: readonly string[]): Promise<HistoryCost[]> {
  const costs: HistoryCost[] = [];
  for (const id of workflowIds) costs.push(await historyCost(client, id));
  return costs;
}

function settledTimes(costs: readonly HistoryCost[]): number[] {
  return costs.flatMap((cost) => cost.signalToSettledMs ?? []);
}

function inWords(costs: readonly HistoryCost[]): string {
  const middle = (of: (cost: HistoryCost) => number) => median(costs.map(of));
  return `${middle((cost) => cost.events)} events, ${middle((cost) => cost.actions)} Actions, ${middle((cost) => cost.bytes)} bytes`;
}

function ratioOf(ours: Measured, reference: Measured): string {
  return times(median(ours.latenciesMs), median(reference.latenciesMs));
}

const stack = await startStack();
await runOn(stack, () => main(stack));
