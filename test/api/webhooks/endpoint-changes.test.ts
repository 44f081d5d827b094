import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretPurpose, unseal, type SecretColumn } from '../../../src/db/secrets/seal.js';
import { anEndpoint, anEvent, endpointBody, endpoints, someDeliveries } from '../../support/an-endpoint.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
const woken: string[] = [];
beforeAll(async () => {
  api = await testApp({ wakeRetries: async (id) => void woken.push(id) });
});
afterAll(() => api.close());

type Endpoint = Record<string, string>;
const at = ({ id }: Endpoint, below = '') => `${endpoints}/${id}${below}`;
const uuidOf = ({ id }: Endpoint) => id!.slice('whk_'.length);
const change = (key: string, endpoint: Endpoint, body: object) => api.call(key, 'PATCH', at(endpoint), { body });
const rows = async (sql: string, ...values: unknown[]) => (await api.deps.pool.query(sql, values)).rows;

async function aMerchant() {
  const accountId = await api.newAccount();
  const key = await api.newKey({ accountId });
  return { accountId, key, endpoint: await anEndpoint(api, key) };
}

const disable = (endpoint: Endpoint, reason = 'gone') =>
  rows(
    `update webhook_endpoints set disabled_at = now(), disabled_reason = $2, consecutive_failures = 50 where id = $1`,
    uuidOf(endpoint),
    reason,
  );

const deliveriesOf = (endpoint: Endpoint) =>
  rows('select status, next_attempt_at, last_error from deliveries where endpoint_id = $1', uuidOf(endpoint));

describe('changing an endpoint', () => {
  it('changes what is named and leaves the rest', async () => {
    const { key, endpoint } = await aMerchant();
    const changed = await change(key, endpoint, { url: 'https://shop.example.com/new', description: 'till' });
    expect(changed.statusCode).toBe(200);
    expect(changed.json()).toMatchObject({ url: 'https://shop.example.com/new', description: 'till', active: true });
    expect(changed.json().events).toEqual(endpointBody.events);
    expect(changed.body).not.toContain('"secret"');
    const emptied = await change(key, endpoint, { description: null, events: ['crypto.order.failed'] });
    expect(emptied.json()).toMatchObject({ description: null, events: ['crypto.order.failed'] });
    expect((await api.call(key, 'GET', at(endpoint))).json()).toEqual(emptied.json());
  });

  it.each<[object, string | null]>([
    [{}, null],
    [{ colour: 'red' }, null],
    [{ url: 'http://shop.example.com/' }, 'url'],
    [{ url: null }, 'url'],
    [{ events: ['test.ping'] }, 'events'],
    [{ description: 'x'.repeat(201) }, 'description'],
    [{ active: 'yes' }, 'active'],
  ])('refuses %j', async (body, field) => {
    const { key, endpoint } = await aMerchant();
    const answer = await change(key, endpoint, body);
    expect(answer.statusCode).toBe(400);
    const { issues } = answer.json();
    expect(Object.keys(issues.fieldErrors)).toEqual(field ? [field] : []);
    if (!field) expect(issues.formErrors.join()).toContain('at least one of url, events, payload, description, active');
    expect((await api.call(key, 'GET', at(endpoint))).json().url).toBe(endpointBody.url);
  });

  it('names fields it does not know', async () => {
    const { key, endpoint } = await aMerchant();
    const answer = await change(key, endpoint, { active: true, secret: 'whsec_mine' });
    expect([answer.statusCode, answer.headers['x-driftstack-unknown-fields']]).toEqual([200, 'secret']);
  });

  it('pauses: new deliveries wait without a time, and a resume makes them due; runs are woken by both', async () => {
    const { accountId, key, endpoint } = await aMerchant();
    expect((await change(key, endpoint, { active: false })).json()).toMatchObject({ active: false, disabled_at: null });
    await anEvent(api.deps.pool, { accountId });
    expect(await deliveriesOf(endpoint)).toEqual([{ status: 'pending', next_attempt_at: null, last_error: null }]);
    expect(woken.filter((id) => id === uuidOf(endpoint))).toHaveLength(1);

    expect((await change(key, endpoint, { active: true })).json()).toMatchObject({ active: true });
    expect((await deliveriesOf(endpoint))[0]).toMatchObject({ status: 'pending', next_attempt_at: expect.any(String) });
    expect(woken.filter((id) => id === uuidOf(endpoint))).toHaveLength(2);
  });

  it.each(['gone', 'failures'])('takes an endpoint disabled for %s back, its failures forgotten', async (reason) => {
    const { accountId, key, endpoint } = await aMerchant();
    await disable(endpoint, reason);
    await anEvent(api.deps.pool, { accountId });
    expect(await deliveriesOf(endpoint)).toMatchObject([{ status: 'dlq', last_error: 'endpoint disabled' }]);
    const disabled = (await api.call(key, 'GET', at(endpoint))).json();
    expect(disabled).toMatchObject({ active: false, disabled_reason: reason, consecutive_failures: 50 });
    expect(disabled.delivery_counts).toEqual({ delivered: 0, failed: 0, dlq: 1 });
    expect((await change(key, endpoint, { description: 'still off' })).json().disabled_reason).toBe(reason);

    const back = (await change(key, endpoint, { active: true })).json();
    expect(back).toMatchObject({ active: true, disabled_at: null, disabled_reason: null, consecutive_failures: 0 });
    expect(await deliveriesOf(endpoint)).toMatchObject([{ status: 'dlq' }]); // a window replay catches up
  });

  it('of a deleted endpoint is a conflict', async () => {
    const { key, endpoint } = await aMerchant();
    await api.call(key, 'DELETE', at(endpoint));
    for (const body of [{ active: true }, { active: false }, { description: 'x' }]) {
      const answer = await change(key, endpoint, body);
      expect(answer.statusCode).toBe(409);
      expect(answer.json()).toMatchObject({ resource: 'webhook_endpoint', field: 'disabled_at' });
    }
  });
});

