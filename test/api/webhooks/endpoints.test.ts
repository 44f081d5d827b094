import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unseal, secretPurpose } from '../../../src/db/secrets/seal.js';
import { checkUrl } from '../../../src/webhooks/destination.js';
import { anEndpoint, endpointBody, endpoints, paid } from '../../support/an-endpoint.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const rules = { allowTargets: [], ownHosts: ['pay.example.com'] };
let api: TestApp;
beforeAll(async () => {
  const webhookTarget = async (url: string) => {
    const verdict = checkUrl(url, rules);
    return verdict.kind === 'ok' ? null : verdict.reason;
  };
  api = await testApp({ webhookTarget });
});
afterAll(() => api.close());

const freshKey = async () => api.newKey({ accountId: await api.newAccount() });
const post = (key: string, body: object) => api.call(key, 'POST', endpoints, { body });
const at = ({ id }: Record<string, string>, below = '') => `${endpoints}/${id}${below}`;
const withoutInstance = (body: string) => ({ ...JSON.parse(body), instance: undefined });

async function refused(key: string, body: object, field: string): Promise<Record<string, unknown>> {
  const answer = await post(key, body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().type).toBe('https://errors.driftstack.dev/validation-failed');
  expect(Object.keys(answer.json().issues.fieldErrors)).toEqual([field]);
  return answer.json();
}

