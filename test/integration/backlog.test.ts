import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exposeBacklog } from '../../src/worker/backlog-gauges.js';
import { exposeBusiness } from '../../src/worker/business-gauges.js';
import { type Backlog, readBacklog } from '../../src/db/figures/backlog.js';
import { type Pool, createPool } from '../../src/db/pool.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: Pool;
const accountId = randomUUID();

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 2, applicationName: 'test', onError: () => {} });
  await pool.query(`insert into accounts (id, name) values ($1, 'Merchant')`, [accountId]);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const empty: Backlog = {
  ordersOpen: 0,
  ordersOverdue: 0,
  ordersWithoutAddress: 0,
  oldestWithoutAddressSeconds: 0,
  ipnsUnhandled: 0,
  oldestIpnSeconds: 0,
  oldestUnsettledSeconds: 0,
  ipnsSetAside: 0,
  oldestEventSeconds: 0,
  deliveriesOverdue: 0,
  deliveriesLeftLying: 0,
  deliveriesDead: 0,
  casesOpen: 0,
  reconcileSeconds: 0,
};

async function placeOrder(hex: string, expiresIn: string): Promise<void> {
  await pool.query(
    `insert into orders (id, account_id, mode, product, price_cents, price_currency, provider, requested_coin,
       pay_token, expires_at, created_at, updated_at)
     values ('ord_' || $1, $2, 'live', 'team_manual', 4900, 'USD', 'nowpayments', 'usdttrc20', $1,
       now() + $3::interval, now(), now())`,
    [hex, accountId, expiresIn],
  );
}

describe('the backlog', () => {
  it('is empty where nothing waits', async () => {
    expect(await readBacklog(pool)).toEqual(empty);
  });

  it('shows what waits, and for how long', async () => {
    await placeOrder('000000000001', '1 hour');
    await placeOrder('000000000002', '-10 seconds'); // a minute is its workflow's to end it
    await placeOrder('000000000003', '-5 minutes');
    // Nobody was asked for an address yet.
    await pool.query(`update orders set coin_choice = 'payer', requested_coin = null where id = 'ord_000000000001'`);
    await pool.query(
      `insert into provider_events (id, fingerprint, kind, form, raw, headers, received_at, handled_at)
       values (gen_random_uuid(), 'a', 'payment', 'A', '', '{}', now() - interval '90 seconds', null),
              (gen_random_uuid(), 'b', 'payment', 'A', '', '{}', now() - interval '1 day', now())`,
    );
    await pool.query(`update provider_events set quarantined_at = now() where fingerprint = 'a'`);
    await pool.query(
      `insert into support_cases (id, mode, payment_id, kind, opened_at, deadline_at)
       values (gen_random_uuid(), 'live', '1', 'orphan_payment', now(), now())`,
    );
    await pool.query(
      `insert into reconcile_runs (id, trigger, started_at, finished_at, outcome)
       values (gen_random_uuid(), 'schedule', now() - interval '20 minutes', now() - interval '19 minutes', 'finished'),
              (gen_random_uuid(), 'schedule', now() - interval '3 minutes', now() - interval '2 minutes', 'failed')`,
    );
    const backlog = await readBacklog(pool);
    expect(backlog).toMatchObject({
      ...empty,
      ...{ ordersOpen: 3, ordersOverdue: 1, ordersWithoutAddress: 2, ipnsUnhandled: 1, ipnsSetAside: 1, casesOpen: 1 },
      ...ages,
    });
    expect(backlog.oldestIpnSeconds).toBeGreaterThanOrEqual(90);
    expect(backlog.oldestIpnSeconds).toBeLessThan(600);
    expect(backlog.reconcileSeconds).toBeGreaterThanOrEqual(19 * 60);
  });

  it('shows deliveries that are late or dead, and events that were not sent', async () => {
    const [endpoint, ...events] = Array.from({ length: 4 }, () => randomUUID());
    await pool.query(
      `insert into webhook_endpoints (id, account_id, mode, url, events, secret_sealed, secret_prefix, created_at, updated_at)
       values ($1, $2, 'live', 'https://shop.example', '{}', '', '', now(), now())`,
      [endpoint, accountId],
    );
    const rows = [
      [`'pending'`, `now() - interval '5 minutes'`],
      [`'pending'`, `now() + interval '5 minutes'`],
      [`'dlq'`, 'null'],
    ];
    for (const [index, [status, next]] of rows.entries()) {
      await pool.query(
        `insert into outgoing_events (id, account_id, mode, type, body, created_at, published_at)
         values ($1, $2, 'live', 'crypto.order.paid', '{}', now() - interval '2 minutes', case when $3 then now() end)`,
        [events[index], accountId, index > 0],
      );
      await pool.query(
        `insert into deliveries (id, event_id, endpoint_id, account_id, mode, status, next_attempt_at, created_at, updated_at)
         values (gen_random_uuid(), $1, $2, $3, 'live', ${status}, ${next}, now(), now())`,
        [events[index], endpoint, accountId],
      );
    }
    const backlog = await readBacklog(pool);
    expect(backlog).toMatchObject({ deliveriesOverdue: 1, deliveriesDead: 1 });
    expect(backlog.oldestEventSeconds).toBeGreaterThanOrEqual(120);
  });
});

