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

  it('with __proto__ as metadata is refused or kept as text, never applied', async () => {
    const answer = await send(`{${fields},"metadata":{"__proto__":"x","constructor":"y"}}`);
    expect([201, 400]).toContain(answer.statusCode);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('names at most 10 unknown fields, each cut at 64', async () => {
    const many = Array.from({ length: 12 }, (_, n) => `"${String(n).padStart(2, '0').repeat(50)}":1`);
    const answer = await send(`{${fields},${many.join(',')}}`);
    const named = String(answer.headers['x-driftstack-unknown-fields']).split(',');
    expect(named.length).toBe(10);
    expect(named[0]).toBe('00'.repeat(32));
  });
});
