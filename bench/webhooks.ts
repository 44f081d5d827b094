import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pool as HttpPool } from 'undici';
import { freePort } from '../scripts/dev/ports.js';
import { createPool, type Pool } from '../src/db/pool.js';
import { masterKey, type Keyring } from '../src/db/secrets/seal.js';
import { mostAtOnce } from '../src/webhooks/endpoint-slots.js';
import { costEach, cpuSeconds } from './cpu-time.js';
import { makeDeliveries, makeEndpoints, whenRecorded, type Recorded, type Endpoints } from './deliveries.js';
import { closedLoop } from './load.js';
import { median } from './quantiles.js';
import { runOn, startStack } from './stack.js';

// Prints figures and judges none. The reference, bare posts to the same receiver, runs in between.
const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '5000' }, // deliveries of each run
    rounds: { type: 'string', default: '3' }, // of the pairs with and without a black hole
  },
});
const count = Number(options.count);
const rounds = Number(options.rounds);
const say = (line: string) => console.log(line);
const rate = (perSecond: number) => `${perSecond.toFixed(0).padStart(5)}/s`;

interface Bench {
  readonly pool: Pool;
  readonly keyring: Keyring;
  readonly receiver: string;
}

async function main(bench: Bench): Promise<void> {
  say(`\ndeliveries recorded, ${count} in each run`);
  for (const delayMs of [0, 100]) {
    say(
      `  receiver at ${delayMs} ms, bare posts on ${mostAtOnce} connections  ${rate(await barePosts(bench, delayMs))}`,
    );
    for (const endpoints of [1, 1_000]) await firstAttempts(bench, { delayMs, endpoints });
  }
  await blackHole(bench);
}

async function firstAttempts(bench: Bench, { delayMs, endpoints }: { delayMs: number; endpoints: number }) {
  const { pool, keyring, receiver } = bench;
  const made = await makeEndpoints(pool, { keyring, urlPrefix: `${receiver}/${delayMs}/`, count: endpoints });
  const name = `${delayMs} ms, ${endpoints} ${endpoints === 1 ? 'endpoint' : 'endpoints'}`.padEnd(24);
  const due = await makeDeliveries(pool, made, count);
  const first = await watched(() => whenRecorded(pool, made, { due, count }), due);
  say(`  ${name} ${inWords(first)}`);
}

/** Healthy endpoints alone, and beside one that never answers and has as much to do: pairs, one after the other. */
async function blackHole(bench: Bench): Promise<void> {
  const { pool, keyring, receiver } = bench;
  const healthy = await makeEndpoints(pool, { keyring, urlPrefix: `${receiver}/0/healthy-`, count: 50 });
  const hole = await makeEndpoints(pool, { keyring, urlPrefix: `${receiver}/never/`, count: 1 });
  const pairs: { alone: Recorded; beside: Recorded }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await setActive(pool, hole, false);
    const alone = await whenRecorded(pool, healthy, { due: await makeDeliveries(pool, healthy, count), count });
    await setActive(pool, hole, true);
    await makeDeliveries(pool, hole, count);
    const beside = await whenRecorded(pool, healthy, { due: await makeDeliveries(pool, healthy, count), count });
    pairs.push({ alone, beside });
  }
  const all = (which: 'alone' | 'beside') => pairs.map((pair) => pair[which].perSecond.toFixed(0)).join(' / ');
  say(`\n50 endpoints at 0 ms, ${rounds} pairs of ${count}, deliveries a second`);
  say(`  alone                   ${all('alone')}`);
  say(`  beside a black hole     ${all('beside')}`);
  const ratio = (of: (recorded: Recorded) => number) =>
    median(pairs.map(({ alone, beside }) => of(beside) / of(alone))).toFixed(2);
  say(
    `  ratio, median           ${ratio(({ perSecond }) => perSecond)}; of the time to the 99th hundredth: ${ratio((d) => d.p99Ms)}`,
  );
}

const setActive = (pool: Pool, { ids }: Endpoints, active: boolean) =>
  pool.query('update webhook_endpoints set active = $2 where id = any ($1)', [ids, active]);

/** The same posts from here, without a database and without signatures: what the wire and the receiver allow. */
async function barePosts({ receiver }: Bench, delayMs: number): Promise<number> {
  const http = new HttpPool(receiver, { connections: mostAtOnce });
  const body = JSON.stringify({ id: 'x'.repeat(36), data: 'x'.repeat(300) });
  const { seconds } = await closedLoop({ count, clients: mostAtOnce }, async () => {
    const answer = await http.request({ method: 'POST', path: `/${delayMs}/bare`, body });
    await answer.body.dump();
  });
  await http.close();
  return count / seconds;
}

async function watched(work: () => Promise<Recorded>, from: string) {
  await pause(Date.parse(from) - Date.now());
  const before = cpuSeconds();
  const recorded = await work();
  return { recorded, cost: costEach(before, cpuSeconds(), count) };
}

const inWords = ({ recorded, cost }: { recorded: Recorded; cost: string }) =>
  `${rate(recorded.perSecond)}   CPU for each: ${cost}${recorded.refused > 0 ? `; ${recorded.refused} to be retried` : ''}`;

const port = await freePort();
const master = randomBytes(32);
const stack = await startStack({
  WEBHOOK_ALLOW_TARGETS: `127.0.0.1:${port}`,
  QUITTANCE_MASTER_KEY: master.toString('base64'),
});
const pool = createPool({
  url: stack.devFile.database_url,
  max: 2,
  applicationName: 'bench',
  onError: () => undefined,
});
async function work(): Promise<void> {
  await stack.run('receiver', 'bench/slow-receiver.ts', [String(port)]);
  while (!(await fetch(`http://127.0.0.1:${port}/0/`).catch(() => null))?.ok) await pause(100);
  const keyring = { current: masterKey(master), previous: [] };
  await main({ pool, keyring, receiver: `http://127.0.0.1:${port}` });
}

await runOn(stack, () => work().finally(() => pool.end()));
