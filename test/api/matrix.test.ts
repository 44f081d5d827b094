import type { LightMyRequestResponse } from 'fastify';
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { revokeApiKey } from '../../src/db/accounts/api-keys.js';
import { isOfOperators, knownScopes, type Scope } from '../../src/domain/access/scopes.js';
import { expectations, expectedOf, forLiveKeys, onForeign, recordRoutes, type Route } from '../support/route-matrix.js';
import { testApp } from '../support/test-app.js';

// Made while the file is read: the tests below are one for each route it has.
const routes = recordRoutes();
const api = await testApp({ startReconcile: async () => {} });
await api.app.ready();
const named = routes.map((route) => ({ ...route, name: `${route.method} ${route.url}` }));

afterAll(() => api.close());

interface Holder {
  readonly mode: 'live' | 'test';
  readonly scope: Scope | null; // null: none that opens anything
  readonly key: string;
}

const holders: Holder[] = [];
for (const mode of ['live', 'test'] as const) {
  for (const scope of knownScopes) {
    const accountId = isOfOperators(scope) ? null : api.accountId;
    holders.push({ mode, scope, key: await api.newKey({ mode, scopes: [scope], accountId }) });
  }
  holders.push({ mode, scope: null, key: await api.newKey({ mode, scopes: ['orders:everything', 'driftstack'] }) });
  holders.push({ mode, scope: null, key: await api.newKey({ mode, scopes: [] }) });
}

const revoked = await api.newKey();
await revokeApiKey(api.deps.pool, await idOf(revoked));
const expired = await api.newKey({ expiresAt: '2020-01-01T00:00:00Z' });

async function idOf(key: string): Promise<string> {
  const { rows } = await api.deps.pool.query('select id from api_keys where prefix = $1', [key.slice(0, 16)]);
  return rows[0].id;
}

/** A path on which nothing is: the parameters are of the right shape, and nobody's. */
function emptyPath(url: string): string {
  return url
    .replace(':order_id', 'ord_ffffffffffff')
    .replace(/:(id|account_id|token|name)/, `none-${randomUUID()}`)
    .replace('*', 'none');
}

let calls = 0;
function call({ method, url }: Route, key?: string): Promise<LightMyRequestResponse> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  calls += 1; // from addresses of their own: many wrong keys from one are answered 429
  const remoteAddress = `10.${calls >> 16}.${(calls >> 8) & 255}.${calls & 255}`;
  return api.app.inject({ method: method as 'GET', url: emptyPath(url), headers, remoteAddress });
}

describe('every route', () => {
  it('is expected here, and all that are expected exist', () => {
    expect(named.filter((route) => expectedOf(route) === undefined).map(({ name }) => name)).toEqual([]);
    const names = new Set(named.map(({ name }) => name));
    expect(Object.keys(expectations).filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(expectations).length).toBeGreaterThan(60);
  });
});

describe('an operator', () => {
  it('needs one right for each route of the admin API, to decide that of what is decided, and the sum of all rights opens every one', () => {
    const admin = named.filter(({ url }) => /^\/v1\/admin\/(?!approvals\/)/.test(url));
    expect(admin.length).toBeGreaterThan(30);
    for (const route of admin) {
      const scopes = expectedOf(route);
      const rights = Array.isArray(scopes) ? scopes.filter(isOfOperators) : [];
      expect(rights, route.name).toEqual([expect.stringMatching(/^operator:/), 'driftstack_internal_admin']);
    }
  });
});

