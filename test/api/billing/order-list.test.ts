import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payOrder } from '../../support/an-order.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const list = '/v1/billing/crypto-orders';
let api: TestApp;

beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

interface Page {
  readonly orders: readonly { order_id: string; created_at: string; updated_at: string }[];
  readonly next_cursor: string | null;
}

async function freshKey(orders: number): Promise<string> {
  const key = await api.newKey({ accountId: await api.newAccount() });
  for (let n = 0; n < orders; n += 1) await api.placed(key, { customer_reference: `ref-${n % 2}` });
  return key;
}

const page = async (key: string, query: Record<string, string>): Promise<Page> => {
  const answer = await api.call(key, 'GET', `${list}?${new URLSearchParams(query)}`);
  expect(answer.statusCode).toBe(200);
  return answer.json();
};

const refused = async (key: string, query: string) => {
  const answer = await api.call(key, 'GET', `${list}?${query}`);
  expect(answer.statusCode).toBe(400);
  return answer.json();
};

async function walk(key: string, query: Record<string, string>, between = async () => {}): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const next: Page = await page(key, { ...query, ...(cursor ? { cursor } : {}) });
    pages.push(next.orders.map(({ order_id }) => order_id));
    cursor = next.next_cursor;
    await between();
  } while (cursor);
  return pages;
}

describe('a walk over the list', () => {
  it('of 12 orders, 5 at a time: 5, 5, 2, null; none twice, also during writes (example 41)', async () => {
    const key = await freshKey(12);
    const whole = (await page(key, { limit: '100' })).orders;
    expect(whole.length).toBe(12);
    const newestFirst = [...whole].sort((a, b) =>
      a.created_at === b.created_at ? (a.order_id < b.order_id ? -1 : 1) : a.created_at < b.created_at ? 1 : -1,
    );
    expect(whole).toEqual(newestFirst);
    const pages = await walk(key, { limit: '5' }, async () => void (await api.placed(key)));
    expect(pages.map((ids) => ids.length)).toEqual([5, 5, 2]);
    expect(pages.flat()).toEqual(whole.map(({ order_id }) => order_id));
  });

  it('visits orders of one instant once each, by id', async () => {
    const accountId = await api.newAccount();
    const key = await api.newKey({ accountId });
    for (let n = 0; n < 7; n += 1) await api.placed(key);
    await api.deps.pool.query(`update orders set created_at = '2026-11-01T00:00:00Z' where account_id = $1`, [
      accountId,
    ]);
    const pages = await walk(key, { limit: '3' });
    expect(pages.map((ids) => ids.length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual([...new Set(pages.flat())].sort());
  });

  it('by updated_after goes upward and sees what changed', async () => {
    const key = await freshKey(4);
    const before = await page(key, {});
    const [first] = [...before.orders].reverse();
    await api.call(key, 'PATCH', `${list}/${first!.order_id}`, { body: { customer_note: 'seen' } });
    const pages = await walk(key, { limit: '2', updated_after: first!.created_at });
    expect(pages.map((ids) => ids.length)).toEqual([2, 2]);
    expect(pages.flat().at(-1)).toBe(first!.order_id);
  });

  it('of nothing is an empty page with a null cursor', async () => {
    expect(await page(await freshKey(0), {})).toEqual({ orders: [], next_cursor: null });
  });
});

describe('filters', () => {
  it('join: status and reference', async () => {
    const key = await freshKey(4);
    const { orders } = await page(key, {});
    await payOrder(api.deps.pool, orders[0]!.order_id);
    await payOrder(api.deps.pool, orders[1]!.order_id);
    expect((await page(key, { status: 'paid' })).orders.length).toBe(2);
    expect((await page(key, { customer_reference: 'ref-0' })).orders.length).toBe(2);
    expect((await page(key, { status: 'paid', customer_reference: 'ref-0' })).orders.length).toBe(1);
    expect((await page(key, { status: 'paid', limit: '1' })).next_cursor).not.toBeNull();
  });

  it('take a row at created_after, not one at created_before; equal bounds are refused (example 43)', async () => {
    const key = await freshKey(1);
    const { created_at: at } = (await page(key, {})).orders[0]!;
    const later = new Date(Date.parse(at) + 1).toISOString();
    const earlier = new Date(Date.parse(at) - 1).toISOString();
    expect((await page(key, { created_after: at, created_before: later })).orders.length).toBe(1);
    expect((await page(key, { created_after: earlier, created_before: at })).orders.length).toBe(0);
    const problem = await refused(key, new URLSearchParams({ created_after: at, created_before: at }).toString());
    expect(problem.detail).toContain('created_before');
  });

  it('read an instant with an offset as the instant it is', async () => {
    const key = await freshKey(1);
    expect((await page(key, { created_after: '2026-01-01T00:00:00+05:30' })).orders.length).toBe(1);
    expect((await page(key, { created_after: '9999-12-31T23:59:59.999-12:00' })).orders.length).toBe(0);
    expect((await page(key, { created_after: '0000-01-01T00:00:00Z' })).orders.length).toBe(1);
  });

  it.each([
    ['status=open', 'status'],
    [`customer_reference=${'x'.repeat(129)}`, 'customer_reference'],
  ])('%s: 400 naming %s', async (query, field) => {
    const problem = await refused(await api.newKey(), query);
    expect(problem.type).toBe('https://errors.driftstack.dev/validation-failed');
    expect(Object.keys(problem.issues.fieldErrors)).toEqual([field]);
  });

  it.each(['2026-11-24T00:00Z', '2026-11-24t00:00:00z', '2026-11-24T02:00%2B02:00', '2026-11-24T00:00:00.000000Z'])(
    'created_after=%s is ISO 8601',
    async (written) => {
      expect((await api.call(await api.newKey(), 'GET', `${list}?created_after=${written}`)).statusCode).toBe(200);
    },
  );

  it('customer_reference finds composed and decomposed letters alike', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    const { order_id: composed } = await api.placed(key, { customer_reference: 'Zo\u00eb' });
    const { order_id: decomposed } = await api.placed(key, { customer_reference: 'Zoe\u0308' });
    await api.placed(key, { customer_reference: 'Zoe' });
    for (const name of ['Zo\u00eb', 'Zoe\u0308']) {
      const { orders } = (await api.call(key, 'GET', `${list}?customer_reference=${encodeURIComponent(name)}`)).json();
      expect(orders.map(({ order_id: id }: { order_id: string }) => id).sort()).toEqual([composed, decomposed].sort());
    }
  });

  it('created_after with a bare plus sign: 400 that says what became of it', async () => {
    const problem = await refused(await api.newKey(), 'created_after=2026-11-24T02:00:00+02:00');
    expect(problem.issues.fieldErrors.created_after[0]).toMatch(/plus sign came as a blank.*%2B/);
  });

  it('repeated: 400', async () => {
    const key = await api.newKey();
    expect((await refused(key, 'limit=10&limit=1000')).detail).toContain('limit');
    expect((await refused(key, 'customer_reference=a%00b')).type).toContain('bad-request');
  });

  it.each(['offset', 'payment_id', 'Status', '__proto__', 'created_aftr'])(
    'that is not known: 400 naming %s and what is',
    async (name) => {
      const problem = await refused(await api.newKey(), `${name}=x&limit=1`);
      expect(problem.type).toBe('https://errors.driftstack.dev/validation-failed');
      expect(Object.keys(problem.issues.fieldErrors)).toEqual([name]);
      expect(problem.detail).toContain('known are limit, status, created_after');
    },
  );

  it('that is not known is refused on every list and figure, and on their HEAD', async () => {
    const [merchant, operator] = [
      await api.newKey(),
      await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] }),
    ];
    const urls = [
      ...['/v1/billing/crypto-orders', '/v1/webhooks', `/v1/webhooks/whk_${randomUUID()}/deliveries`].map((url) => [
        merchant,
        url,
      ]),
      ...[
        'crypto-orders',
        'crypto-orders.csv',
        'crypto-orders/stats',
        'crypto-orders/daily',
        'crypto-orders/pending-age',
      ].map((path) => [operator, `/v1/admin/${path}`]),
      ...[
        'crypto-orders/idempotency-metrics',
        'webhook-dlq',
        'support-cases',
        'reconcile-runs',
        'audit-log',
        'accounts',
      ].map((path) => [operator, `/v1/admin/${path}`]),
      [operator, '/v1/admin/api-keys'],
    ] as const;
    for (const [key, url] of urls) {
      const answer = await api.call(key ?? '', 'GET', `${url}?paymentid=X`);
      expect(answer.statusCode, url).toBe(400);
      expect(answer.json().issues.fieldErrors, url).toHaveProperty('paymentid');
    }
    const head = await api.app.inject({
      method: 'HEAD',
      url: `${list}?paymentid=X`,
      headers: { authorization: `Bearer ${merchant}` },
    });
    expect(head.statusCode).toBe(400);
  });
});

