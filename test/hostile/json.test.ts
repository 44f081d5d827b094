import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApp, type TestApp } from '../support/test-app.js';

// Bodies that two readers could read differently are refused: docs/contract.md, "Requests".
let api: TestApp;
let key: string;
beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
});
afterAll(() => api.close());

const send = (payload: string | Buffer) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/billing/crypto-checkout',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    payload,
  });
const fields = '"product":"team_manual","price_cents":4900,"price_currency":"USD"';
const orders = async () => (await api.deps.pool.query('select count(*) from orders')).rows[0].count as number;
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + '1' + close.repeat(depth);

const priced = (written: string) => `{"product":"team_manual","price_cents":${written},"price_currency":"USD"}`;

describe('a number', () => {
  it.each([
    '4900.0000000000000001',
    '0.99999999999999999999',
    '4900.0',
    '49e2',
    '4.9e3',
    '9007199254740993',
    '1e400',
    '-0.0',
  ])('%s is no price: 400 that names the field, no order', async (written) => {
    const before = await orders();
    const answer = await send(priced(written));
    expect(answer.statusCode).toBe(400);
    expect(Object.keys(answer.json().issues.fieldErrors)).toEqual(['price_cents']);
    expect(await orders()).toBe(before);
  });

  it.each([
    ['4900', 4900],
    ['1', 1],
    ['1000000', 1_000_000],
  ])('%s is the price %d', async (written, cents) => {
    expect((await send(priced(written))).json().price_cents).toBe(cents);
  });

  it('of any spelling in a field that nobody knows is ignored', async () => {
    expect((await send(`{${fields},"x":0.10000000000000001,"y":[1e400]}`)).statusCode).toBe(201);
  });

  it('with decimals sets a least charge exactly, or not at all', async () => {
    const operator = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
    const change = (written: string) =>
      api.app.inject({
        method: 'PATCH',
        url: `/v1/admin/accounts/acc_${api.accountId}`,
        headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
        payload: `{"settings":{"min_charge":${written}}}`,
      });
    expect((await change('0.50')).json().settings.min_charge).toBe(0.5);
    expect((await change('0.50000000000000000001')).statusCode).toBe(400);
    await change('null');
  });
});

describe('a body', () => {
  it.each<[string, string | Buffer]>([
    ['that is empty', ''],
    ['that is cut', `{${fields}`],
    ['with a trailing comma', `{${fields},}`],
    ['with a comment', `{${fields}/* x */}`],
    ['of two documents', `{${fields}}{${fields}}`],
    ['that is an array', `[{${fields}}]`],
    ['that is null', 'null'],
    ['that is a string', '"x"'],
    ['with a key twice', `{${fields},"price_cents":1}`],
    ['with a key twice, once escaped', `{${fields},"price\\u005fcents":4900}`],
    ['with a key twice further down', `{${fields},"metadata":{"a":"1","a":"1"}}`],
    ['with a key twice inside an array', `{${fields},"x":[{"a":1,"b":2,"a":3}]}`],
    ['10,000 levels deep', `{${fields},"x":${nested(10_000, '[', ']')}}`],
    ['33 levels deep', `{${fields},"x":${nested(32, '[', ']')}}`],
    ['with U+0000 in a value', `{${fields},"customer_reference":"a\\u0000b"}`],
    ['with U+0000 in a key', `{${fields},"a\\u0000b":1}`],
    ['with half a surrogate pair', `{${fields},"customer_reference":"\\ud800"}`],
    ['with a byte order mark', `\uFEFF{${fields}}`],
    ['that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['with NaN', `{${fields},"x":NaN}`],
    ['with a bare control character', `{${fields},"x":"a\nb"}`],
  ])('%s: 400, no order', async (_what, payload) => {
    const before = await orders();
    const answer = await send(payload);
    expect(answer.json()).toMatchObject({ status: 400, type: 'https://errors.driftstack.dev/bad-request' });
    expect(await orders()).toBe(before);
  });

  it('32 levels deep is read', async () => {
    expect((await send(`{${fields},"x":${nested(31, '[', ']')}}`)).statusCode).toBe(201);
  });

  it('with the same key in sibling objects is read', async () => {
    expect((await send(`{${fields},"x":[{"a":1},{"a":2}],"y":{"a":"a"}}`)).statusCode).toBe(201);
  });

  it.each(['__proto__', 'constructor', 'toString'])('with an extra %s pollutes nothing', async (name) => {
    const answer = await send(`{${fields},"${name}":{"isAdmin":true,"status":"paid"}}`);
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['x-driftstack-unknown-fields']).toBe(name);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    expect(answer.json().status).toBe('pending');
  });

  it('with __proto__ as metadata is refused by name, with other odd keys kept', async () => {
    const refused = await send(`{${fields},"metadata":{"__proto__":"x","a":"y"}}`);
    expect(refused.json().issues.fieldErrors).toEqual({ metadata: ['the key __proto__ cannot be kept'] });
    const taken = await send(`{${fields},"metadata":{"constructor":"y","toString":"z","10":"a","9":"b"}}`);
    const order = await api.call(key, 'GET', `/v1/billing/crypto-orders/${taken.json().order_id}`);
    expect(order.json().metadata).toEqual({ constructor: 'y', toString: 'z', 9: 'b', 10: 'a' });
  });

  it('with a byte order mark is told so', async () => {
    expect((await send(`\uFEFF{${fields}}`)).json().detail).toContain('byte order mark');
  });

  it('names at most 10 unknown fields, each cut at 64', async () => {
    const many = Array.from({ length: 12 }, (_, n) => `"${String(n).padStart(2, '0').repeat(50)}":1`);
    const answer = await send(`{${fields},${many.join(',')}}`);
    const named = String(answer.headers['x-driftstack-unknown-fields']).split(',');
    expect(named.length).toBe(10);
    expect(named[0]).toBe('00'.repeat(32));
  });
});
