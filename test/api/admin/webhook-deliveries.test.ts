import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedAudit } from '../../support/audit-chain.js';
import type { DeliveryStatus } from '../../../src/domain/delivery.js';
import type { Mode } from '../../../src/domain/ids.js';
import { anEndpoint, endpoints, someDeliveries } from '../../support/an-endpoint.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const dlq = '/v1/admin/webhook-dlq';
const deliveries = '/v1/admin/webhook-deliveries';
let api: TestApp;
let admin: string;
beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());

const rows = async (sql: string, ...values: unknown[]) => (await api.deps.pool.query(sql, values)).rows;
const post = (url: string, body?: object) => api.call(admin, 'POST', url, body ? { body } : {});

async function aMerchant(mode: Mode = 'live') {
  const accountId = await api.newAccount();
  const key = await api.newKey({ accountId, mode });
  const { id } = await anEndpoint(api, key);
  const add = (status: DeliveryStatus = 'dlq') =>
    someDeliveries(api.deps.pool, { accountId, mode, status }).then(([first]) => first!);
  return { accountId, key, endpoint: id!, add };
}

const page = async (query: Record<string, string>) => {
  const answer = await api.call(admin, 'GET', `${dlq}?${new URLSearchParams(query)}`);
  expect(answer.statusCode).toBe(200);
  return answer.json<{ data: { id: string; status: string }[]; next_cursor: string | null }>();
};
const idsOf = async (endpoint: string) => (await page({ endpoint_id: endpoint })).data.map(({ id }) => id);

