import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindAddress, payOrder } from '../../support/an-order.js';
import { insertOrders } from '../../support/past-orders.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const base = '/v1/admin/crypto-orders';
let api: TestApp;
let admin: string;

beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());

interface Page {
  readonly orders: readonly Record<string, unknown>[];
  readonly next_cursor: string | null;
}

async function page(query: Record<string, string>): Promise<Page> {
  const answer = await api.call(admin, 'GET', `${base}?${new URLSearchParams(query)}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

const idsOf = ({ orders }: Page) => orders.map(({ order_id: id }) => id);
const found = async (query: Record<string, string>) => idsOf(await page(query)).sort();

async function refused(query: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await api.call(admin, 'GET', `${base}?${new URLSearchParams(query)}`);
  expect(answer.statusCode).toBe(400);
  return answer.json();
}

/** An account with one order for each of these, in their order. */
async function accountWith(...orders: Partial<Parameters<typeof insertOrders>[1]>[]) {
  const accountId = await api.newAccount();
  const ids: string[] = [];
  for (const order of orders) ids.push(...(await insertOrders(api.deps.pool, { accountId, count: 1, ...order })));
  return { accountId, ids };
}

describe('the list of all orders', () => {
  it('is for operators only (example 53)', async () => {
    const answer = await api.call(await api.newKey(), 'GET', base);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toContain('driftstack_internal_admin');
  });

  it('shows the envelope of merchants, with account, internal note and mode', async () => {
    const key = await api.newKey({ mode: 'test' });
    const order = await api.placed(key, { customer_reference: 'a-ref' });
    const { orders } = await page({ search: order.order_id });
    const seen = await api.call(key, 'GET', `/v1/billing/crypto-orders/${order.order_id}`);
    expect(orders).toEqual([
      { ...seen.json(), account_id: `acc_${api.accountId}`, internal_note: null, livemode: false },
    ]);
  });

  it('holds both modes unless one is asked for, newest first across them', async () => {
    const { accountId, ids } = await accountWith({ age: '3 h' }, { mode: 'test', age: '2 h' }, { age: '1 h' });
    const [oldest, test, newest] = ids;
    expect(idsOf(await page({ account_id: accountId }))).toEqual([newest, test, oldest]);
    expect(idsOf(await page({ account_id: accountId, livemode: 'true' }))).toEqual([newest, oldest]);
    expect(idsOf(await page({ account_id: accountId, livemode: 'false' }))).toEqual([test]);
  });

  it('takes an account as acc_<uuid> or as the bare uuid, and nothing else', async () => {
    const { accountId, ids } = await accountWith({}, {});
    expect(await found({ account_id: `acc_${accountId}` })).toEqual([...ids].sort());
    expect(await found({ account_id: accountId.toUpperCase() })).toEqual([...ids].sort());
    expect(await found({ account_id: randomUUID() })).toEqual([]);
    expect((await refused({ account_id: 'acc_1' })).detail).toContain('account_id');
  });

  it('narrows by status, with and without an account', async () => {
    const { accountId, ids } = await accountWith({}, { status: 'partial' }, { status: 'paid' }, { status: 'partial' });
    expect(await found({ account_id: accountId, status: 'partial' })).toEqual([ids[1], ids[3]].sort());
    expect(await found({ status: 'partial' })).toEqual([ids[1], ids[3]].sort());
    expect(await found({ account_id: accountId, status: 'cancelled' })).toEqual([]);
  });

  it('finds the order of a payment id, also of a further deposit, and only the exact one', async () => {
    const { ids } = await accountWith({});
    const [id = ''] = ids;
    const { paymentId } = await bindAddress(api.deps, id);
    await api.deps.pool.query(
      `insert into payments (mode, payment_id, order_id, role, provider_status, first_seen_at, updated_at)
       values ('live', '900001', $1, 'child', 'finished', now(), now())`,
      [id],
    );
    expect(await found({ payment_id: ` ${paymentId} ` })).toEqual([id]);
    expect(await found({ payment_id: '900001' })).toEqual([id]);
    expect(await found({ payment_id: paymentId, livemode: 'false' })).toEqual([]);
    expect(await found({ payment_id: paymentId.slice(0, -1) })).toEqual([]);
  });

  it('takes created_after in and created_before out', async () => {
    const { accountId, ids } = await accountWith({ age: '3 d' }, { age: '2 d' }, { age: '1 d' });
    const at = async (id: string) => String((await page({ search: id })).orders[0]?.created_at);
    const [first, second, third] = await Promise.all(ids.map(at));
    const window = { created_after: String(first), created_before: String(third) };
    expect(await found({ account_id: accountId, ...window })).toEqual([ids[0], ids[1]].sort());
    expect(await found({ search: 'team', account_id: accountId, ...window })).toEqual([ids[0], ids[1]].sort());
    const equal = await refused({ created_after: String(second), created_before: String(second) });
    expect(equal.detail).toContain('created_before');
  });

  it.each([
    [{ limit: '0' }, 'limit'],
    [{ limit: '201' }, 'limit'],
    [{ limit: 'ten' }, 'limit'],
    [{ status: 'done' }, 'status'],
    [{ livemode: 'yes' }, 'livemode'],
    [{ search: 'x'.repeat(201) }, 'search'],
    [{ payment_id: '1'.repeat(129) }, 'payment_id'],
    [{ payment_id: ' ' }, 'payment_id'],
    [{ created_after: '2026-01-01T00:00:00' }, 'created_after'],
  ])('refuses %j, naming %s', async (query, field) => {
    expect((await refused(query)).detail).toContain(field);
  });
});

describe('a search', () => {
  it.each([
    ['composed', 'd\u00e9j\u00e0 vu'],
    ['decomposed', 'de\u0301ja\u0300 vu'],
  ])('finds a note of %s letters by either spelling, in any case', async (_how, note) => {
    const accountId = await api.newAccount();
    const ids = await insertOrders(api.deps.pool, { accountId, count: 1, customerNote: `so ${note}!` });
    for (const needle of ['d\u00e9j\u00e0', 'de\u0301ja\u0300', 'D\u00c9J\u00c0', 'DE\u0301JA\u0300 VU'])
      expect(await found({ search: needle, account_id: accountId }), needle).toEqual(ids);
    expect(await found({ search: 'deja', account_id: accountId })).toEqual([]);
  });

  it('finds any part of id, product, note and reference, in any case', async () => {
    const own = { product: 'zebra_api' };
    const { accountId, ids } = await accountWith(
      own,
      { customerNote: 'Bitte an Frau GRÜNWALD' },
      { customerReference: 'Rechnung-0815' },
    );
    const search = (text: string) => found({ search: text, account_id: accountId });
    expect(await search(String(ids[0]).toUpperCase())).toEqual([ids[0]]);
    expect(await search(String(ids[0]).slice(5, -1))).toEqual([ids[0]]);
    expect(await search(`ord_${String(ids[0]).slice(5)}`)).toEqual([]); // its end alone does not make it the id
    expect(await search('EBRA_A')).toEqual([ids[0]]);
    expect(await search('frau grünwald')).toEqual([ids[1]]);
    expect(await search('  RECHNUNG-08  ')).toEqual([ids[2]]);
    expect(await search('nung-0816')).toEqual([]);
  });

  it('is no pattern: percent, underscore, backslash and quotes stand for themselves', async () => {
    const { accountId, ids } = await accountWith(
      { customerNote: '100% cotton' },
      { customerNote: 'snake_case', product: 'plain' },
      { customerNote: 'C:\\temp', product: 'plain' },
      { customerNote: "o'hara", product: 'plain' },
      { customerNote: 'none of these', product: 'plain' },
    );
    const search = (text: string) => found({ search: text, account_id: accountId });
    expect(await search('%')).toEqual([ids[0]]);
    expect(await search('100%')).toEqual([ids[0]]);
    expect(await search('e_c')).toEqual([ids[1]]);
    expect(await search('snake%case')).toEqual([]);
    expect(await search('\\')).toEqual([ids[2]]);
    expect(await search(':\\t')).toEqual([ids[2]]);
    expect(await search('\\temp')).toEqual([ids[2]]);
    expect(await search('%\\_')).toEqual([]);
    expect(await search("'h")).toEqual([ids[3]]);
    expect(await search('_')).toEqual([...ids].sort()); // every id has one
  });

  it('stays within one field, though a note may hold line breaks', async () => {
    const { accountId, ids } = await accountWith({ customerNote: 'two\nlines', customerReference: 'ref-77' });
    expect(await found({ search: 'two\nlines', account_id: accountId })).toEqual(ids);
    expect(await found({ search: 'ref-77\ntwo', account_id: accountId })).toEqual([]);
  });

  it('of blanks is none', async () => {
    const { accountId, ids } = await accountWith({}, {});
    expect(await found({ search: '   ', account_id: accountId })).toEqual([...ids].sort());
    expect(await found({ search: '', account_id: accountId })).toEqual([...ids].sort());
  });

  it('sees a note the moment it is written, and no longer once it is gone', async () => {
    const key = await api.newKey();
    const { order_id: id } = await api.placed(key);
    const note = (text: string | null) =>
      api.call(key, 'PATCH', `/v1/billing/crypto-orders/${id}`, { body: { customer_note: text } });
    await note('quokka');
    expect(await found({ search: 'QUOKKA' })).toEqual([id]);
    await note(null);
    expect(await found({ search: 'quokka' })).toEqual([]);
  });
});

describe('a walk', () => {
  it.each([{}, { search: 'walk_' }, { livemode: 'true' }])(
    'of 12 orders with %j, 5 at a time: 5, 5, 2, null; none twice, also during writes',
    async (query) => {
      const product = 'walk_shoes';
      const { accountId } = await accountWith({ count: 7, product, age: '1 h' }, { count: 5, product });
      const given = { account_id: accountId, limit: '5', ...query };
      const pages: unknown[][] = [];
      let cursor: string | null = null;
      do {
        const next: Page = await page({ ...given, ...(cursor ? { cursor } : {}) });
        pages.push(idsOf(next));
        cursor = next.next_cursor;
        await insertOrders(api.deps.pool, { accountId, count: 1, product });
      } while (cursor);
      expect(pages.map((ids) => ids.length)).toEqual([5, 5, 2]);
      expect(new Set(pages.flat()).size).toBe(12);
    },
  );

  it('ends where its cursor was made for other filters, edited, of another list or too long', async () => {
    const { accountId } = await accountWith({ count: 3 });
    const query = { account_id: accountId, limit: '1', search: 'team' };
    const { next_cursor: cursor } = await page(query);
    const given = String(cursor);
    expect(idsOf(await page({ ...query, limit: '2', cursor: given }))).toHaveLength(2); // the limit is no filter
    for (const other of [{ search: 'tea' }, { status: 'pending' }, { livemode: 'true' }, { account_id: api.accountId }])
      expect((await refused({ ...query, ...other, cursor: given })).detail).toContain('cursor');
    const edited = `${given.slice(0, -2)}AA`;
    for (const wrong of [edited, 'garbage', 'x'.repeat(513)])
      expect((await refused({ ...query, cursor: wrong })).detail).toContain('cursor');
    const dlq = await api.call(admin, 'GET', `/v1/admin/webhook-dlq?cursor=${given}`);
    expect(dlq.statusCode).toBe(400);
  });
});

describe('one order', () => {
  it('is read with its timeline, oldest first', async () => {
    const { order_id: id } = await api.placed(await api.newKey());
    await payOrder(api.deps.pool, id);
    const answer = await api.call(admin, 'GET', `${base}/${id}`);
    expect(answer.json()).toMatchObject({ order_id: id, status: 'paid', livemode: true });
    const events = await api.call(admin, 'GET', `${base}/${id}/events`);
    expect(events.json().events).toMatchObject([
      { status: 'pending', source: 'create', event: 'created', run_id: null },
      { status: 'paid', source: 'ipn', event: 'test', run_id: 'test' },
    ]);
  });

  it.each(['ord_000000000000', 'nonsense', '%25'])('that is not there (%s) is the same 404 everywhere', async (id) => {
    const note = { body: { internal_note: 'x' } };
    const answers = [
      await api.call(admin, 'GET', `${base}/${id}`),
      await api.call(admin, 'GET', `${base}/${id}/events`),
      await api.call(admin, 'PATCH', `${base}/${id}/internal-note`, note),
    ];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(404);
      expect(answer.json().detail).toBe('There is nothing here that this key may see.');
    }
  });
});

describe('the internal note', () => {
  it('is written and cleared with one audit row each, and the merchant never sees it', async () => {
    const key = await api.newKey();
    const { order_id: id } = await api.placed(key);
    const before = (await api.call(key, 'GET', `/v1/billing/crypto-orders/${id}`)).json();
    const write = (body: object) => api.call(admin, 'PATCH', `${base}/${id}/internal-note`, { body });
    expect((await write({ internal_note: 'called them', reason: 'ticket 7' })).json().internal_note).toBe(
      'called them',
    );
    expect((await write({ internal_note: '' })).json().internal_note).toBeNull();
    expect((await write({ internal_note: null })).json().internal_note).toBeNull();

    const seen = await api.call(key, 'GET', `/v1/billing/crypto-orders/${id}`);
    expect(seen.json()).toEqual(before);
    const { rows } = await api.deps.pool.query(
      'select action, reason, before, after from audit_log where order_id = $1 order by seq',
      [id],
    );
    const action = 'crypto_order.note_updated';
    expect(rows).toEqual([
      { action, reason: 'ticket 7', before: { internal_note: null }, after: { internal_note: 'called them' } },
      { action, reason: null, before: { internal_note: 'called them' }, after: { internal_note: null } },
    ]);
  });

  it.each([{ internal_note: 'x'.repeat(2001) }, {}, { internal_note: 7 }])('refuses a wrong body', async (body) => {
    const { order_id: id } = await api.placed(await api.newKey());
    const answer = await api.call(admin, 'PATCH', `${base}/${id}/internal-note`, { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toHaveProperty('internal_note');
    const longest = { body: { internal_note: '😀'.repeat(2000) } };
    expect((await api.call(admin, 'PATCH', `${base}/${id}/internal-note`, longest)).statusCode).toBe(200);
  });
});
