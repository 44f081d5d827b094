import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lanesToSweep, sweepLane, type SweepDependencies } from '../../src/activities/reconcile/sweep-lane.js';
import { databaseNow } from '../../src/db/clock.js';
import { closedOrdersToRead, openOrdersToRead } from '../../src/db/reconcile/differences.js';
import type { OrderRow } from '../../src/db/orders/orders.js';
import { defaultClocks } from '../../src/domain/timing.js';
import { aGateway, anAccount, aProvider, html, json } from '../gateway/provider-double.js';
import { insertBoundOrders, type BoundOrder } from '../support/bound-orders.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());
afterEach(async () => {
  await api.deps.pool.query('truncate payments, sweep_rings, provider_sweeps');
  await api.deps.pool.query(
    `update orders set pay_address = null, pay_amount = null, payment_id = null, provider_key_label = null
     where payment_id is not null`,
  );
});

const login = { email: 'shop@example.com', password: 'a password' };
const keyLabel = anAccount('').keyLabel;
const orders = (count: number, more: object = {}) =>
  insertBoundOrders(api.deps.pool, { accountId: api.accountId, count, keyLabel, age: '10 minutes', ...more });

/** A provider whose list holds these orders' payments; `said` overrides what it says of one. */
async function aListOf(bound: readonly BoundOrder[], said: Record<string, object> = {}) {
  const items = bound.map(({ id, paymentId, address }) => ({
    payment_id: paymentId,
    payment_status: 'waiting',
    order_id: id,
    pay_address: address,
    pay_amount: 49.1,
    pay_currency: 'usdttrc20',
    actually_paid: 0,
    ...said[id],
  }));
  const provider = await aProvider({
    'POST auth': json(200, { token: 'aaa.bbb.ccc' }),
    'GET payment/': (response, heard) => {
      const page = Number(new URL(heard.url, 'http://provider').searchParams.get('page'));
      const pagesCount = Math.ceil(items.length / 500);
      json(200, { data: items.slice(page * 500, page * 500 + 500), page, pagesCount })(response, heard);
    },
  });
  return { ...provider, account: anAccount(provider.url, login) };
}

interface Rung {
  readonly orderId: string;
  readonly factId: string;
  readonly paymentId: string | undefined;
}

/** The sweep's dependencies around one provider; who was rung is kept. */
function around(
  provider: Pick<Awaited<ReturnType<typeof aListOf>>, 'account'>,
  handOver?: (order: OrderRow) => Promise<void>,
) {
  const rung: Rung[] = [];
  const alarms: string[] = [];
  const deps: SweepDependencies = {
    pool: api.deps.pool,
    gateway: aGateway(),
    providerAccount: () => Promise.resolve(provider.account),
    alarms: { raise: (name) => void alarms.push(name) },
    now: databaseNow,
    handOver: async (order, fact) => {
      await handOver?.(order);
      rung.push({ orderId: order.id, factId: fact.id, paymentId: 'paymentId' in fact ? fact.paymentId : undefined });
    },
  };
  const sweep = async () => {
    const lanes = await lanesToSweep(deps, { clocks: defaultClocks });
    return Promise.all(lanes.map((lane) => sweepLane(deps, lane)));
  };
  return { rung, alarms, sweep };
}

const finished = { payment_status: 'finished', actually_paid: 49.1 };

describe('an open order with a deposit that could not be read', () => {
  it('is read again after a quarter of a minute, then ever more rarely; the others after 35 minutes', async () => {
    const { pool } = api.deps;
    const [unread, another] = await orders(2);
    await pool.query(`update payments set provider_status = 'unread' where order_id = $1`, [unread!.id]);
    const dueAfter = async (seenAgo: string, checkedAgo: string) => {
      await pool.query(`update payments set first_seen_at = now() - $1::interval`, [seenAgo]);
      await pool.query(`update orders set provider_checked_at = now() - $1::interval where id = any ($2)`, [
        checkedAgo,
        [unread!.id, another!.id],
      ]);
      return (await openOrdersToRead(pool, { after: null, limit: 10 })).map(({ id }) => id);
    };
    expect(await dueAfter('1 minute', '14 seconds')).toEqual([]);
    expect(await dueAfter('1 minute', '16 seconds')).toEqual([unread!.id]);
    expect(await dueAfter('1 hour', '9 minutes')).toEqual([]);
    expect(await dueAfter('1 hour', '11 minutes')).toEqual([unread!.id]);
    expect(await dueAfter('6 days', '34 minutes')).toEqual([]);
    expect(await dueAfter('6 days', '36 minutes')).toHaveLength(2);
  });
});

