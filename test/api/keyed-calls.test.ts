import type { LightMyRequestResponse } from 'fastify';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEndpoint, endpointBody, endpoints, someDeliveries } from '../support/an-endpoint.js';
import { recordRoutes } from '../support/route-matrix.js';
import { testApp, type TestApp } from '../support/test-app.js';

const routes = recordRoutes();
let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  await api.app.ready();
});
afterAll(() => api.close());

const count = async (table: string) =>
  Number((await api.deps.pool.query(`select count(*) as n from ${table}`)).rows[0].n);
const keyed = (key: string) => ({ 'idempotency-key': key });

/** What each call makes, and how it is made: the path, the body, and who calls. */
interface Making {
  readonly path: string;
  readonly body?: object;
  readonly caller: string;
}

async function aMerchant(mode: 'live' | 'test' = 'live') {
  const accountId = await api.newAccount();
  const caller = await api.newKey({ accountId, mode });
  return { accountId, caller };
}

const anOperator = () => api.newKey({ scopes: ['driftstack_internal_admin'], accountId: null });

const makings: readonly [what: string, table: string, prepare: () => Promise<Making>][] = [
  ['an endpoint', 'webhook_endpoints', async () => ({ path: endpoints, body: endpointBody, ...(await aMerchant()) })],
  [
    'a test ping',
    'deliveries',
    async () => {
      const { caller } = await aMerchant();
      const { id } = await anEndpoint(api, caller);
      return { path: `${endpoints}/${id}/test`, caller };
    },
  ],
  [
    'an account',
    'accounts',
    async () => ({ path: '/v1/admin/accounts', body: { name: 'Another' }, caller: await anOperator() }),
  ],
  [
    'a key of an account',
    'api_keys',
    async () => {
      const { accountId } = await aMerchant();
      const body = { account_id: `acc_${accountId}`, mode: 'live', scopes: ['read'], name: 'spare' };
      return { path: '/v1/admin/api-keys', body, caller: await anOperator() };
    },
  ],
  ['a reconcile run', 'reconcile_runs', async () => ({ path: '/v1/admin/reconcile', caller: await anOperator() })],
];

function post({ path, body, caller }: Making, key: string): Promise<LightMyRequestResponse> {
  return api.call(caller, 'POST', path, { ...(body && { body }), headers: keyed(key) });
}

describe('a call with a key', () => {
  it.each(makings)(
    'that makes %s makes one, and says the same again, secrets and all',
    async (_what, table, prepare) => {
      const making = await prepare();
      const key = randomUUID();
      const before = await count(table);
      const first = await post(making, key);
      expect(first.statusCode, first.body).toBeLessThan(300);
      expect(first.headers['idempotent-replayed']).toBeUndefined();
      const [again, third] = [await post(making, key), await post(making, key)];
      for (const repeat of [again, third]) {
        expect(repeat.statusCode).toBe(first.statusCode);
        expect(repeat.body).toBe(first.body);
        expect(repeat.headers['content-type']).toBe(first.headers['content-type']);
        expect(repeat.headers['idempotent-replayed']).toBe('1');
      }
      expect(await count(table)).toBe(before + 1);
    },
  );

  it('makes one of twenty at once', async () => {
    const making = { path: endpoints, body: endpointBody, ...(await aMerchant()) };
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(making, key)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
    const list = (await api.call(making.caller, 'GET', endpoints)).json();
    expect(list.data).toHaveLength(1);
  });

  it('rotates a secret once, and replays a delivery once', async () => {
    const { accountId, caller } = await aMerchant();
    const { id } = await anEndpoint(api, caller);
    const rotate = { path: `${endpoints}/${id}/rotate-secret`, caller };
    expect((await post(rotate, 'rotate-1')).json().secret).toBe((await post(rotate, 'rotate-1')).json().secret);
    const [delivery] = await someDeliveries(api.deps.pool, { accountId });
    const replay = { path: `/v1/webhook-deliveries/${delivery}/replay`, caller };
    expect((await post(replay, 'replay-1')).json()).toEqual((await post(replay, 'replay-1')).json());
  });

  it('hands a step of the test clock over under one name, whatever came of the first try', async () => {
    const { caller } = await aMerchant('test');
    const order = await api.placed(caller);
    const names: string[] = [];
    api.runs.onAdvance = async (_order, step) => {
      names.push(step.id);
      if (names.length === 1) throw new Error('the connection broke');
      return { kind: 'stayed', status: 'pending', reason: null };
    };
    const step = { path: `/v1/test/orders/${order.order_id}/advance`, caller };
    expect((await post(step, 'step-1')).statusCode).toBe(500);
    expect((await post(step, 'step-1')).statusCode).toBe(200);
    expect((await post(step, 'step-1')).headers['idempotent-replayed']).toBe('1');
    await post(step, 'step-2');
    expect(names).toHaveLength(3);
    expect(names[1]).toBe(names[0]);
    expect(names[2]).not.toBe(names[0]);
  });
});

