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

async function listenerKilled({ pool, open, pageOf }: Scene): Promise<void> {
  const changed = [...pageOf.keys()].slice(0, 100);
  const known = new Map(open.pages.map((page) => [page, page.messages.length]));
  const killedMs = nowMs();
  await pool.query(
    `with killed as (select pg_terminate_backend(pid, 5000) as done from pg_stat_activity
       where application_name = 'quittance-api-listen')
     update orders set version = version + 1 where id = any ($1) and (select bool_and(done) from killed)`,
    [changed],
  );
  const pages = changed.map((id) => pageOf.get(id)!);
  await until(() => pages.every((page) => page.messages.length > known.get(page)!));
  const others = open.pages.filter((page) => !pages.includes(page));
  const needless = others.filter((page) => page.messages.length > known.get(page)!).length;
  const lastMs = Math.max(...pages.map((page) => page.messages.at(-1)!.atMs));
  say(`\nthe listening connection is killed, ${changed.length} orders change meanwhile`);
  say(`  all of them know after    ${ms(lastMs - killedMs)}; needless messages to the other pages: ${needless}`);
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
    const pool = new pg.Pool({ connectionString: server.url('quittance'), max: 10 });
    const key = randomBytes(32);
    const api = await startApi(processes, { databaseUrl: server.url('quittance'), key, maxStreams: pageCount });
    const scene = await opened(api, pool, key);
    for (const act of [quiet, oneByOne, allAtOnce, listenerKilled, stopped]) await act(scene);
    scene.open.close();
    await pool.end();
  } finally {
    await processes.stopAll();
    rmSync(home, { recursive: true, force: true });
  }
}

await main();