describe('deleting an endpoint', () => {
  it('is 204 each time, for good, and what waited is a dead letter', async () => {
    const { accountId, key, endpoint } = await aMerchant();
    await anEvent(api.deps.pool, { accountId });
    for (let n = 0; n < 2; n += 1) {
      const answer = await api.call(key, 'DELETE', at(endpoint));
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    expect(await deliveriesOf(endpoint)).toMatchObject([{ status: 'dlq', last_error: 'endpoint disabled' }]);
    await anEvent(api.deps.pool, { accountId });
    expect(await deliveriesOf(endpoint)).toHaveLength(1); // it gets no more
    const lines = await rows(
      `select 1 from audit_log where action = 'webhook_endpoint.deleted' and subject = $1`,
      endpoint['id'],
    );
    expect(lines).toHaveLength(1);
  });
});

describe('a test ping', () => {
  const ping = (key: string, endpoint: Endpoint) => api.call(key, 'POST', at(endpoint, '/test'));

  it('is a delivery of its own, to this endpoint alone, whatever it subscribed to', async () => {
    const { key, endpoint } = await aMerchant();
    const other = await anEndpoint(api, key);
    const answer = await ping(key, endpoint);
    expect(answer.statusCode).toBe(202);
    const { delivery_id, event_id, event_type } = answer.json();
    expect(event_type).toBe('test.ping');
    const log = (await api.call(key, 'GET', at(endpoint, '/deliveries'))).json().data;
    expect(log).toMatchObject([{ id: delivery_id, event_id, event_type: 'test.ping', status: 'pending', attempts: 0 }]);
    expect((await api.call(key, 'GET', at(other, '/deliveries'))).json().data).toEqual([]);
    const [event] = await rows('select body from outgoing_events where id = $1', event_id);
    expect(JSON.parse(event.body)).toEqual({
      id: event_id,
      type: 'test.ping',
      created_at: log[0].created_at,
      data: { webhook_id: endpoint['id'] },
    });
  });

  it('comes ten times a minute at most, also from parallel calls', async () => {
    const { key, endpoint } = await aMerchant();
    const answers = await Promise.all(Array.from({ length: 12 }, () => ping(key, endpoint)));
    expect(answers.filter((answer) => answer.statusCode === 202)).toHaveLength(10);
    const refused = answers.find((answer) => answer.statusCode === 429)!;
    expect(refused.json().type).toBe('https://errors.driftstack.dev/rate-limited');
    const seconds = refused.json().retry_after_seconds;
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.headers['retry-after']).toBe(String(seconds));
    expect((await ping(key, await anEndpoint(api, key))).statusCode).toBe(202); // counted for each endpoint

    const minuteAgo = `update deliveries set created_at = created_at - interval '1 minute' where endpoint_id = $1`;
    await rows(minuteAgo, uuidOf(endpoint));
    expect((await ping(key, endpoint)).statusCode).toBe(202);
  });

  it('is refused by a paused, a disabled and a deleted endpoint, each in its words', async () => {
    const { key, endpoint } = await aMerchant();
    await change(key, endpoint, { active: false });
    const said = async () => {
      const answer = await ping(key, endpoint);
      expect([answer.statusCode, answer.json().type]).toEqual([400, 'https://errors.driftstack.dev/bad-request']);
      return answer.json().detail;
    };
    expect(await said()).toContain('paused');
    await disable(endpoint);
    expect(await said()).toContain('disabled');
    await api.call(key, 'DELETE', at(endpoint));
    expect(await said()).toContain('deleted');
  });
});

