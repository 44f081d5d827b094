import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { build } from './compare/build.js';
import { startPair } from './compare/pair.js';
import { startFullStack, type FullStack } from './full-stack.js';
import { growthCurves, type Curve } from './growth/curve.js';
import { bytesNow, measureStep, type Step } from './growth/measure.js';
import { closedLoop } from './load.js';
import { createOrders, raiseLimits } from './orders.js';
import { root, runOn } from './stack.js';

// What it costs that ever more orders wait, each parked in its own workflow as in production. Judges nothing.
const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '1000,3000,10000' }, // orders that wait, one look after another
    clients: { type: 'string', default: '16' },
    sample: { type: 'string', default: '30' }, // orders that are paid at each step
    idle: { type: 'string', default: '20' }, // seconds of each step in which nothing happens
    trimmed: { type: 'boolean', default: false }, // Temporal's visibility store without the indexes that nobody needs
    svg: { type: 'string' }, // a file for the curves
    json: { type: 'string' }, // a file for the figures
  },
});
const graceSeconds = 20; // a customer's two minutes, shorter: what waits is past it when it is looked at
const startedAt = Date.now();
const say = (line: string) =>
  console.log(`[${String(Math.round((Date.now() - startedAt) / 1000)).padStart(4)} s] ${line}`);

async function main(stack: FullStack): Promise<void> {
  const pool = new pg.Pool({ connectionString: stack.devFile.database_url, max: 4 });
  pool.on('error', () => undefined);
  const temporal = new pg.Client({ connectionString: stack.temporalDatabaseUrl });
  await temporal.connect();
  if (options.trimmed) await trimVisibility(stack);
  await raiseLimits(pool);
  const { apiUrl, metricsUrl } = await startPair(stack);
  const ours = createOrders(stack.devFile, pool, [stack.devFile.api_url, apiUrl]);
  try {
    for (let warm = 0; warm < 50; warm += 1) await ours.pay(await ours.checkout());
    const before = await bytesNow({ ours, temporal });
    const waiting: string[] = [];
    const steps: Step[] = [];
    let made = 0;
    for (const wanted of options.steps.split(',').map(Number)) {
      const more = wanted - waiting.length;
      const { seconds } = await closedLoop({ count: more, clients: Number(options.clients) }, async () => {
        waiting.push(await ours.checkout());
      });
      made += more;
      say(`${wanted} orders wait; the last ${more} were made at ${(more / seconds).toFixed(1)} a second`);
      await pause((graceSeconds + 10) * 1000);
      const sample = Number(options.sample);
      const idleSeconds = Number(options.idle);
      steps.push(
        await measureStep({ stack, ours, metricsUrl, temporal }, waiting, { before, made, sample, idleSeconds }),
      );
      print(steps.at(-1)!);
      write(steps);
    }
  } finally {
    await ours.close();
    await pool.end();
    await temporal.end();
  }
}

async function trimVisibility({ temporalDatabaseUrl }: FullStack): Promise<void> {
  const url = new URL(temporalDatabaseUrl);
  url.pathname = '/temporal_visibility';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(readFileSync(join(root, 'deploy/temporal/trim-visibility.sql'), 'utf8'));
  await client.end();
}

const kib = (bytes: number) => bytes / 1024;
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

function print(step: Step): void {
  const { bytesEach, settleMs } = step;
  const idle = Object.entries(step.idleCores).map(([part, cores]) => `${part} ${cores.toFixed(3)}`);
  say(
    `  workers ${step.workersMiB.map((mib) => `${mib.toFixed(0)} MiB`).join(', ')}; heap ${step.heapMiB.toFixed(0)} MiB`,
  );
  say(
    `  an order on disk: ours ${kib(bytesEach.ours).toFixed(1)} KiB, Temporal ${kib(bytesEach.temporal).toFixed(1)} KiB, ` +
      `its visibility ${kib(bytesEach.visibility).toFixed(1)} KiB`,
  );
  say(
    `  coins to paid: p50 ${settleMs.p50.toFixed(0)} ms, p90 ${settleMs.p90.toFixed(0)} ms, ` +
      `${step.settleCpuMs.toFixed(0)} CPU-ms an order`,
  );
  say(`  cores when nothing happens: ${idle.join(', ')}`);
}

/** After each step: a long run that is stopped has told what it found. */
function write(steps: readonly Step[]): void {
  const curve = (title: string, unit: string, value: (step: Step) => number): Curve => ({
    title,
    unit,
    points: steps.map((step) => ({ orders: step.orders, value: value(step) })),
  });
  const curves = [
    curve('Memory of two workers', 'MiB resident, together', ({ workersMiB }) => sum(workersMiB)),
    curve('On disk, an order that waits', 'KiB, all three databases', ({ bytesEach }) =>
      kib(sum(Object.values(bytesEach))),
    ),
    curve('Processor time to settle one', 'ms of all programs', ({ settleCpuMs }) => settleCpuMs),
    curve('Nothing happens', 'percent of a core, all programs', ({ idleCores }) => 100 * sum(Object.values(idleCores))),
  ];
  if (options.svg) writeFileSync(options.svg, growthCurves(curves));
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ trimmed: options.trimmed, steps }, null, 2)}\n`);
}

build(say);
say('PostgreSQL, Temporal and ours start');
const stack = await startFullStack({ START_BUILT: '1', PAY_WINDOW: '12 hours', POLL_GRACE: `${graceSeconds} seconds` });
await runOn(stack, () => main(stack));