describe('creating an endpoint', () => {
  it('answers the endpoint with its secret, which no other answer shows (example 47)', async () => {
    const key = await freshKey();
    const answer = await post(key, { ...endpointBody, description: 'shop' });
    expect(answer.statusCode).toBe(201);
    const { id, secret, created_at, ...rest } = answer.json();
    expect(id).toMatch(/^whk_[0-9a-f-]{36}$/);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Date.parse(created_at)).toBeGreaterThan(Date.now() - 60_000);
    expect(rest).toEqual({
      url: 'https://shop.example.com/hooks',
      payload: 'brief',
      secret_prefix: secret.slice(0, 12),
      prev_secret_prefix: null,
      rotation_grace_expires_at: null,
      events: [paid],
      description: 'shop',
      active: true,
      consecutive_failures: 0,
      last_success_at: null,
      last_failure_at: null,
      disabled_at: null,
      disabled_reason: null,
      delivery_counts: { delivered: 0, failed: 0, dlq: 0 },
    });
    for (const url of [endpoints, `${endpoints}/${id}`]) {
      const read = await api.call(key, 'GET', url);
      expect(read.statusCode).toBe(200);
      expect(read.headers['cache-control']).toBe('no-store, private');
      expect(read.body).not.toContain(secret);
      expect(read.body).not.toContain('"secret"');
    }
    expect(api.logged.join('')).not.toContain(secret);
  });

  it('keeps the secret sealed, under the endpoint it belongs to', async () => {
    const { id, secret } = await anEndpoint(api, await freshKey());
    const uuid = id!.slice('whk_'.length);
    const { rows } = await api.deps.pool.query('select * from webhook_endpoints where id = $1', [uuid]);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(unseal(api.deps.keyring, secretPurpose(uuid, 'secret_sealed'), rows[0].secret_sealed)).toBe(secret);
  });

  it('is told briefly unless it asks for all of it, and can change its mind', async () => {
    const key = await freshKey();
    expect((await anEndpoint(api, key))['payload']).toBe('brief');
    const { id } = await anEndpoint(api, key, { payload: 'full' });
    const path = `${endpoints}/${id}`;
    expect((await api.call(key, 'GET', path)).json()).toMatchObject({ payload: 'full' });
    expect((await api.call(key, 'PATCH', path, { body: { active: false } })).json()).toMatchObject({ payload: 'full' });
    const changed = await api.call(key, 'PATCH', path, { body: { payload: 'brief' } });
    expect(changed.json()).toMatchObject({ payload: 'brief', active: false });
    await refused(key, { ...endpointBody, payload: 'whole' }, 'payload');
  });

  it('takes each event type, once, and a description of 200 characters or null', async () => {
    const key = await freshKey();
    const types = ['paid', 'failed', 'confirming', 'partial', 'cancelled', 'refunded', 'late_payment'];
    const events = types.map((type) => `crypto.order.${type}`);
    const whole = await anEndpoint(api, key, { events, description: '💶'.repeat(200) });
    expect(whole['events']).toEqual(events);
    expect((await anEndpoint(api, key, { description: null }))['description']).toBeNull();
  });

  it.each([
    ['http', 'http://shop.example.com/hooks', 'https'],
    ['another scheme', 'file:///etc/passwd', 'https'],
    ['a private address', 'https://10.0.0.1/hooks', 'public host'],
    ['loopback in disguise', 'https://[::ffff:127.0.0.1]/', 'public host'],
    ['a private name', 'https://db.internal/hooks', 'public host'],
    ['our own host', 'https://pay.example.com/v1/webhooks/nowpayments', 'public host'],
    ['another port', 'https://shop.example.com:8443/hooks', 'port 443'],
    ['no URL', 'shop.example.com', 'URL'],
    ['nothing', '', '1 to 2048'],
    ['2,049 characters', `https://shop.example.com/${'x'.repeat(2_024)}`, '1 to 2048'],
  ])('refuses %s as url', async (_, url, reason) => {
    const { detail } = await refused(await freshKey(), { ...endpointBody, url }, 'url');
    expect(detail).toContain(reason);
  });

  it('refuses a user name and password, and neither stores nor logs them', async () => {
    const key = await freshKey();
    const { detail } = await refused(key, { ...endpointBody, url: 'https://u:hunter22@shop.example.com/' }, 'url');
    expect(detail).toContain('user name or password');
    expect(detail).not.toContain('hunter22');
    expect((await api.call(key, 'GET', endpoints)).json()).toEqual({ data: [] });
    expect(api.logged.join('')).not.toContain('hunter22');
  });

  it.each<[string, unknown]>([
    ['test.ping', ['test.ping']],
    ["another of Driftstack's", ['session.started']],
    ['the same twice', [paid, paid]],
    ['none', []],
    ['a text', paid],
    ['nothing at all', undefined],
  ])('refuses %s as events', async (_, events) => {
    await refused(await freshKey(), { url: endpointBody.url, events }, 'events');
  });

  it('refuses a description of 201 characters, and names fields it does not know', async () => {
    const key = await freshKey();
    await refused(key, { ...endpointBody, description: 'x'.repeat(201) }, 'description');
    const answer = await post(key, { ...endpointBody, secret: 'whsec_mine', active: false });
    expect(answer.headers['x-driftstack-unknown-fields']).toBe('secret,active');
    expect(answer.json().secret).not.toBe('whsec_mine');
    expect(answer.json().active).toBe(true);
  });

  it('refuses an eleventh endpoint, paused ones counted, disabled and deleted ones not', async () => {
    const accountId = await api.newAccount();
    const key = await api.newKey({ accountId });
    const all = await Promise.all(Array.from({ length: 10 }, () => anEndpoint(api, key)));
    await api.call(key, 'PATCH', at(all[0]!), { body: { active: false } });
    const eleventh = await post(key, endpointBody);
    expect(eleventh.statusCode).toBe(409);
    expect(eleventh.json()).toMatchObject({ resource: 'webhook_endpoint', limit: 10 });
    await anEndpoint(api, await api.newKey({ accountId, mode: 'test' })); // a mode has its own ten

    await api.call(key, 'DELETE', at(all[1]!));
    await anEndpoint(api, key);
    expect((await post(key, endpointBody)).statusCode).toBe(409);

    await disable(all[2]!, 'gone');
    await anEndpoint(api, key);
    const back = await api.call(key, 'PATCH', at(all[2]!), { body: { active: true } });
    expect(back.statusCode).toBe(409);
    expect(back.json()).toMatchObject({ resource: 'webhook_endpoint', limit: 10 });
    expect((await api.call(key, 'PATCH', at(all[0]!), { body: { active: true } })).statusCode).toBe(200);
  });

  it('lets parallel calls take the last place once', async () => {
    const key = await freshKey();
    await Promise.all(Array.from({ length: 9 }, () => anEndpoint(api, key)));
    const codes = (await Promise.all(Array.from({ length: 4 }, () => post(key, endpointBody)))).map(
      (a) => a.statusCode,
    );
    expect(codes.sort()).toEqual([201, 409, 409, 409]);
  });
});

async function disable({ id }: Record<string, string>, reason: 'gone' | 'failures'): Promise<void> {
  const sql = 'update webhook_endpoints set disabled_at = now(), disabled_reason = $2 where id = $1';
  await api.deps.pool.query(sql, [id!.slice('whk_'.length), reason]);
}