describe('a sweep', () => {
  it.each([
    [1_000, 3], // the last page is full, so one more is asked for
    [10_000, 21],
  ])('of %i open orders of which nothing is new costs %i pages and a login, and rings nobody', async (count, pages) => {
    const provider = await aListOf(await orders(count));
    const { rung, sweep } = around(provider);
    expect(await sweep()).toMatchObject([{ pages, listed: count, rung: 0, failed: 0, problem: null }]);
    console.log(`[sweep] ${count} open orders: ${provider.heard.length} provider calls`);
    expect(provider.heard).toHaveLength(pages + 1);
    await sweep();
    expect(provider.heard).toHaveLength(2 * pages + 1); // the login is kept
    expect(rung).toEqual([]);
  });

  it('rings the orders of which the list says more than is on record, and no other', async () => {
    const [first, second, third] = await orders(3);
    const provider = await aListOf([first!, second!, third!], { [second!.id]: finished });
    const { rung, sweep } = around(provider);
    expect(await sweep()).toMatchObject([{ rung: 1 }]);
    expect(rung.map(({ orderId }) => orderId)).toEqual([second!.id]);
    expect(rung[0]?.factId).toMatch(`sweep:${second!.paymentId}:finished:49.1:`);
  });

  it('rings for a child by its parent', async () => {
    const [order] = await orders(1);
    const child = { id: 'nobody', paymentId: '7000000001', address: order!.address };
    const parent = { parent_payment_id: order!.paymentId, order_id: null };
    const provider = await aListOf([order!, child], { nobody: { ...finished, ...parent } });
    const { rung, sweep } = around(provider);
    await sweep();
    expect(rung.map(({ orderId }) => orderId)).toEqual([order!.id]);
  });

  it('rings again only after a pause while the list says the same, under another fact id', async () => {
    const [order] = await orders(1);
    const { rung, sweep } = around(await aListOf([order!], { [order!.id]: finished }));
    await sweep();
    await sweep();
    expect(rung).toHaveLength(1);
    await api.deps.pool.query(`update sweep_rings set rung_at = rung_at - interval '2 minutes'`);
    await sweep();
    await sweep();
    expect(rung).toHaveLength(2);
    expect(rung[1]?.factId).not.toBe(rung[0]?.factId);
  });

  it('goes on past an order that cannot be rung', async () => {
    const bound = await orders(3);
    const said = Object.fromEntries(bound.map(({ id }) => [id, finished]));
    const { rung, sweep } = around(await aListOf(bound, said), (order) =>
      order.id === bound[0]!.id ? Promise.reject(new Error('no')) : Promise.resolve(),
    );
    expect(await sweep()).toMatchObject([{ rung: 2, failed: 1, problem: null }]);
    expect(rung).toHaveLength(2);
  });

  it('looks also at orders that closed unpaid a short while ago, and at none that are over for long', async () => {
    const [order] = await orders(1, { status: 'failed', age: '90 minutes' });
    await orders(1, { status: 'failed', age: '5 hours' });
    const provider = await aListOf([order!], { [order!.id]: finished });
    const { rung, sweep } = around(provider);
    await sweep();
    expect(rung).toHaveLength(1);
    const from = new URL(provider.heard[1]?.url ?? '', provider.url).searchParams.get('dateFrom');
    expect(Date.now() - Date.parse(from ?? '')).toBeLessThan(95 * 60_000);
  });

  it('spares reconcile the single reads of closed orders for as long as it is fresh', async () => {
    const [order] = await orders(1, { status: 'failed', age: '90 minutes' });
    const { sweep } = around(await aListOf([order!]));
    const page = { after: null, limit: 10 };
    const toRead = async () => (await closedOrdersToRead(api.deps.pool, page, defaultClocks.lateWatchMs)).orders;
    expect((await toRead()).map(({ id }) => id)).toEqual([order!.id]);
    await sweep();
    expect(await toRead()).toEqual([]);
    await api.deps.pool.query(`update provider_sweeps set swept_at = swept_at - interval '4 minutes'`);
    expect(await toRead()).toHaveLength(1);
    await api.deps.pool.query(`update provider_sweeps set swept_at = now(), swept_from = now()`);
    expect(await toRead()).toHaveLength(1); // older than what the sweep saw
  });

  it('goes back once an hour to the oldest order within the late watch, paid ones too, and spares their single reads', async () => {
    const [open] = await orders(1);
    const [paid] = await orders(1, { status: 'paid', age: '3 days' });
    await orders(1, { status: 'paid', age: '8 days' }); // nobody watches it any more
    const provider = await aListOf([open!, paid!], { [paid!.id]: { payment_status: 'refunded', actually_paid: 49.1 } });
    await api.deps.pool.query(
      `update payments set provider_status = 'finished', arrived = 49.1, applied = 49.1 where order_id = $1`,
      [paid!.id],
    );
    const { sweep } = around(provider);
    const page = { after: null, limit: 10 };
    const toRead = async () => (await closedOrdersToRead(api.deps.pool, page, defaultClocks.lateWatchMs)).orders;
    const daysListed = async () => {
      const before = provider.heard.length;
      await sweep();
      const from = new URL(provider.heard[before]?.url ?? '', provider.url).searchParams.get('dateFrom');
      return Math.round((Date.now() - Date.parse(from ?? '')) / 86_400_000);
    };
    await sweep();
    expect((await toRead()).map(({ id }) => id)).toEqual([paid!.id]);
    expect(await daysListed()).toBe(3);
    expect(await toRead()).toEqual([]);
    expect(await daysListed()).toBe(0);
    await api.deps.pool.query(`update provider_sweeps set deep_tried_at = deep_tried_at - interval '61 minutes'`);
    expect(await daysListed()).toBe(3);
  });

  it('rings for a payment that is no deposit by a fact of its own', async () => {
    const [order] = await orders(1, { status: 'paid', age: '90 minutes' });
    const [another] = await orders(1);
    const second = { id: 'second', paymentId: '7000000002', address: 'TXaddress-of-another' };
    const provider = await aListOf([order!, another!, second], { second: { ...finished, order_id: order!.id } });
    const { rung, sweep } = around(provider);
    expect(await sweep()).toMatchObject([{ problem: null }]);
    expect(rung).toMatchObject([{ orderId: order!.id, paymentId: second.paymentId }]);
  });

  it('leaves open orders to a single read in six hours, and gives them back when it stops', async () => {
    const [order] = await orders(1, { age: '50 minutes' });
    const { sweep } = around(await aListOf([order!]));
    const readAgo = (age: string) =>
      api.deps.pool.query('update orders set provider_checked_at = now() - $2::interval where id = $1', [
        order!.id,
        age,
      ]);
    const toRead = async () => (await openOrdersToRead(api.deps.pool, { after: null, limit: 10 })).map(({ id }) => id);
    expect(await toRead()).toEqual([order!.id]);
    await sweep();
    expect(await toRead()).toEqual([]);
    await readAgo('7 hours');
    expect(await toRead()).toEqual([order!.id]);
    await readAgo('40 minutes');
    expect(await toRead()).toEqual([]);
    await api.deps.pool.query(`update provider_sweeps set swept_at = swept_at - interval '4 minutes'`);
    expect(await toRead()).toEqual([order!.id]);
  });

  it('does nothing without a login', async () => {
    const provider = await aListOf(await orders(1));
    const { sweep } = around({ account: { ...provider.account, email: null, password: null } });
    expect(await sweep()).toEqual([]);
    expect(provider.heard).toEqual([]);
  });

  it('ends with the reason when the list cannot be had, and does not say that it covered anything', async () => {
    const bound = await orders(1);
    const provider = await aProvider({ 'POST auth': json(200, { token: 'aaa.bbb.ccc' }), 'GET payment/': html });
    const { sweep } = around({ account: anAccount(provider.url, login) });
    expect(await sweep()).toMatchObject([{ pages: 0, problem: expect.stringContaining('502') }]);
    expect((await api.deps.pool.query('select 1 from provider_sweeps')).rows).toEqual([]);
    expect(bound).toHaveLength(1);
  });
});
