import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertOrders } from '../../support/past-orders.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const path = '/v1/admin/crypto-orders.csv';
let api: TestApp;
let admin: string;

beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());

const csv = async (query: Record<string, string> = {}) => {
  const answer = await api.call(admin, 'GET', `${path}?${new URLSearchParams(query)}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer;
};

describe('the export of orders', () => {
  it('is one line for each order, newest first, in CRLF and without a BOM', async () => {
    const accountId = await api.newAccount();
    const [older] = await insertOrders(api.deps.pool, { accountId, count: 1, age: '1 h', status: 'paid' });
    const [newer] = await insertOrders(api.deps.pool, { accountId, count: 1, mode: 'test' });
    const answer = await csv({ account_id: accountId });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="crypto-orders.csv"');
    expect(answer.headers['cache-control']).toContain('no-store');
    expect(answer.headers['x-driftstack-csv-truncated']).toBeUndefined();
    const lines = answer.body.split('\r\n');
    expect(lines[0]).toBe(
      'order_id,account_id,product,price_cents,price_currency,status,payment_id,customer_note,internal_note,created_at,updated_at',
    );
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(new RegExp(`^${newer},acc_${accountId},team_manual,4900,USD,pending,,,,20\\S+Z,20\\S+Z$`));
    expect(lines[2]).toMatch(new RegExp(`^${older},acc_${accountId},team_manual,4900,USD,paid,`));
    expect(lines[3]).toBe('');
  });

  it('is the header alone when nothing matches', async () => {
    expect((await csv({ search: 'no such order' })).body.split('\r\n')).toHaveLength(2);
  });

  it('guards cells that a spreadsheet would run (example 55)', async () => {
    const accountId = await api.newAccount();
    const key = await api.newKey({ accountId });
    const { order_id: id } = await api.placed(key);
    await api.call(key, 'PATCH', `/v1/billing/crypto-orders/${id}`, { body: { customer_note: '=1+1' } });
    const note = { body: { internal_note: '@SUM(1+1)*cmd|" /C calc"!A0,\n"x"' } };
    await api.call(admin, 'PATCH', `/v1/admin/crypto-orders/${id}/internal-note`, note);
    const [row] = parse((await csv({ account_id: accountId })).body, { columns: true });
    expect(row).toMatchObject({ customer_note: "'=1+1", internal_note: `'${note.body.internal_note}` });
  });

  it.each([
    ['thanks\n=cmd|x', "thanks\n'=cmd|x"],
    ['thanks\r=cmd|x', "thanks\r'=cmd|x"],
    ['a\r\n-1', "a\r\n'-1"],
    ['x;=1+1', "x;'=1+1"],
    ['x\t+1', "x\t'+1"],
    [';;@a;-b', ";;'@a;'-b"],
    ['\n=1', "\n'=1"],
    ['\uFF1D1', "'\uFF1D1"],
    ['a = b - c, 1+1 @home', 'a = b - c, 1+1 @home'],
    ['"quoted"; done', '"quoted"; done'],
    ['1234567890123456789', "'1234567890123456789"],
  ])('of the note %j is one cell of one row', async (note, cell) => {
    const accountId = await api.newAccount();
    const [id] = await insertOrders(api.deps.pool, { accountId, count: 1, customerNote: note });
    const { body } = await csv({ account_id: accountId });
    expect(parse(body, { columns: true })).toMatchObject([{ order_id: id, customer_note: cell }]);
    if (/[\r\n\t;]/.test(note)) expect(body).toContain(`"${cell.replaceAll('"', '""')}"`);
  });

  it('keeps every digit of a payment id, also in a spreadsheet', async () => {
    const accountId = await api.newAccount();
    const [long, short] = await insertOrders(api.deps.pool, { accountId, count: 2 });
    const set = 'update orders set payment_id = $2 where id = $1';
    await api.deps.pool.query(set, [long, '6209530512345678901']);
    await api.deps.pool.query(set, [short, '6209530512']);
    const rows = parse<Record<string, string>>((await csv({ account_id: accountId })).body, { columns: true });
    expect(rows.map(({ payment_id: id }) => id).sort()).toEqual(["'6209530512345678901", '6209530512']);
  });

  it('of 2,000 orders has 2,000 rows, each once, though all were created in one millisecond (example 55)', async () => {
    const accountId = await api.newAccount();
    const ids = await insertOrders(api.deps.pool, { accountId, count: 2000, product: 'bulk' });
    for (const query of [{ account_id: accountId }, { search: 'bulk' }]) {
      const rows = parse<{ order_id: string }>((await csv(query)).body, { columns: true });
      expect(rows.map(({ order_id }) => order_id)).toEqual([...ids].sort());
    }
  });

  it('says when more match than it holds, and only then', async () => {
    const accountId = await api.newAccount();
    await insertOrders(api.deps.pool, { accountId, count: 1500 });
    const cut = await csv({ account_id: accountId, limit: '1499' });
    expect(cut.headers['x-driftstack-csv-truncated']).toBe('1');
    expect(parse(cut.body, { columns: true })).toHaveLength(1499);
    const whole = await csv({ account_id: accountId, limit: '1500' });
    expect(whole.headers['x-driftstack-csv-truncated']).toBeUndefined();
    expect(parse(whole.body, { columns: true })).toHaveLength(1500);
  });

  it('takes the filters of the list', async () => {
    const accountId = await api.newAccount();
    await insertOrders(api.deps.pool, { accountId, count: 2, status: 'partial', mode: 'test' });
    await insertOrders(api.deps.pool, { accountId, count: 1, status: 'partial' });
    const query = { account_id: accountId, status: 'partial', livemode: 'false' };
    expect(parse((await csv(query)).body, { columns: true })).toHaveLength(2);
  });

  it.each([{ limit: '0' }, { limit: '100001' }, { status: 'done' }, { account_id: 'acc_x' }])(
    'refuses %j before the first line',
    async (query) => {
      const answer = await api.call(admin, 'GET', `${path}?${new URLSearchParams(query)}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json().detail).toContain(Object.keys(query)[0]);
    },
  );

  it('holds no connection and stops reading when the reader goes away', async () => {
    const accountId = await api.newAccount();
    const customerNote = 'long '.repeat(100); // more than the sockets between us can hold
    for (let part = 0; part < 8; part += 1) await insertOrders(api.deps.pool, { accountId, count: 1000, customerNote });
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
    const reader = new AbortController();
    const answer = await fetch(`${url}${path}?account_id=${accountId}`, {
      headers: { authorization: `Bearer ${admin}` },
      signal: reader.signal,
    });
    const stream = answer.body?.getReader();
    expect((await stream?.read())?.value?.length).toBeGreaterThan(0);
    expect(api.deps.pool.waitingCount).toBe(0);
    reader.abort();
    await expect(stream?.read()).rejects.toThrow();
    const { rows } = await api.deps.pool.query(
      "select count(*) as busy from pg_stat_activity where state like 'idle in%' and datname = current_database()",
    );
    expect(rows).toEqual([{ busy: 0 }]);
    expect(api.logged.join('')).not.toContain('an export broke off');
  });
});
