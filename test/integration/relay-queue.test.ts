import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { relayFacts, type RelayDependencies } from '../../src/activities/reconcile/relay-facts.js';
import { makeForgottenDue } from '../../src/db/money/relay-queue.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { isTemporalAway } from '../../src/temporal/order-presence.js';
import { TemporalAway } from '../../src/temporal/temporal-watch.js';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: Pool;
const accountId = randomUUID();

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 10, applicationName: 'test', onError: () => {} });
  await pool.query(`insert into accounts (id, name) values ($1, 'Merchant')`, [accountId]);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

let handedOver: string[]; // ids of orders, one for each signal that was tried
let alarms: string[];
beforeEach(async () => {
  await pool.query('delete from provider_events');
  await pool.query('delete from orders');
  handedOver = [];
  alarms = [];
});

const refused = () =>
  new TemporalAway('refused', { cause: Object.assign(new Error('exceeded workflow execution limit'), { code: 3 }) });
const away = () => new TemporalAway('no connection', { cause: Object.assign(new Error('unavailable'), { code: 14 }) });

function relay(script: Partial<Pick<RelayDependencies, 'handOver' | 'presentRun'>> = {}) {
  const deps: RelayDependencies = {
    pool,
    alarms: { raise: (name) => void alarms.push(name) },
    presentRun: async () => null,
    isAway: isTemporalAway,
    onRowFailure: () => {},
    ...script,
    handOver: async (order, fact) => {
      handedOver.push(order.id);
      await script.handOver?.(order, fact);
    },
  };
  return (limit = 200) => relayFacts(deps, { limit });
}

/** Inbox rows that are due, each of an order of its own: `stuck_…` or `fresh_…`. */
async function arrive(kind: 'stuck' | 'fresh', count: number): Promise<void> {
  const prefix = kind === 'stuck' ? 'a' : 'b';
  await pool.query(
    `insert into orders (id, account_id, mode, product, price_cents, price_currency, provider, requested_coin,
       pay_token, expires_at, created_at, updated_at)
     select 'ord_' || $1 || lpad(n::text, 11, '0'), $2, 'live', 'team_manual', 4900, 'USD', 'nowpayments', 'usdttrc20',
       $1 || lpad(n::text, 11, '0'), now() + interval '1 hour', now(), now() from generate_series(1, $3::int) n`,
    [prefix, accountId, count],
  );
  await pool.query(
    `insert into provider_events (id, fingerprint, kind, form, order_id, raw, headers, next_relay_at)
     select gen_random_uuid(), id, 'payment', 'A', id, '', '{}', now() - interval '1 second' from orders where id like 'ord_' || $1 || '%'`,
    [prefix],
  );
}

const isFresh = (orderId: string) => orderId.startsWith('ord_b');
const fresh = () => handedOver.filter(isFresh);

/** Lets time pass for the whole inbox. */
async function pass(interval: string): Promise<void> {
  await pool.query(
    `update provider_events set next_relay_at = next_relay_at - $1::interval, relayed_at = relayed_at - $1::interval`,
    [interval],
  );
}

async function passMinutes(minutes: number, round: () => Promise<unknown>): Promise<void> {
  for (let second = 0; second < minutes * 60; second += 1) {
    await pass('1 second');
    await round();
  }
}