describe('a cursor', () => {
  it('that is garbage, edited, foreign or of other filters: 400 naming cursor (example 42)', async () => {
    const key = await freshKey(3);
    const { next_cursor: cursor } = await page(key, { limit: '1' });
    const flipped = `${cursor!.slice(0, -2)}${cursor!.at(-2) === 'A' ? 'B' : 'A'}${cursor!.at(-1)}`;
    for (const given of ['garbage', '%25', flipped, `${cursor}A`, 'x'.repeat(600)]) {
      const problem = await refused(key, `cursor=${given}`);
      expect(problem.type).toBe('https://errors.driftstack.dev/bad-request');
      expect(problem.detail).toContain('cursor');
    }
    expect((await refused(key, `cursor=${cursor}&status=paid`)).detail).toContain('cursor');
    expect((await refused(await freshKey(1), `cursor=${cursor}`)).detail).toContain('cursor');
    const sameAccountTestMode = await api.newKey({ mode: 'test' });
    expect((await refused(sameAccountTestMode, `cursor=${cursor}`)).detail).toContain('cursor');
    expect((await api.call(key, 'GET', `${list}?cursor=`)).statusCode).toBe(400);
  });

  it('stays good with another limit', async () => {
    const key = await freshKey(3);
    const { next_cursor: cursor } = await page(key, { limit: '1' });
    expect((await page(key, { limit: '50', cursor: cursor! })).orders.length).toBe(2);
  });
});