describe('rotating a secret', () => {
  const rotate = (key: string, endpoint: Endpoint) => api.call(key, 'POST', at(endpoint, '/rotate-secret'));
  const sealed = async (endpoint: Endpoint) => {
    const [row] = await rows(
      'select secret_sealed, prev_secret_sealed from webhook_endpoints where id = $1',
      uuidOf(endpoint),
    );
    const open = (column: SecretColumn) =>
      unseal(api.deps.keyring, secretPurpose(uuidOf(endpoint), column), row[column]);
    return [open('secret_sealed'), open('prev_secret_sealed')];
  };

  it('shows a new secret once; the old one signs beside it for 24 hours', async () => {
    const { key, endpoint } = await aMerchant();
    const answer = await rotate(key, endpoint);
    expect(answer.statusCode).toBe(200);
    const { secret, grace_expires_at, ...rest } = answer.json();
    expect(secret).toMatch(/^whsec_/);
    expect(secret).not.toBe(endpoint['secret']);
    expect(rest).toEqual({
      id: endpoint['id'],
      secret_prefix: secret.slice(0, 12),
      prev_secret_prefix: endpoint['secret_prefix'],
    });
    const graceHours = (Date.parse(grace_expires_at) - Date.now()) / 3_600_000;
    expect(graceHours).toBeGreaterThan(23.9);
    expect(graceHours).toBeLessThanOrEqual(24);
    expect(await sealed(endpoint)).toEqual([secret, endpoint['secret']]);
    const read = await api.call(key, 'GET', at(endpoint));
    expect(read.body).not.toContain(secret);
    expect(read.json()).toMatchObject({
      secret_prefix: secret.slice(0, 12),
      prev_secret_prefix: endpoint['secret_prefix'],
      rotation_grace_expires_at: grace_expires_at,
    });
  });

  it('a second time within the grace replaces the new secret and keeps the grace', async () => {
    const { key, endpoint } = await aMerchant();
    const first = (await rotate(key, endpoint)).json();
    const second = (await rotate(key, endpoint)).json();
    expect(second.secret).not.toBe(first.secret);
    expect(second).toMatchObject({
      prev_secret_prefix: endpoint['secret_prefix'],
      grace_expires_at: first.grace_expires_at,
    });
    expect(await sealed(endpoint)).toEqual([second.secret, endpoint['secret']]);
  });

  it('after the grace the old prefix is gone, and a rotation starts a new grace', async () => {
    const { key, endpoint } = await aMerchant();
    const first = (await rotate(key, endpoint)).json();
    await rows(
      `update webhook_endpoints set rotation_grace_expires_at = now() - interval '1 second' where id = $1`,
      uuidOf(endpoint),
    );
    const over = { prev_secret_prefix: null, rotation_grace_expires_at: null };
    expect((await api.call(key, 'GET', at(endpoint))).json()).toMatchObject(over);
    const second = (await rotate(key, endpoint)).json();
    expect(second.prev_secret_prefix).toBe(first.secret.slice(0, 12));
    expect(await sealed(endpoint)).toEqual([second.secret, first.secret]);
  });

  it('works on a paused and a disabled endpoint, not on a deleted one', async () => {
    const { key, endpoint } = await aMerchant();
    await change(key, endpoint, { active: false });
    expect((await rotate(key, endpoint)).statusCode).toBe(200);
    await disable(endpoint);
    expect((await rotate(key, endpoint)).statusCode).toBe(200);
    await api.call(key, 'DELETE', at(endpoint));
    expect((await rotate(key, endpoint)).statusCode).toBe(409);
  });
});

it('leaves one audit row for each change: who, what, before and after, never a secret', async () => {
  const { accountId, key, endpoint } = await aMerchant();
  await change(key, endpoint, { description: 'till' });
  const { secret } = (await api.call(key, 'POST', at(endpoint, '/rotate-secret'))).json();
  await api.call(key, 'DELETE', at(endpoint));
  const log = await rows(
    'select actor, action, subject, before, after, result from audit_log where account_id = $1 order by seq',
    accountId,
  );
  expect(log.map(({ action }) => action)).toEqual([
    'webhook_endpoint.created',
    'webhook_endpoint.updated',
    'webhook_endpoint.secret_rotated',
    'webhook_endpoint.deleted',
  ]);
  expect(new Set(log.map(({ subject }) => subject))).toEqual(new Set([endpoint['id']]));
  expect(new Set(log.map(({ actor }) => actor.slice(0, 4)))).toEqual(new Set(['key_']));
  expect(log[0].before).toBeNull();
  expect([log[1].before.description, log[1].after.description]).toEqual([null, 'till']);
  expect(log[2].after.prev_secret_prefix).toBe(endpoint['secret_prefix']);
  for (const hidden of [secret, endpoint['secret'], 'sealed']) expect(JSON.stringify(log)).not.toContain(hidden);
});

it('what is refused leaves no audit row', async () => {
  const { accountId, key, endpoint } = await aMerchant();
  await change(key, endpoint, {});
  await api.call(key, 'PATCH', `${endpoints}/whk_${randomUUID()}`, { body: { active: false } });
  await someDeliveries(api.deps.pool, { accountId, status: 'in_flight', attempts: 1 });
  expect(await rows('select action from audit_log where account_id = $1', accountId)).toHaveLength(1);
});
