import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { freePort } from '../scripts/dev/ports.js';
import { createDatabaseIfMissing, startPostgres } from '../scripts/dev/postgres.js';
import { createProcesses } from '../scripts/dev/processes.js';
import { migrate } from '../src/db/migrate.js';
import { masterKey } from '../src/db/secrets/seal.js';
import { type Api, startApi } from './live-api.js';
import { insertWaitingOrders } from './live-orders.js';
import { type LivePage, type Pages, openPages } from './live-pages.js';
import { closedLoop, openLoop } from './load.js';
import { quantile } from './quantiles.js';

// One API process and PostgreSQL, without Temporal and a worker: changes are written straight into the orders, as
// settling does. Pages, database and API share this machine's cores. Figures are printed, none is judged.
const { values: options } = parseArgs({
  options: {
    pages: { type: 'string', default: '2000' },
    changes: { type: 'string', default: '1000' }, // one by one
    rate: { type: 'string', default: '50' }, // of them a second
    quiet: { type: 'string', default: '60' }, // seconds in which nothing happens
  },
});
const pageCount = Number(options.pages);
const changes = Number(options.changes);
const rate = Number(options.rate);
const quietSeconds = Number(options.quiet);
const writers = 32;
const pairs = 5;

const say = (line: string) => console.log(line);
const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const tail = (values: readonly number[]) =>
  `p50 ${ms(quantile(values, 0.5))}, p99 ${ms(quantile(values, 0.99))}, slowest ${ms(quantile(values, 1))}`;
const nowMs = () => performance.timeOrigin + performance.now();

async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 120_000;
  while (!isSo()) {
    if (performance.now() > giveUpAt) throw new Error('two minutes passed, and not every page knows');
    await pause(5);
  }
}

interface Scene {
  readonly api: Api;
  readonly pool: pg.Pool;
  readonly open: Pages;
  readonly pageOf: ReadonlyMap<string, LivePage>; // by order id
}

const touch = (pool: pg.Pool, ids: readonly string[]) =>
  pool.query('update orders set version = version + 1, updated_at = clock_timestamp() where id = any ($1)', [ids]);

async function opened(api: Api, pool: pg.Pool, key: Buffer): Promise<Scene> {
  const orders = await insertWaitingOrders(pool, masterKey(key), pageCount);
  const before = await api.usage();
  const startedAt = performance.now();
  const paths = orders.map(({ token }) => `/pay/${token}`);
  const open = await openPages(api.url, paths, 32);
  await until(() => open.pages.every(({ messages }) => messages.length === 1));
  const after = await api.usage();
  const byPath = new Map(open.pages.map((page) => [page.path, page]));
  say(`\n${after.streams} pages opened in ${((performance.now() - startedAt) / 1000).toFixed(1)} s, 32 at a time`);
  say(`  a page                    ${tail(open.pages.map(({ loadedMs }) => loadedMs))}`);
  say(`  API, per page and stream  ${ms(((after.cpuSeconds - before.cpuSeconds) * 1000) / pageCount)} of CPU`);
  say(`  API's memory              ${(before.bytes / 2 ** 20).toFixed(0)} → ${(after.bytes / 2 ** 20).toFixed(0)} MiB`);
  const { rows } = await pool.query<{ name: string; count: number }>(
    `select application_name as name, count(*)::int as count from pg_stat_activity
     where application_name like 'quittance-api%' group by 1 order by 1`,
  );
  say(`  database connections      ${rows.map(({ name, count }) => `${count} ${name}`).join(', ')}`);
  return { api, pool, open, pageOf: new Map(orders.map(({ id, token }) => [id, byPath.get(`/pay/${token}`)!])) };
}

async function quiet({ api }: Scene): Promise<void> {
  const before = await api.usage();
  await pause(quietSeconds * 1000);
  const spent = (await api.usage()).cpuSeconds - before.cpuSeconds;
  say(
    `\nnothing happens for ${quietSeconds} s: ${((100 * spent) / quietSeconds).toFixed(1)} % of a core, heartbeats included`,
  );
}