describe('reading endpoints', () => {
  it('lists newest first, without deleted ones; a deleted one can still be read', async () => {
    const key = await freshKey();
    const made = [await anEndpoint(api, key), await anEndpoint(api, key), await anEndpoint(api, key)];
    const listed = async () =>
      (await api.call(key, 'GET', endpoints)).json().data.map(({ id }: Record<string, string>) => id);
    expect(await listed()).toEqual(made.map(({ id }) => id).reverse());
    await api.call(key, 'DELETE', at(made[1]!));
    expect(await listed()).toEqual([made[2]!['id'], made[0]!['id']]);
    const deleted = await api.call(key, 'GET', at(made[1]!));
    expect(deleted.statusCode).toBe(200);
    expect(deleted.json()).toMatchObject({ active: false, disabled_reason: 'deleted' });
    expect(deleted.json().disabled_at).not.toBeNull();
  });

  it('does not mix modes or accounts', async () => {
    const accountId = await api.newAccount();
    const [live, test] = [await api.newKey({ accountId }), await api.newKey({ accountId, mode: 'test' })];
    const endpoint = await anEndpoint(api, live);
    expect((await api.call(test, 'GET', endpoints)).json()).toEqual({ data: [] });
    expect((await api.call(test, 'GET', at(endpoint))).statusCode).toBe(404);
    expect((await api.call(await freshKey(), 'GET', endpoints)).json()).toEqual({ data: [] });
  });
});

describe.each([
  ['GET', '', undefined],
  ['PATCH', '', { active: false }],
  ['DELETE', '', undefined],
  ['POST', '/test', undefined],
  ['POST', '/rotate-secret', undefined],
  ['GET', '/deliveries', undefined],
  ['POST', '/replay', { since: '2026-01-01T00:00:00Z' }],
] as const)('%s /v1/webhooks/:id%s', (method, below, body) => {
  const call = (key: string, id: string) =>
    api.call(key, method, `${endpoints}/${id}${below}`, body === undefined ? {} : { body });

  it('answers 404 for unknown, foreign and other-mode ids, in the same words', async () => {
    const accountId = await api.newAccount();
    const key = await api.newKey({ accountId });
    const { id: foreign } = await anEndpoint(api, await freshKey());
    const { id: otherMode } = await anEndpoint(api, await api.newKey({ accountId, mode: 'test' }));
    const answers = [];
    for (const id of [`whk_${randomUUID()}`, foreign!, otherMode!]) answers.push(await call(key, id));
    expect(answers.map((answer) => answer.statusCode)).toEqual([404, 404, 404]);
    const bodies = answers.map((answer) => withoutInstance(answer.body));
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });

  it('names the form when the id is of another kind', async () => {
    const key = await freshKey();
    const bad = [`wdl_${randomUUID()}`, `webhook_endpoint_${randomUUID()}`, randomUUID(), 'whk_1', 'WHK_x', 'whk_%00'];
    for (const id of bad) {
      const answer = await call(key, id);
      expect(answer.statusCode, id).toBe(400);
      expect(answer.json()).toMatchObject({ type: 'https://errors.driftstack.dev/bad-request' });
      expect(answer.json().detail).toContain('whk_<uuid>');
    }
  });
});

describe('scopes', () => {
  const writes = ['write', 'account_owner', 'admin'];
  const reads = ['write', 'account_owner', 'read', 'read:webhooks'];
  const all = [...new Set([...writes, ...reads, 'read:billing', 'admin:billing', 'driftstack_internal_admin'])];

  it.each(all)('%s opens what it should', async (scope) => {
    const accountId = scope === 'driftstack_internal_admin' ? null : await api.newAccount();
    const key = await api.newKey({ accountId, scopes: [scope] });
    const read = await api.call(key, 'GET', endpoints);
    expect(read.statusCode).toBe(reads.includes(scope) ? 200 : 403);
    const write = await post(key, endpointBody);
    expect(write.statusCode).toBe(writes.includes(scope) ? 201 : 403);
    if (!writes.includes(scope)) expect(write.json().detail).toContain('write');
  });

  it('without a key: 401; another method: 405 with Allow', async () => {
    const bare = await api.app.inject({ method: 'GET', url: endpoints });
    expect([bare.statusCode, bare.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    const put = await api.call(await freshKey(), 'PUT', endpoints, { body: {} });
    expect(put.statusCode).toBe(405);
    expect(put.headers['allow']).toContain('POST');
  });
});
