import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { freePort } from '../scripts/dev/ports.js';
import { createDatabaseIfMissing, startPostgres } from '../scripts/dev/postgres.js';
import { createProcesses, untilReady, type Processes } from '../scripts/dev/processes.js';
import { mintKey } from '../src/api/http/keys.js';
import { insertApiKey } from '../src/db/accounts/api-keys.js';
import { migrate } from '../src/db/migrate.js';
import { createPool } from '../src/db/pool.js';
import { keyringOf } from '../src/db/secrets/seal.js';
import { cursorOfLastPage, vouchForAddresses } from './past-answers.js';
import { writePast } from './past-orders.js';
import { peakMemory } from './peak-memory.js';
import { quantile } from './quantiles.js';
import { root } from './stack.js';

// Prints figures and judges none. The reference, one order by its id, runs in between on the same servers.
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    accounts: { type: 'string', default: '200' },
    calls: { type: 'string', default: '100' }, // of each report
    exports: { type: 'string', default: '3' }, // of 100,000 orders
  },
});
const [rows, accounts, calls, exports] = [options.rows, options.accounts, options.calls, options.exports].map(
  Number,
) as [number, number, number, number];
const keyring = keyringOf([randomBytes(32)]);
const say = (line: string) => console.log(line);
const whole = (value: number) => Math.round(value).toLocaleString('en');
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

interface Api {
  readonly pid: number;
  get(path: string): Promise<Response>;
}

async function main(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'quittance-reports-'));
  const processes = createProcesses({ logDir: join(home, 'logs') });
  try {
    const { databaseUrl, lastPage } = await databaseWithPast(processes, home);
    const api = await startApi(processes, databaseUrl);
    await lists(api, lastPage);
    await figures(api);
    await csv(api);
  } finally {
    await processes.stopAll();
    rmSync(home, { recursive: true, force: true });
  }
}

interface Written {
  readonly databaseUrl: string;
  readonly lastPage: string | null; // the cursor of a list's last page
}

async function databaseWithPast(processes: Processes, home: string): Promise<Written> {
  const server = await startPostgres({
    processes,
    dataDir: join(home, 'postgres'),
    port: await freePort(),
    password: 'bench',
    durable: false, // only reads are timed
    settings: { shared_buffers: '512MB', max_wal_size: '4GB' },
  });
  await createDatabaseIfMissing(server, 'quittance');
  const url = server.url('quittance');
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  say(`writing ${whole(rows)} orders`);
  await writePast(client, { rows, accounts, say });
  await vouchForAddresses(client, keyring);
  const lastPage = await cursorOfLastPage(client, keyring);
  const { rows: sizes } = await client.query<{ name: string; size: string }>(
    `select relname as name, pg_size_pretty(pg_total_relation_size(oid)) || ', of it indexes '
       || pg_size_pretty(pg_indexes_size(oid)) as size
     from pg_class where relname in ('orders', 'order_search', 'order_figures') order by relname`,
  );
  say(`\non disk\n${sizes.map(({ name, size }) => `  ${name.padEnd(14)} ${size}`).join('\n')}`);
  await client.end();
  return { databaseUrl: url, lastPage };
}

async function startApi(processes: Processes, databaseUrl: string): Promise<Api> {
  const port = await freePort();
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    METRICS_PORT: 'off',
    QUITTANCE_MASTER_KEY: keyring.current.bytes.toString('base64'),
  };
  const args = ['--import', tsx, 'src/api/server.ts'];
  const program = await processes.start({ name: 'api', command: process.execPath, args, cwd: root, env });
  const base = `http://127.0.0.1:${port}`;
  await untilReady(program, async () => {
    if (!(await fetch(`${base}/healthz`)).ok) throw new Error('not ready');
  });
  const { key, prefix, sha256 } = mintKey('live');
  const pool = createPool({ url: databaseUrl, max: 1, applicationName: 'bench', onError: () => undefined });
  const scopes = ['driftstack_internal_admin'];
  const row = { id: randomUUID(), accountId: null, mode: 'live' as const, prefix, sha256, scopes, name: 'bench' };
  await insertApiKey(pool, { ...row, expiresAt: null });
  await pool.end();
  return {
    pid: program.pid,
    async get(path) {
      const answer = await fetch(`${base}/v1/admin${path}`, { headers: { authorization: `Bearer ${key}` } });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer;
    },
  };
}

