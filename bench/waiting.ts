import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { cpuBetween, cpuSeconds } from './cpu-time.js';
import { startFullStack, type FullStack } from './full-stack.js';
import { runOn } from './stack.js';
import { closedLoop } from './load.js';
import { createOrders, raiseLimits } from './orders.js';
import { countProviderCalls } from './provider-calls.js';

// What it costs that orders wait: first none of them, then many, past the grace, while nothing happens. Judges nothing.
const { values: options } = parseArgs({
  options: {
    orders: { type: 'string', default: '3000' },
    clients: { type: 'string', default: '16' },
    quiet: { type: 'string', default: '300' }, // seconds of each measurement: five sweeps and a reconcile
    settle: { type: 'string', default: '150' }, // seconds before it: the grace of the last order, and half a minute
    json: { type: 'string' }, // a file for the figures
  },
});
const orders = Number(options.orders);
const quietSeconds = Number(options.quiet);
const say = (line: string) => console.log(line);

interface Quiet {
  readonly orders: number;
  readonly seconds: number;
  readonly cores: Readonly<Record<string, number>>; // by part, and `all`
  readonly orderEvents: number; // history events added to the runs of orders
  readonly otherEvents: number; // to sweeps, reconcile and schedules
  readonly providerCalls: Readonly<Record<string, number>>; // by endpoint
  readonly commits: number; // in our database, rolled back ones included
}

async function main(stack: FullStack): Promise<void> {
  const pool = new pg.Pool({ connectionString: stack.devFile.database_url, max: 2 });
  pool.on('error', () => undefined);
  const ours = createOrders(stack.devFile, pool);
  await ours.close(); // nobody is paid here: watching would cost what is measured
  try {
    await raiseLimits(pool);
    await pause(20_000); // the start is over
    const without = await quiet(stack, pool, 0);
    const { seconds } = await closedLoop({ count: orders, clients: Number(options.clients) }, async () => {
      await ours.checkout();
    });
    say(
      `\n${orders} orders made at ${(orders / seconds).toFixed(1)} a second, repeated checkouts: ${ours.unfinished()}`,
    );
    await pause(Number(options.settle) * 1000);
    const waiting = await quiet(stack, pool, orders);
    print([without, waiting]);
    if (options.json) writeFileSync(options.json, `${JSON.stringify([without, waiting], null, 2)}\n`);
  } finally {
    await pool.end();
  }
}

/** Looks at everything twice, `quietSeconds` apart, and does nothing in between. */
async function quiet(stack: FullStack, pool: pg.Pool, waiting: number): Promise<Quiet> {
  const calls = await countProviderCalls(stack.devFile.simulator_url!);
  const before = { events: await historyEvents(stack), commits: await commits(pool), cpu: cpuSeconds() };
  const startedAt = performance.now();
  await pause(quietSeconds * 1000);
  const cpu = cpuSeconds();
  const seconds = (performance.now() - startedAt) / 1000;
  const events = await historyEvents(stack);
  const cores = cpuBetween(before.cpu, cpu).map(([part, used]): [string, number] => [part, used / seconds]);
  return {
    orders: waiting,
    seconds,
    cores: { all: cores.reduce((sum, [, used]) => sum + used, 0), ...Object.fromEntries(cores) },
    orderEvents: events.orders - before.events.orders,
    otherEvents: events.others - before.events.others,
    providerCalls: await calls(),
    commits: (await commits(pool)) - before.commits,
  };
}

/** Events of all runs there are, as Temporal's own tables count them: asking 3,000 runs would be work. */
async function historyEvents({ temporalDatabaseUrl }: FullStack): Promise<{ orders: number; others: number }> {
  const client = new pg.Client({ connectionString: temporalDatabaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ orders: string; others: string }>(
      `select coalesce(sum(next_event_id) filter (where workflow_id like 'crypto-order/%'), 0) as orders,
         coalesce(sum(next_event_id) filter (where workflow_id not like 'crypto-order/%'), 0) as others from executions`,
    );
    return { orders: Number(rows[0]!.orders), others: Number(rows[0]!.others) };
  } finally {
    await client.end();
  }
}

async function commits(pool: pg.Pool): Promise<number> {
  const sql = `select xact_commit + xact_rollback as n from pg_stat_database where datname = current_database()`;
  const { rows } = await pool.query<{ n: string }>(sql);
  return Number(rows[0]!.n);
}

function print(measured: readonly Quiet[]): void {
  const parts = [...new Set(measured.flatMap(({ cores }) => Object.keys(cores)))];
  const line = (name: string, of: (one: Quiet) => string) =>
    say(`  ${name.padEnd(28)}${measured.map((one) => of(one).padStart(12)).join('')}`);
  say(`\nnothing happens for ${quietSeconds} s while so many orders wait past the grace`);
  line('orders', ({ orders: count }) => String(count));
  for (const part of parts) line(`cores, ${part}`, ({ cores }) => (cores[part] ?? 0).toFixed(3));
  const perMinute = (count: number, { seconds }: Quiet) => ((count * 60) / seconds).toFixed(1);
  line('a minute: history events', (one) => perMinute(one.orderEvents, one));
  line('  of sweep and reconcile', (one) => perMinute(one.otherEvents, one));
  line('  commits, our database', (one) => perMinute(one.commits, one));
  for (const endpoint of Object.keys(measured[0]?.providerCalls ?? {}))
    line(`  ${endpoint}`, (one) => perMinute(one.providerCalls[endpoint] ?? 0, one));
}

const stack = await startFullStack({ PAY_WINDOW: '12 hours' });
await runOn(stack, () => main(stack));