describe.each(named)('$name', (route) => {
  const expected = expectedOf(route) ?? [];
  const isForLive = forLiveKeys.includes(`${route.method === 'HEAD' ? 'GET' : route.method} ${route.url}`);

  if (expected === 'public') {
    it('asks for no key, and a wrong one does no harm', async () => {
      for (const key of [undefined, 'nonsense', revoked]) {
        const { statusCode } = await call(route, key);
        expect([401, 403, 500]).not.toContain(statusCode);
      }
    });
    return;
  }

  if (expected === 'console') {
    it('is opened by no API key', async () => {
      for (const key of [undefined, ...holders.map((holder) => holder.key)]) {
        const { statusCode, headers } = await call(route, key);
        expect([303, 401, 403]).toContain(statusCode);
        if (statusCode === 303) expect(headers.location).toContain('/console/login');
      }
    });
    return;
  }

  it('is closed without a valid key: 401 with www-authenticate', async () => {
    for (const key of [undefined, 'nonsense', `ds_live_${'x'.repeat(38)}`, revoked, expired]) {
      const answer = await call(route, key);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it(`is open to ${expected.join(', ')} and to nobody else`, async () => {
    for (const { mode, scope, key } of holders) {
      const { statusCode, body } = await call(route, key);
      const isOpen = scope !== null && expected.includes(scope) && (mode === 'live' || !isForLive);
      if (isOpen) expect([401, 403, 405, 500], `${scope}: ${body}`).not.toContain(statusCode);
      else expect(statusCode, String(scope)).toBe(403);
    }
  });

  it('names the scopes that would do', async () => {
    const { body, statusCode } = await call(route, holders.find(({ scope }) => scope === null)?.key);
    expect(statusCode).toBe(403);
    if (route.method === 'HEAD') return;
    const { detail } = JSON.parse(body);
    const scopes = detail.replace(/^.*: /, '').replace(/\.$/, '').split(', ');
    expect(scopes.sort()).toEqual([...expected].sort());
  });
});

describe('what belongs to somebody else', () => {
  const customers = named.filter((route) => {
    const expected = expectedOf(route);
    return route.url.includes('/:') && Array.isArray(expected) && expected.includes('write') && route.method !== 'HEAD';
  });

  it('is known here for every route with an id', () => {
    expect(customers.map(({ name }) => name).sort()).toEqual(Object.keys(onForeign).sort());
  });

  it.each(['live', 'test'] as const)('is not there: the same 404 as for what never was (%s)', async (mode) => {
    const owner = await api.newKey({ mode });
    const order = await api.placed(owner);
    const endpoint = (await api.call(owner, 'POST', '/v1/webhooks', { body: newEndpoint })).json();
    const ping = (await api.call(owner, 'POST', `/v1/webhooks/${endpoint.id}/test`)).json();
    const own = { order: order.order_id, endpoint: endpoint.id, delivery: ping.delivery_id };
    const none = { order: 'ord_ffffffffffff', endpoint: `whk_${randomUUID()}`, delivery: `wdl_${randomUUID()}` };
    const state = async () => [
      (await api.call(owner, 'GET', `/v1/billing/crypto-orders/${own.order}`)).json(),
      (await api.call(owner, 'GET', `/v1/webhooks/${own.endpoint}`)).json(),
      (await api.call(owner, 'GET', `/v1/webhooks/${own.endpoint}/deliveries`)).json(),
    ];
    const before = await state();

    const otherMode = mode === 'live' ? 'test' : 'live';
    const stranger = await api.newAccount();
    const intruders = [
      { mode, key: await api.newKey({ mode, accountId: stranger }) },
      { mode: otherMode, key: await api.newKey({ mode: otherMode, accountId: stranger }) },
      { mode: otherMode, key: await api.newKey({ mode: otherMode }) },
    ];
    for (const { method, url, name } of customers) {
      for (const intruder of intruders) {
        if (url.endsWith('/apply-ipn') && intruder.mode === 'live') continue; // 403, whatever the order
        const answers = await Promise.all(
          [own, none].map((ids) => {
            const body = onForeign[name];
            return api.call(intruder.key, method as 'GET', pathOf(url, ids), body ? { body } : {});
          }),
        );
        for (const answer of answers) {
          expect(answer.statusCode, name).toBe(404);
          expect({ ...answer.json(), instance: 'x' }, name).toEqual(sameForAll);
        }
      }
    }
    expect(await state()).toEqual(before);
    for (const { key } of intruders) {
      const lists = await Promise.all(
        ['/v1/billing/crypto-orders', '/v1/webhooks'].map((list) => api.call(key, 'GET', list)),
      );
      for (const { body } of lists) for (const id of Object.values(own)) expect(body).not.toContain(id);
    }
  });
});

const newEndpoint = { url: 'https://hooks.example.com/in', events: ['crypto.order.paid'] };
const sameForAll = {
  type: 'https://errors.driftstack.dev/not-found',
  title: 'Not found',
  status: 404,
  detail: 'There is nothing here that this key may see.',
  instance: 'x',
};

function pathOf(url: string, ids: { order: string; endpoint: string; delivery: string }): string {
  if (url.includes('crypto-orders')) return url.replace(/:(order_)?id/, ids.order);
  return url.replace(':id', url.startsWith('/v1/webhook-deliveries') ? ids.delivery : ids.endpoint);
}