describe('the dead letters', () => {
  it('are of every account and mode, the latest to die first, without discarded ones', async () => {
    const [one, two] = [await aMerchant(), await aMerchant('test')];
    const ids = [await one.add(), await two.add(), await one.add()];
    await one.add('delivered');
    const { data } = await page({ limit: '200' });
    expect(data.map(({ id }) => id).filter((id) => ids.includes(id))).toEqual([...ids].reverse());
    expect(new Set(data.map(({ status }) => status))).toEqual(new Set(['dlq']));
    await post(`${dlq}/${ids[1]}/discard`);
    expect((await page({ limit: '200' })).data.map(({ id }) => id)).not.toContain(ids[1]);
  });

  it('of one endpoint, by any form of its id', async () => {
    const { endpoint, add } = await aMerchant();
    const id = await add();
    const uuid = endpoint.slice('whk_'.length);
    for (const form of [endpoint, `webhook_endpoint_${uuid}`, uuid, uuid.toUpperCase()])
      expect(await idsOf(form), form).toEqual([id]);
    expect(await idsOf(`whk_${randomUUID()}`)).toEqual([]);
    for (const bad of ['wdl_1', `wdl_${uuid}`, 'whk_', 'x']) {
      const answer = await api.call(admin, 'GET', `${dlq}?endpoint_id=${bad}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toContain('whk_<uuid>');
    }
  });

  it('come in pages, also those that died in one instant', async () => {
    const { endpoint, accountId, add } = await aMerchant();
    for (let n = 0; n < 5; n += 1) await add();
    await rows(`update deliveries set updated_at = '2026-11-01T00:00:00Z' where account_id = $1`, accountId);
    const whole = await idsOf(endpoint);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next = await page({ endpoint_id: endpoint, limit: '2', ...(cursor ? { cursor } : {}) });
      seen.push(...next.data.map(({ id }) => id));
      cursor = next.next_cursor;
    } while (cursor);
    expect(seen).toEqual(whole);
    expect(whole).toHaveLength(5);
  });

  it('refuse bad limits and cursors of other filters', async () => {
    const { endpoint, add } = await aMerchant();
    for (let n = 0; n < 2; n += 1) await add();
    const { next_cursor: cursor } = await page({ endpoint_id: endpoint, limit: '1' });
    for (const query of ['limit=0', 'limit=201', 'cursor=', `cursor=${cursor}`, 'cursor=garbage', 'limit=1&limit=2']) {
      const answer = await api.call(admin, 'GET', `${dlq}?${query}`);
      expect(answer.statusCode, query).toBe(400);
      expect(answer.json().detail).toMatch(/limit|cursor/);
    }
  });
});

describe('one delivery', () => {
  it('is read by operators, whoever owns it', async () => {
    const { endpoint, add } = await aMerchant('test');
    const id = await add();
    const answer = await api.call(admin, 'GET', `${deliveries}/${id}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id, webhook_id: endpoint, status: 'dlq', last_error: 'HTTP 500' });
  });

  it.each([
    ['GET', `${deliveries}/:id`],
    ['POST', `${deliveries}/:id/replay`],
    ['POST', `${dlq}/:id/requeue`],
    ['POST', `${dlq}/:id/discard`],
  ] as const)('%s %s: 404 unknown, 400 naming the form, 403 for customers', async (method, route) => {
    const at = (id: string) => route.replace(':id', id);
    expect((await api.call(admin, method, at(`wdl_${randomUUID()}`))).statusCode).toBe(404);
    for (const bad of [`whk_${randomUUID()}`, randomUUID(), 'wdl_1']) {
      const answer = await api.call(admin, method, at(bad));
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toContain('wdl_<uuid>');
    }
    const { key, add } = await aMerchant();
    const forbidden = await api.call(key, method, at(await add()));
    expect(forbidden.statusCode).toBe(403);
    expect(forbidden.json().detail).toContain('driftstack_internal_admin');
  });

  it('is replayed with a reason, from any state but in flight', async () => {
    const { accountId, add } = await aMerchant();
    const id = await add('delivered');
    const answer = await post(`${deliveries}/${id}/replay`, { reason: 'merchant lost it' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id, status: 'pending', attempts: 0 });
    const [line] = await rows('select * from audit_log where account_id = $1 order by seq desc limit 1', accountId);
    expect(line).toMatchObject({ action: 'webhook_delivery.replayed', subject: id, reason: 'merchant lost it' });
    expect(line.actor).toMatch(/^key_/);
    expect((await post(`${deliveries}/${await add('in_flight')}/replay`)).statusCode).toBe(409);
  });

  it('is requeued once, and only when it is dead', async () => {
    const { endpoint, add } = await aMerchant();
    const id = await add();
    expect((await post(`${dlq}/${id}/requeue`)).json()).toMatchObject({ id, status: 'pending', attempts: 0 });
    expect(await idsOf(endpoint)).toEqual([]);
    for (const bad of [id, await add('delivered'), await add('in_flight')]) {
      const answer = await post(`${dlq}/${bad}/requeue`);
      expect(answer.statusCode).toBe(409);
      expect(answer.json()).toMatchObject({ resource: 'webhook_delivery', field: 'status' });
    }
  });

  it('is discarded once: it leaves the list and window replays, and stays in the merchant’s log', async () => {
    const { accountId, key, endpoint, add } = await aMerchant();
    const id = await add();
    const answer = await post(`${dlq}/${id}/discard`, { reason: 'endpoint is gone' });
    expect([answer.statusCode, answer.json()]).toEqual([200, { discarded_id: id }]);
    expect(await idsOf(endpoint)).toEqual([]);
    const log = (await api.call(key, 'GET', `${endpoints}/${endpoint}/deliveries`)).json().data;
    expect(log).toMatchObject([{ id, status: 'dlq' }]);
    const window = { body: { since: '2026-01-01T00:00:00Z' } };
    const replayed = await api.call(key, 'POST', `${endpoints}/${endpoint}/replay`, window);
    expect(replayed.json()).toEqual({ replayed: 0 });
    for (const bad of [`${dlq}/${id}/discard`, `${dlq}/${id}/requeue`, `${dlq}/${await add('delivered')}/discard`])
      expect((await post(bad)).statusCode, bad).toBe(409);
    const lines = await rows(
      `select reason from audit_log where account_id = $1 and action = 'webhook_delivery.discarded'`,
      accountId,
    );
    expect(lines).toEqual([{ reason: 'endpoint is gone' }]);
  });

  it('of a disabled endpoint cannot be sent again', async () => {
    const { endpoint, add } = await aMerchant();
    const id = await add();
    await rows(
      `update webhook_endpoints set disabled_at = now(), disabled_reason = 'gone' where id = $1`,
      endpoint.slice('whk_'.length),
    );
    for (const url of [`${dlq}/${id}/requeue`, `${deliveries}/${id}/replay`]) {
      const answer = await post(url);
      expect(answer.statusCode).toBe(409);
      expect(answer.json()).toMatchObject({ resource: 'webhook_endpoint', field: 'disabled_at' });
    }
  });

  it('takes a reason of at most 500 characters', async () => {
    const { add } = await aMerchant();
    const answer = await post(`${dlq}/${await add()}/discard`, { reason: 'x'.repeat(501) });
    expect(answer.statusCode).toBe(400);
    expect(Object.keys(answer.json().issues.fieldErrors)).toEqual(['reason']);
    expect((await post(`${dlq}/${await add()}/discard`, { reason: 'x'.repeat(500) })).statusCode).toBe(200);
  });
});

it('the audit log is a chain that holds', async () => {
  const verdict = await checkedAudit(api.deps.pool, api.deps.keyring);
  expect(verdict.brokenAt).toBeNull();
  expect(verdict.checked).toBeGreaterThan(10);
});