const ages = {
  oldestIpnSeconds: expect.any(Number),
  oldestWithoutAddressSeconds: expect.any(Number),
  reconcileSeconds: expect.any(Number),
};

describe('the business figures', () => {
  it('say where orders and money stand, what waits for a person, and how long IPNs take', async () => {
    await pool.query(`update provider_events set payment_status = 'finished' where fingerprint = 'a'`);
    await pool.query(
      `insert into support_cases (id, mode, payment_id, kind, actually_paid, pay_currency, opened_at, deadline_at)
       values (gen_random_uuid(), 'live', '2', 'late_payment', '12.5', 'usdttrc20', now() - interval '2 hours', now()),
              (gen_random_uuid(), 'live', '3', 'late_payment', '0.25', 'usdttrc20', now(), now()),
              (gen_random_uuid(), 'live', '4', 'late_payment', 'not a number', 'usdttrc20', now(), now())`,
    );
    await pool.query(
      `insert into provider_events (id, fingerprint, kind, form, raw, headers, received_at, handled_at)
       select gen_random_uuid(), 'lag' || n, 'payment', 'A', '', '{}', now() - interval '1 minute',
         now() - interval '1 minute' + n * interval '1 second' from generate_series(1, 20) n`,
    );
    await pool.query(
      `insert into reconcile_runs (id, trigger, started_at, finished_at, outcome, repaired, failed)
       values (gen_random_uuid(), 'schedule', now(), now(), 'finished', '{"open_orders":7}', '{"late_money":2}')`,
    );
    const registry = new Registry();
    exposeBusiness(registry, pool);
    const lines = (await registry.metrics()).split('\n');
    expect(lines).toContain('driftstack_orders{mode="live",status="pending",currency="USD"} 3');
    expect(lines).toContain('driftstack_orders_price_minor_units{mode="live",status="pending",currency="USD"} 14700');
    expect(lines).toContain('driftstack_support_cases{mode="live",kind="late_payment",coin="usdttrc20"} 3');
    expect(lines).toContain('driftstack_support_cases_coins{mode="live",kind="late_payment",coin="usdttrc20"} 12.75');
    expect(lines).toContain('driftstack_support_cases{mode="live",kind="orphan_payment",coin=""} 1');
    expect(lines).toContain('driftstack_reconcile_repairs{kind="open_orders"} 7');
    expect(lines).toContain('driftstack_reconcile_failures{kind="late_money"} 2');
    expect(lines).toContain('driftstack_ipn_lag_seconds{quantile="0.5"} 10.5'); // what is set aside counts elsewhere
    const [, oldest] = /oldest_seconds\{mode="live",kind="late_payment",coin="usdttrc20"\} (\S+)/.exec(
      lines.join('\n'),
    )!;
    expect(Number(oldest)).toBeGreaterThanOrEqual(7200);
    expect((await readBacklog(pool)).oldestUnsettledSeconds).toBeGreaterThanOrEqual(90);
  });

  it('of what is decided, no series is left', async () => {
    const registry = new Registry();
    exposeBusiness(registry, pool);
    expect(await registry.metrics()).toContain('driftstack_support_cases{');
    await pool.query('delete from support_cases');
    expect(await registry.metrics()).not.toContain('driftstack_support_cases{');
  });

  it('are gone while the database is away, and do not fail the scrape', async () => {
    const registry = new Registry();
    exposeBusiness(registry, { query: () => Promise.reject(new Error('connection refused')) });
    expect(await registry.metrics()).not.toMatch(/^driftstack/m);
  });
});

describe('its gauges', () => {
  it('are read once a scrape, under the names of the runbook', async () => {
    const registry = new Registry();
    let reads = 0;
    exposeBacklog(registry, async () => ({ ...empty, ordersOverdue: 3, reconcileSeconds: (reads += 1) }));
    const text = await registry.metrics();
    expect(text).toContain('driftstack_orders_overdue 3\n');
    expect(text).toContain('driftstack_ipns_unhandled 0\n');
    expect(text).toContain('driftstack_reconcile_finished_ago_seconds 1\n');
    expect(await registry.metrics()).toContain('driftstack_reconcile_finished_ago_seconds 2\n');
  });

  it('say NaN while the database is away, and do not fail the scrape', async () => {
    const registry = new Registry();
    exposeBacklog(registry, () => Promise.reject(new Error('connection refused')));
    expect(await registry.metrics()).toContain('driftstack_orders_overdue Nan\n');
  });
});
