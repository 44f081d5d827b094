import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { queryOnce } from '../../scripts/dev/postgres.js';
import { foldAllFigures, orderFigures } from '../../src/db/figures/order-figures.js';
import { migrate, migrationState } from '../../src/db/migrate.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { eventually } from '../support/eventually.js';
import { startProgram } from '../support/program-process.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const folder = path.resolve(import.meta.dirname, '../../src/db/migrations');
const firstSchema = readFileSync(path.join(folder, '0001_quittance.sql'), 'utf8').split('-- Down Migration')[0]!;
const accountId = randomUUID();
const ordersBefore = 20_000;

let name: string;
let url: string;
let pool: Pool;

beforeAll(async () => {
  const { adminUrl } = inject('servers');
  name = `test_${randomBytes(6).toString('hex')}`;
  await queryOnce(adminUrl, `create database ${name}`);
  url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  pool = createPool({ url, max: 6, applicationName: 'test', onError: () => {} });
  await pool.query(firstSchema);
  await pool.query(`create table migrations (id serial primary key, name varchar(255) not null, run_on timestamp not null);
    insert into migrations (name, run_on) values ('0001_quittance', now())`);
  await populate();
}, 120_000);
afterAll(async () => {
  await pool?.end();
  await queryOnce(inject('servers').adminUrl, `drop database if exists ${name} with (force)`);
});

/** A shop of the first release, with orders of every status, their notices and deliveries. */
async function populate(): Promise<void> {
  await pool.query(`insert into accounts (id, name) values ($1, 'Merchant')`, [accountId]);
  await pool.query(
    `insert into orders (id, account_id, mode, product, price_cents, price_currency, status, provider, requested_coin,
       customer_note, pay_token, expires_at, partial_until, paid_at, closed_at, failed_reason, created_at, updated_at)
     select 'ord_' || lpad(to_hex(n), 12, '0'), $1, 'live', 'team_' || n % 3, 100 + n % 7, 'USD', status, 'stub', 'usdttrc20',
       'Note ' || n, 'token' || n, at + interval '1 hour', at, case when status = 'paid' then at + interval '1 minute' end,
       case when status in ('paid', 'failed', 'cancelled') then at + interval '1 minute' end,
       case when status = 'failed' then 'expired' end, at, at
     from generate_series(1, $2::int) n,
       lateral (select (array['pending', 'confirming', 'partial', 'paid', 'failed', 'cancelled'])[1 + n % 6] as status,
         (now() - n * interval '1 minute')::timestamptz(3) as at) born`,
    [accountId, ordersBefore],
  );
  await pool.query(
    `insert into provider_events (id, fingerprint, kind, form, order_id, raw, headers, handled_at)
     select gen_random_uuid(), id, 'payment', 'A', id, '', '{}', case when status = 'pending' then null else now() end from orders`,
  );
}

/** What the release before goes on doing: checkouts, moves, notes, notices, and a list. */
function serve(): { failures: unknown[]; rounds: () => number; stop: () => Promise<void> } {
  const failures: unknown[] = [];
  let isServing = true;
  let rounds = 0;
  async function shop(): Promise<void> {
    for (; isServing; rounds += 1) await round().catch((failure: unknown) => failures.push(failure));
  }
  const shops = [shop(), shop(), shop()];
  const stop = async () => {
    isServing = false;
    await Promise.all(shops);
  };
  return { failures, rounds: () => rounds, stop };
}

async function round(): Promise<void> {
  const id = `ord_${randomBytes(6).toString('hex')}`;
  await pool.query(
    `insert into orders (id, account_id, mode, product, price_cents, price_currency, provider, requested_coin, pay_token,
       expires_at, created_at, updated_at)
     values ($1, $2, 'live', 'team_0', 100, 'USD', 'stub', 'usdttrc20', $1, now(), now(), now())`,
    [id, accountId],
  );
  await pool.query(
    `insert into provider_events (id, fingerprint, kind, form, order_id, raw, headers)
     values ($1, $2, 'payment', 'A', $2, '', '{}')`,
    [randomUUID(), id],
  );
  await pool.query(
    `update orders set status = 'paid', paid_at = now(), closed_at = now(), version = version + 1 where id = $1`,
    [id],
  );
  const any = 1 + Math.floor(Math.random() * ordersBefore);
  await pool.query(`update orders set customer_note = 'Changed ' || $1, price_cents = price_cents + 1 where id = $1`, [
    `ord_${any.toString(16).padStart(12, '0')}`,
  ]);
  await pool.query('select id from orders where account_id = $1 order by created_at desc, id limit 20', [accountId]);
}

