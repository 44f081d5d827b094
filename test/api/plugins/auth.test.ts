import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { revokeApiKey } from '../../../src/db/accounts/api-keys.js';
import { keyPrefix, mintKey } from '../../../src/api/http/keys.js';
import { guideBody, testApp, type TestApp } from '../../support/test-app.js';

const list = '/v1/billing/crypto-orders';
let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const slug = (answer: { json(): { type: string } }) => answer.json().type.replace('https://errors.driftstack.dev/', '');

describe('a call without readable credentials', () => {
  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic dXNlcjpwdw==' }],
    ['a scheme alone', { authorization: 'Bearer' }],
    ['two spaces', { authorization: 'Bearer  ds_live_x' }],
  ])('with %s: 401 and www-authenticate', async (_what, headers) => {
    const answer = await api.app.inject({ url: list, headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(slug(answer)).toBe('unauthorized');
  });

  it('with the key in the query: 401, and the key in no log', async () => {
    const key = await api.newKey();
    const answer = await api.app.inject({ url: `${list}?api_key=${key}` });
    expect(answer.statusCode).toBe(401);
    expect(api.logged.join('\n')).not.toContain(key);
  });

  it('with the scheme in any case is read', async () => {
    const key = await api.newKey();
    expect((await api.app.inject({ url: list, headers: { authorization: `bEARER ${key}` } })).statusCode).toBe(200);
  });
});