async function oneByOne({ api, pool, pageOf }: Scene): Promise<void> {
  const ids = [...pageOf.keys()];
  const delays: number[] = [];
  const before = await api.usage();
  await openLoop({ count: changes, perSecond: rate }, async (index) => {
    const id = ids[index % ids.length]!;
    const page = pageOf.get(id)!;
    const known = page.messages.length;
    await touch(pool, [id]);
    const committedMs = nowMs();
    await until(() => page.messages.length > known);
    delays.push(Math.max(0, page.messages[known]!.atMs - committedMs));
  });
  const spent = (await api.usage()).cpuSeconds - before.cpuSeconds;
  say(`\n${changes} orders change one by one, ${rate} a second`);
  say(`  from commit to its page   ${tail(delays)}`);
  say(`  API, per change           ${ms((spent * 1000) / changes)} of CPU`);
}

/** What it would cost to announce each change: as many at once as there are connections, by turns with a trigger and without. */
async function announced({ pool, pageOf }: Scene): Promise<void> {
  const ids = [...pageOf.keys()];
  const rate = async (): Promise<number> => {
    const { seconds } = await closedLoop({ count: ids.length, clients: writers }, async (index) => {
      await touch(pool, [ids[index]!]);
    });
    return ids.length / seconds;
  };
  await pool.query(`create function announce() returns trigger language plpgsql as
    $$ begin perform pg_notify('changed', new.id); return null; end $$`);
  await rate(); // warm
  say(`\n${ids.length} orders change, ${writers} at a time, commits a second`);
  for (let pair = 0; pair < pairs; pair += 1) {
    const silent = await rate();
    await pool.query('create trigger announced after update on orders for each row execute function announce()');
    const notified = await rate();
    await pool.query('drop trigger announced on orders');
    say(`  silently ${silent.toFixed(0)}, announced ${notified.toFixed(0)}: ${(notified / silent).toFixed(2)}`);
  }
}

async function allAtOnce({ pool, open, pageOf }: Scene): Promise<void> {
  const known = new Map(open.pages.map((page) => [page, page.messages.length]));
  await touch(pool, [...pageOf.keys()]);
  const committedMs = nowMs();
  await until(() => open.pages.every((page) => page.messages.length > known.get(page)!));
  say(`\nall ${pageCount} change in one transaction`);
  say(`  from commit to each page  ${tail(open.pages.map((page) => page.messages.at(-1)!.atMs - committedMs))}`);
  const looks: number[] = [];
  const { seconds } = await closedLoop({ count: pageCount, clients: 32 }, async (index) => {
    looks.push(await open.look(open.pages[index]!));
  });
  say(`  all look at the news      ${seconds.toFixed(1)} s, 32 at a time: ${tail(looks)} each`);
}

async function stopped({ api, open }: Scene): Promise<void> {
  const startedAt = performance.now();
  await api.program.stop();
  const seconds = (performance.now() - startedAt) / 1000;
  await until(() => open.pages.every(({ isOver }) => isOver));
  say(`\nthe API stops with ${pageCount} pages open: ${seconds.toFixed(2)} s, all streams ended`);
}

async function main(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'quittance-bench-'));
  const processes = createProcesses({ logDir: join(home, 'logs') });
  try {
    say(
      `${cpus().length} cores (${cpus()[0]?.model.trim()}), load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
    );
    const server = await startPostgres({
      processes,
      dataDir: join(home, 'postgres'),
      port: await freePort(),
      password: randomBytes(9).toString('hex'),
    });
    await createDatabaseIfMissing(server, 'quittance');
    await migrate(server.url('quittance'));
    const pool = new pg.Pool({ connectionString: server.url('quittance'), max: writers });
    const key = randomBytes(32);
    const api = await startApi(processes, { databaseUrl: server.url('quittance'), key, maxStreams: pageCount });
    const scene = await opened(api, pool, key);
    for (const act of [quiet, oneByOne, announced, allAtOnce, stopped]) await act(scene);
    scene.open.close();
    await pool.end();
  } finally {
    await processes.stopAll();
    rmSync(home, { recursive: true, force: true });
  }
}

await main();