const anyRow = () => 1 + Math.floor(Math.random() * rows);
const idOf = (n: number) => `ord_${((BigInt(n) * 549755813881n) & 0xffffffffffffn).toString(16).padStart(12, '0')}`;

async function timed(api: Api, what: string, path: () => string, count = calls): Promise<void> {
  const times: number[] = [];
  let found = '';
  for (let call = -3; call < count; call += 1) {
    const startedAt = performance.now();
    const body = (await (await api.get(path())).json()) as { orders?: unknown[] };
    if (call >= 0) times.push(performance.now() - startedAt);
    if (body.orders) found = `${body.orders.length} found`;
  }
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)].map((ms) => `${ms.toFixed(1)} ms`.padStart(10));
  say(`  ${what.padEnd(38)} p50 ${p50}   p99 ${p99}   ${found}`);
}

const search = (text: string, more = '') => `/crypto-orders?search=${encodeURIComponent(text)}${more}`;
const reference = (api: Api) => timed(api, 'reference: one order by its id', () => `/crypto-orders/${idOf(anyRow())}`);

async function lists(api: Api, lastPage: string | null): Promise<void> {
  say(`\nlists over HTTP, pages of 50, ${calls} calls each`);
  await reference(api);
  await timed(api, 'newest', () => '/crypto-orders');
  await timed(api, 'the last page', () => `/crypto-orders?cursor=${lastPage}`);
  await timed(api, 'a rare status', () => '/crypto-orders?status=partial');
  await timed(api, 'test orders only', () => '/crypto-orders?livemode=false');
  await timed(api, 'search: a whole order id', () => search(idOf(anyRow())));
  await timed(api, 'search: part of an order id', () => search(idOf(anyRow()).slice(8, 15)));
  await timed(api, 'search: a reference', () => search(`inv-${String(2 * Math.ceil(anyRow() / 2)).padStart(9, '0')}`));
  await timed(api, 'search: a product, in most rows', () => search('manual'));
  await timed(api, 'search: words of a tenth of the notes', () => search('of customer 1'));
  await timed(api, 'search: product in a rare status', () => search('manual', '&status=partial'));
  await timed(api, 'search: text that is nowhere', () => search(`nowhere ${anyRow()}`));
  const few = Math.min(calls, 10);
  await timed(api, 'search: two characters, nowhere', () => search('zq'), few);
  await timed(api, 'search: a percent sign, nowhere', () => search('%'), few);
}

async function figures(api: Api): Promise<void> {
  say(`\nfigures over HTTP, ${calls} calls each`);
  await reference(api);
  await timed(api, 'stats', () => '/crypto-orders/stats');
  await timed(api, 'daily, 90 days', () => '/crypto-orders/daily?days=90');
  await timed(api, 'pending-age', () => '/crypto-orders/pending-age');
}

async function csv(api: Api): Promise<void> {
  say('\nCSV of 100,000 orders');
  const memory = peakMemory(api.pid);
  const mib = (value: number | null) => (value === null ? 'unknown' : `${whole(value)} MiB`);
  for (let run = 0; run < exports; run += 1) {
    const before = memory.begin();
    const startedAt = performance.now();
    let bytes = 0;
    let lines = -1; // the header is no order
    for await (const chunk of (await api.get('/crypto-orders.csv')).body ?? []) {
      bytes += chunk.length;
      for (const byte of chunk as Uint8Array) if (byte === 10) lines += 1;
    }
    const seconds = (performance.now() - startedAt) / 1000;
    say(
      `  ${whole(lines)} rows, ${(bytes / 2 ** 20).toFixed(1)} MiB in ${seconds.toFixed(1)} s: ` +
        `${whole(lines / seconds)} rows/s; API process ${mib(before)} before, ${mib(memory.peak())} at most`,
    );
  }
}

await main();