/** What the figures have to say, from the orders themselves. */
async function countedAnew(): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select status, product, price_currency as currency, count(*) as orders, sum(price_cents)::bigint as "priceCents",
       coalesce(sum(round(extract(epoch from paid_at - created_at) * 1000)), 0)::bigint as "paidMs"
     from orders where mode = 'live' group by 1, 2, 3 order by 1, 2, 3`,
  );
  return rows;
}

it('a database in use is migrated: nobody waits longer for a lock than he is willing to, and nothing is left out', async () => {
  const lines: string[] = [];
  const traffic = serve();
  // Somebody's transaction stays open: an update here, and in the middle of a dump of everything.
  const slow = await pool.connect();
  await slow.query('set idle_in_transaction_session_timeout = 0');
  await slow.query('begin');
  await slow.query(`update orders set customer_note = 'Slow' where id = 'ord_000000000001'`);
  await slow.query('select count(*) from provider_events');

  const migrated = migrate(url, (line) => lines.push(line));
  try {
    await eventually(() => expect(lines).toContain('waiting: a lock is held that a migration needs'));
    const then = traffic.rounds();
    await eventually(() => expect(traffic.rounds()).toBeGreaterThan(then + 30));
    expect(traffic.failures).toEqual([]);
  } finally {
    await slow.query('commit');
    slow.release();
    await migrated;
    await traffic.stop();
  }

  expect(traffic.failures).toEqual([]);
  expect(await migrationState(pool)).toEqual({ pending: [], unknown: [] });
  const { rows: unlike } = await pool.query(
    `select o.id from orders o left join order_search s on s.order_id = o.id where s.folded is distinct from searched_text(o)`,
  );
  expect(unlike).toEqual([]);
  const counted = await countedAnew();
  expect(await orderFigures(pool, 'live')).toEqual(counted);
  await foldAllFigures(pool);
  expect(await orderFigures(pool, 'live')).toEqual(counted);
  const { rows: forgotten } = await pool.query(
    `select 1 from provider_events where handled_at is null and next_relay_at is null
       and order_id like 'ord_00000000%'`,
  );
  expect(forgotten).toEqual([]);
  const { rows: halfDone } = await pool.query(
    'select indexrelid::regclass::text as name from pg_index where not indisvalid',
  );
  expect(halfDone).toEqual([]);
}, 120_000);

it('the first count of the figures takes orders that changed a moment before it once', async () => {
  await round();
  const { rows: waiting } = await pool.query('select 1 from order_figure_changes');
  expect(waiting.length).toBeGreaterThan(0); // by the triggers, which are there before the count
  const steps = readFileSync(path.join(folder, '0006_admin_reports.sql'), 'utf8').split('-- Step');
  const [count = '', ...others] = steps.filter((step) => step.includes('isolation level repeatable read'));
  expect(others).toEqual([]);
  await pool.query(count);
  expect(await orderFigures(pool, 'live')).toEqual(await countedAnew());
});

it('an index whose building was broken off is built anew', async () => {
  await pool.query(`update pg_index set indisvalid = false where indexrelid = 'deliveries_waiting'::regclass`);
  await pool.query(`delete from migrations where name = '0008_waiting_deliveries'`);
  await migrate(url);
  const { rows } = await pool.query(
    `select indisvalid from pg_index where indexrelid = 'deliveries_waiting'::regclass`,
  );
  expect(rows).toEqual([{ indisvalid: true }]);
});

it('the command waits for PostgreSQL, and says so', async () => {
  const { hostname, port } = new URL(url);
  const link = await startTcpProxy({ host: hostname, port: Number(port) });
  link.cut();
  const throughLink = Object.assign(new URL(url), { host: `127.0.0.1:${link.port}` }).href;
  const command = startProgram('scripts/quittance.ts migrate', { DATABASE_URL: throughLink });
  await command.untilSaid('waiting for PostgreSQL');
  link.mend();
  await command.untilSaid('PostgreSQL is there');
  await eventually(() => expect(command.ended()).toBe('exit code 0'));
  await link.close();
});
