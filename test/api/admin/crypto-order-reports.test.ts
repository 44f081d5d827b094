import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { foldFigures } from '../../../src/db/figures/order-figures.js';
import { moveOrder, payOrder } from '../../support/an-order.js';
import { insertOrders } from '../../support/past-orders.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let admin: string;

beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.deps.pool.query('truncate orders, order_figures, order_figure_changes cascade');
});

async function report(name: string, query: Record<string, string> = {}) {
  const answer = await api.call(admin, 'GET', `/v1/admin/crypto-orders/${name}?${new URLSearchParams(query)}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

const insert = (over: Partial<Parameters<typeof insertOrders>[1]> = {}) =>
  insertOrders(api.deps.pool, { accountId: api.accountId, count: 1, ...over });

const utcDay = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

describe('stats', () => {
  it('of nothing are zeros and no average', async () => {
    expect(await report('stats')).toEqual({
      total: 0,
      by_status: { pending: 0, confirming: 0, partial: 0, paid: 0, failed: 0, cancelled: 0 },
      paid_revenue_cents: {},
      avg_time_to_paid_ms: null,
      paid_sample: 0,
      paid_revenue_by_product: {},
      paid_count_by_product: {},
      truncated: false,
      scanned: 0,
    });
  });

  it('count every live order by status, and what was paid by currency and product', async () => {
    await insert({ count: 3 });
    await insert({ status: 'failed', count: 2 });
    await insert({ status: 'paid', count: 2, paidAfter: '60 seconds' });
    await insert({ status: 'paid', currency: 'EUR', priceCents: 100, product: 'api_scale', paidAfter: '181 seconds' });
    await insert({ status: 'paid', mode: 'test', priceCents: 999_999 });
    expect(await report('stats')).toEqual({
      total: 8,
      by_status: { pending: 3, confirming: 0, partial: 0, paid: 3, failed: 2, cancelled: 0 },
      paid_revenue_cents: { USD: 9800, EUR: 100 },
      avg_time_to_paid_ms: 100_333,
      paid_sample: 3,
      paid_revenue_by_product: { team_manual: { USD: 9800 }, api_scale: { EUR: 100 } },
      paid_count_by_product: { team_manual: 2, api_scale: 1 },
      truncated: false,
      scanned: 8,
    });
    expect(await report('stats', { livemode: 'true' })).toMatchObject({ total: 8 });
    expect(await report('stats', { livemode: 'false' })).toMatchObject({
      total: 1,
      paid_revenue_cents: { USD: 999_999 },
    });
  });

  it('follow each move at once, before and after changes are folded into the totals', async () => {
    const [paid = '', cancelled = ''] = await insert({ count: 2 });
    await foldFigures(api.deps.pool);
    await payOrder(api.deps.pool, paid);
    await moveOrder(api.deps.pool, cancelled, { to: 'cancelled', source: 'cancel' });
    const moved = { total: 2, by_status: { pending: 0, paid: 1, cancelled: 1 }, paid_revenue_cents: { USD: 4900 } };
    expect(await report('stats')).toMatchObject(moved);
    expect(await foldFigures(api.deps.pool)).toBeGreaterThan(0);
    expect(await report('stats')).toMatchObject(moved);
    expect(await foldFigures(api.deps.pool)).toBe(0);
  });
});

describe('daily', () => {
  it('counts orders by UTC day of creation and status, both ascending: today and the days before', async () => {
    await insert({ count: 2 });
    await insert({ status: 'failed', age: '24 h' });
    await insert({ status: 'cancelled', count: 3, age: '24 h' });
    await insert({ age: '48 h' });
    await insert({ mode: 'test' });
    expect(await report('daily', { days: '2' })).toEqual({
      days: 2,
      rows: [
        { date: utcDay(1), status: 'cancelled', count: 3 },
        { date: utcDay(1), status: 'failed', count: 1 },
        { date: utcDay(0), status: 'pending', count: 2 },
      ],
      truncated: false,
      scanned: 6,
    });
    expect((await report('daily')).rows).toContainEqual({ date: utcDay(2), status: 'pending', count: 1 });
    expect(await report('daily')).toMatchObject({ days: 7, scanned: 7 });
  });

  it.each(['0', '91', '-1', 'x', '1.5'])('refuses %s days', async (days) => {
    const answer = await api.call(admin, 'GET', `/v1/admin/crypto-orders/daily?days=${days}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toHaveProperty('days');
  });
});

describe('pending-age', () => {
  it('puts an order that is exactly as old as a bound into the older group (example 57)', async () => {
    await insert({ age: '30 minutes' });
    await insert({ age: '1 hour', currency: 'EUR' });
    await insert({ age: '6 hours' });
    await insert({ age: '24 hours', count: 2 });
    await insert({ age: '2 hours', status: 'confirming' });
    await insert({ mode: 'test' });
    expect(await report('pending-age')).toEqual({
      buckets: { under_1h: 1, h1_to_6h: 1, h6_to_24h: 1, over_24h: 2 },
      pending_value_cents: { EUR: 4900, USD: 4 * 4900 },
      total: 5,
      truncated: false,
      scanned: 5,
    });
    expect(await report('pending-age', { livemode: 'false' })).toMatchObject({ total: 1 });
  });
});

describe('idempotency-metrics', () => {
  it('are the three durable counters', async () => {
    const before = await report('idempotency-metrics');
    const key = await api.newKey();
    const checkout = (cents: number) =>
      api.call(key, 'POST', '/v1/billing/crypto-checkout', {
        body: { product: 'team_manual', price_cents: cents, price_currency: 'USD' },
        headers: { 'idempotency-key': 'metrics-1' },
      });
    for (const cents of [4900, 4900, 5900]) expect((await checkout(cents)).statusCode).toBe(201);
    expect(await report('idempotency-metrics')).toEqual({
      first_writes: before.first_writes + 1,
      replays: before.replays + 2,
      body_mismatches: before.body_mismatches + 1,
    });
  });
});