function mostForOneOrder(): number {
  const counts = new Map<string, number>();
  for (const id of handedOver) counts.set(id, (counts.get(id) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

const setAside = async () =>
  (await pool.query('select count(*)::integer as n from provider_events where quarantined_at is not null')).rows[0].n;

describe('two hundred stuck facts of one merchant', () => {
  const stuckIs = (failure: () => Error) => async (order: { readonly id: string }) => {
    if (!isFresh(order.id)) throw failure();
  };

  it.each([
    ['refused by Temporal', refused],
    ['whose runs answer too late', away],
  ])('%s hold up none of a hundred fresh ones of another', async (_, failure) => {
    const round = relay({ handOver: stuckIs(failure) });
    await arrive('stuck', 200);
    await round();
    expect(handedOver).toHaveLength(failure === away ? 20 : 200); // nothing got through: the rest is left for the next round
    await passMinutes(0.25, round);
    await arrive('fresh', 100);
    handedOver = [];
    await pass('10 minutes'); // all of them are due
    await round(100);
    expect(fresh()).toHaveLength(100);
    expect(handedOver).toHaveLength(100);
  });

  it('are tried at most ten times in ten minutes each, however often the relay looks', async () => {
    await arrive('stuck', 200);
    await passMinutes(10, relay({ handOver: stuckIs(refused) }));
    expect(mostForOneOrder()).toBeLessThanOrEqual(10);
    expect(handedOver.length).toBeGreaterThanOrEqual(5 * 200);
  }, 120_000);

  it('whose runs wait for the provider are signalled once, in ten minutes as in four days', async () => {
    await arrive('stuck', 200);
    const round = relay({ presentRun: async () => ({ isRunning: true, startedAt: '2020-01-01T00:00:00.000Z' }) });
    await passMinutes(10, round);
    expect(handedOver).toHaveLength(200);
    for (let look = 0; look < 20; look += 1) {
      await pass('6 hours');
      await round();
    }
    expect(handedOver).toHaveLength(200);
    expect(await setAside()).toBe(200);
    expect(alarms).toEqual(Array<string>(200).fill('fact_set_aside'));
  }, 120_000);
});

describe('an inbox row', () => {
  it('is claimed by one of five workers', async () => {
    await arrive('fresh', 150);
    await Promise.all(Array.from({ length: 5 }, () => relay()()));
    expect([...handedOver].sort()).toEqual([...new Set(handedOver)].sort());
    expect(handedOver).toHaveLength(150);
  });

  it('of a worker that died while it had it is claimed by another when its lease is over', async () => {
    await arrive('fresh', 1);
    const never = new Promise<void>(() => {});
    void relay({ handOver: () => never })(20);
    await expect.poll(() => handedOver.length).toBe(1);
    await relay()();
    expect(handedOver).toHaveLength(1);
    await pass('30 seconds');
    await relay()();
    expect(handedOver).toHaveLength(2);
  });

  it('that an older release stored, without an instant, is found by reconcile; one that is set aside is not', async () => {
    await arrive('stuck', 2);
    await pool.query(`update provider_events set next_relay_at = null, received_at = now() - interval '1 hour'`);
    await pool.query(`update provider_events set quarantined_at = now() where order_id like '%1'`);
    await relay()();
    expect(handedOver).toEqual([]);
    expect(await makeForgottenDue(pool)).toBe(1);
    await eventually(async () => {
      await relay()();
      expect(handedOver).toEqual(['ord_a00000000002']);
    });
  });

  it('whose run ended without dealing with it is handed over again, ever more rarely', async () => {
    await arrive('fresh', 1);
    await passMinutes(
      10,
      relay({ presentRun: async () => ({ isRunning: false, startedAt: '2020-01-01T00:00:00.000Z' }) }),
    );
    expect(handedOver).toHaveLength(3); // at once, after 2 and after 4 more minutes
  });

  it('is not set aside because Temporal is away for a day, and goes at once when it is back', async () => {
    await arrive('fresh', 1);
    const isAway = relay({ handOver: () => Promise.reject(away()) });
    for (let minute = 0; minute < 100; minute += 1) {
      await pass('15 minutes');
      await isAway();
    }
    expect(await setAside()).toBe(0);
    await pass('15 seconds');
    await relay()();
    const { rows } = await pool.query('select relayed_at is not null as relayed, relay_attempts from provider_events');
    expect(rows).toEqual([{ relayed: true, relay_attempts: 1 }]);
  });

  it('that nobody can deal with is set aside with one alarm, and handed over when a person releases it', async () => {
    await arrive('stuck', 1);
    const round = relay({ handOver: () => Promise.reject(refused()) });
    for (let look = 0; look < 30; look += 1) {
      await pass('6 hours');
      await round();
    }
    expect(handedOver).toHaveLength(20);
    expect(alarms).toEqual(['fact_set_aside']);
    const { rows } = await pool.query('select relay_error, next_relay_at, handled_at from provider_events');
    expect(rows).toEqual([{ relay_error: expect.stringContaining('refused'), next_relay_at: null, handled_at: null }]);
    await pool.query(
      `update provider_events set quarantined_at = null, relay_attempts = 0, relayed_at = null, next_relay_at = now()
       where quarantined_at is not null`,
    );
    await eventually(async () => {
      await relay()();
      expect(handedOver).toHaveLength(21);
    });
  });
});