describe('a key', () => {
  it('that nobody has: 401 invalid-key (example 7)', async () => {
    const answer = await api.call(mintKey('live').key, 'GET', list);
    expect(answer.statusCode).toBe(401);
    expect(slug(answer)).toBe('invalid-key');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it.each([
    ['its last character changed', (key: string) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')],
    ['its last character cut', (key: string) => key.slice(0, -1)],
    ['one more character', (key: string) => `${key}0`],
    ['the other mode in its name', (key: string) => key.replace('ds_live_', 'ds_test_')],
  ])('with %s answers like an unknown one', async (_what, change) => {
    const unknown = await api.call(mintKey('live').key, 'GET', list);
    const answer = await api.call(change(await api.newKey()), 'GET', list);
    const { instance, ...problem } = answer.json();
    expect({ ...problem, instance: unknown.json().instance }).toEqual(unknown.json());
    expect(instance).toBeTypeOf('string');
  });

  it('that was revoked: 401 revoked-key on the next call (example 7)', async () => {
    const key = await api.newKey();
    expect((await api.call(key, 'GET', list)).statusCode).toBe(200);
    const { rows } = await api.deps.pool.query('select id from api_keys where prefix = $1', [keyPrefix(key)]);
    await revokeApiKey(api.deps.pool, rows[0].id);
    expect(slug(await api.call(key, 'GET', list))).toBe('revoked-key');
  });

  it('that has expired: 401 expired-key (example 7)', async () => {
    const key = await api.newKey({ expiresAt: '2026-01-01T00:00:00.000Z' });
    expect(slug(await api.call(key, 'GET', list))).toBe('expired-key');
  });

  it('shown in two headers: 401', async () => {
    const key = await api.newKey();
    const headers = { authorization: [`Bearer ${key}`, `Bearer ${key}`] as unknown as string };
    expect((await api.app.inject({ url: list, headers })).statusCode).toBe(401);
  });

  it('is stored as prefix and hash only, and its use is noted', async () => {
    const key = await api.newKey();
    await api.call(key, 'GET', list);
    const { rows } = await api.deps.pool.query('select * from api_keys where prefix = $1', [key.slice(0, 16)]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(16));
    expect(rows[0].sha256.length).toBe(32);
  });
});

describe('scopes', () => {
  it('of a read key: 403 naming write on checkout, 200 on the list (example 8)', async () => {
    const key = await api.newKey({ scopes: ['read'] });
    const answer = await api.call(key, 'POST', '/v1/billing/crypto-checkout', { body: guideBody });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toContain('write');
    expect((await api.call(key, 'GET', list)).statusCode).toBe(200);
  });

  const order = `${list}/ord_000000000000`;
  // Who may call what: 403 or, behind the scope, what the route says about an unknown order or an empty body.
  const routes = [
    ['POST', '/v1/billing/crypto-checkout', 'orders:write'],
    ['POST', '/v1/billing/crypto-checkout/quote', 'quote'],
    ['GET', list, 'orders:read'],
    ['GET', order, 'orders:read'],
    ['PATCH', order, 'orders:write'],
    ['POST', `${order}/cancel`, 'orders:write'],
    ['GET', `${order}/receipt`, 'orders:read'],
    ['GET', `${order}/receipt.txt`, 'orders:read'],
    ['GET', `${order}/receipt.pdf`, 'orders:read'],
  ] as const;
  const opens: Record<string, readonly string[]> = {
    write: ['quote', 'orders:read', 'orders:write'],
    account_owner: ['quote', 'orders:read', 'orders:write'],
    read: ['quote', 'orders:read'],
    'read:billing': ['quote', 'orders:read'],
    'read:webhooks': [],
    'admin:billing': ['orders:write'],
    admin: ['orders:write'],
    'made:up': [],
  };

  it.each(Object.keys(opens))('of %s open exactly what the contract says', async (scope) => {
    const key = await api.newKey({ scopes: [scope] });
    for (const [method, url, permission] of routes) {
      const answer = await api.call(key, method, url);
      const isOpen = answer.statusCode !== 403;
      expect({ method, url, isOpen }).toEqual({ method, url, isOpen: opens[scope]?.includes(permission) });
    }
  });

  it("of an operator's key open no customer route", async () => {
    const key = await api.newKey({ scopes: ['driftstack_internal_admin'], accountId: null });
    for (const [method, url] of routes) expect((await api.call(key, method, url)).statusCode).toBe(403);
    const both = await api.newKey({ scopes: ['driftstack_internal_admin', 'write'], accountId: null });
    expect((await api.call(both, 'GET', list)).statusCode).toBe(403);
  });
});

describe('rate limits', () => {
  it('are told with every answer', async () => {
    const { headers } = await api.call(await api.newKey(), 'GET', list);
    expect(headers).toMatchObject({
      'x-ratelimit-bucket': 'global',
      'x-ratelimit-limit': '60000',
      'x-ratelimit-remaining': '59999',
      'ratelimit-limit': '60000',
      'ratelimit-remaining': '59999',
      'ratelimit-reset': '1',
    });
    expect(Math.abs(Number(headers['x-ratelimit-reset']) - Date.now() / 1000)).toBeLessThan(5);
  });

  it('refuse with 429 and a time to wait when the bucket is empty, and refill', async () => {
    let now = 1_000_000_000_000;
    const slow = await testApp({ nowMs: () => now });
    const key = await slow.newKey({ accountId: await slow.newAccount({ rate_limit: 0.05 }) }); // a bucket of 3
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await slow.call(key, 'GET', list)).statusCode);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const refused = await slow.call(key, 'GET', list);
    expect(refused.json()).toMatchObject({ retry_after_seconds: 20, status: 429 });
    expect(refused.headers['retry-after']).toBe('20');
    now += 20_000;
    expect((await slow.call(key, 'GET', list)).statusCode).toBe(200);
    await slow.close();
  });

  it('of wrong keys from one address: 429 after 60 in a minute, one log line, keys that worked go on working', async () => {
    const flooded = await testApp();
    const key = await flooded.newKey();
    expect((await flooded.call(key, 'GET', list)).statusCode).toBe(200);
    const statuses = [];
    for (let n = 0; n < 100; n += 1) statuses.push((await flooded.call(mintKey('live').key, 'GET', list)).statusCode);
    expect(statuses.filter((status) => status === 401).length).toBe(60);
    expect(statuses.filter((status) => status === 429).length).toBe(40);
    expect(flooded.logged.filter((line) => line.includes('many wrong keys')).length).toBe(1);
    expect((await flooded.call(key, 'GET', list)).statusCode).toBe(200);
    await flooded.close();
  });

  it('stand before the database: an address with too many wrong keys costs it no query', async () => {
    const flooded = await testApp();
    const wrong = () => flooded.app.inject({ url: list, headers: { authorization: `Bearer ${mintKey('live').key}` } });
    for (let n = 0; n < 60; n += 1) await wrong();
    const { pool } = flooded.deps;
    const lookups = vi.spyOn(pool, 'query');
    expect((await wrong()).statusCode).toBe(429);
    expect(lookups.mock.calls.filter(([sql]) => String(sql).includes('from api_keys'))).toEqual([]);
    await flooded.close();
  });
});