describe('a key', () => {
  it('belongs to the call it came with: another path or body is 422', async () => {
    const { caller } = await aMerchant();
    const making = { path: endpoints, body: endpointBody, caller };
    const { id } = (await post(making, 'one')).json();
    const others = [
      { ...making, body: { ...endpointBody, description: 'another' } },
      { path: `${endpoints}/${id}/test`, caller },
    ];
    for (const other of others) {
      const answer = await post(other, 'one');
      expect(answer.statusCode).toBe(422);
      expect(answer.json().type).toContain('/idempotency-mismatch');
    }
  });

  it('is of its account and mode, and an operator has keys of his own', async () => {
    const making = { path: endpoints, body: endpointBody, ...(await aMerchant()) };
    const { id } = (await post(making, 'mine')).json();
    const inTest = await api.newKey({ accountId: making.accountId, mode: 'test' });
    for (const caller of [(await aMerchant()).caller, inTest]) {
      const answer = await post({ ...making, caller }, 'mine');
      expect(answer.statusCode).toBe(201);
      expect(answer.json().id).not.toBe(id);
    }
    const sameAccount = await api.newKey({ accountId: making.accountId });
    expect((await post({ ...making, caller: sameAccount }, 'mine')).json().id).toBe(id);
  });

  it('is free again when its call was refused', async () => {
    const { caller } = await aMerchant();
    const refused = { path: endpoints, body: { ...endpointBody, url: 'https://10.0.0.1/hook' }, caller };
    expect((await post(refused, 'again')).statusCode).toBe(400);
    expect((await post({ ...refused, body: endpointBody }, 'again')).statusCode).toBe(201);
  });

  it('whose first call nobody answered says so, and does nothing', async () => {
    const { accountId, caller } = await aMerchant();
    const making = { path: endpoints, body: endpointBody, caller };
    await post(making, 'lost');
    const sql = `update idempotent_calls set status = null, answer_sealed = null, at = now() - interval '2 minutes'
      where holder = $1`;
    await api.deps.pool.query(sql, [`account/${accountId}/live`]);
    const answer = await post(making, 'lost');
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain('not known');
    expect((await api.call(caller, 'GET', endpoints)).json().data).toHaveLength(1);
  });

  it('is kept for a day, sealed', async () => {
    const { accountId, caller } = await aMerchant();
    const making = { path: endpoints, body: endpointBody, caller };
    const { secret } = (await post(making, 'daily')).json();
    const holder = [`account/${accountId}/live`];
    const { rows } = await api.deps.pool.query('select * from idempotent_calls where holder = $1', holder);
    expect(JSON.stringify(rows)).not.toContain(secret);
    await api.deps.pool.query(`update idempotent_calls set at = now() - interval '25 hours' where holder = $1`, holder);
    const next = await post(making, 'daily');
    expect(next.headers['idempotent-replayed']).toBeUndefined();
    expect(next.json().secret).not.toBe(secret);
  });

  it.each(['a b', 'ü', 'x'.repeat(256)])('of other characters is 400: %s', async (key) => {
    const making = { path: endpoints, body: endpointBody, ...(await aMerchant()) };
    const raw = Buffer.from(key).toString('latin1');
    expect((await post(making, raw)).statusCode).toBe(400);
  });
});

it('is described for every POST that an API key opens, whoever adds one', async () => {
  const { paths } = (await api.app.inject('/openapi.json')).json();
  const posts = routes.filter(({ method, url }) => method === 'POST' && url.startsWith('/v1/'));
  const taken = posts.filter(({ url }) => !url.startsWith('/v1/webhooks/nowpayments'));
  expect(taken.length).toBeGreaterThan(20);
  for (const { url } of taken) {
    const path = url.replace(/:(\w+)/g, '{$1}');
    const headers = (paths[path].post.parameters ?? []).filter((each: { in: string }) => each.in === 'header');
    expect(
      headers.map((each: { name: string }) => each.name),
      url,
    ).toEqual(['Idempotency-Key']);
  }
});
