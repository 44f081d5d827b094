import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryStatus } from '../../../src/domain/delivery.js';
import { anEndpoint, endpoints, someDeliveries } from '../../support/an-endpoint.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const ended: DeliveryStatus[] = ['delivered', 'failed', 'dlq'];
let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

type Delivery = Record<string, unknown> & { id: string; created_at: string };
const rows = async (sql: string, ...values: unknown[]) => (await api.deps.pool.query(sql, values)).rows;

async function aMerchant() {
  const accountId = await api.newAccount();
  const key = await api.newKey({ accountId });
  const { id } = await anEndpoint(api, key);
  const log = `${endpoints}/${id}/deliveries`;
  const page = async (query: Record<string, string> = {}) => {
    const answer = await api.call(key, 'GET', `${log}?${new URLSearchParams(query)}`);
    expect(answer.statusCode).toBe(200);
    return answer.json<{ data: Delivery[]; has_more: boolean; next_cursor: string | null }>();
  };
  const add = (status: DeliveryStatus, over: { attempts?: number; at?: string } = {}) =>
    someDeliveries(api.deps.pool, { accountId, status, ...over }).then(([first]) => first!);
  const replay = (deliveryId: string) => api.call(key, 'POST', `/v1/webhook-deliveries/${deliveryId}/replay`);
  const replayWindow = (body: object) => api.call(key, 'POST', `${endpoints}/${id}/replay`, { body });
  const endpoint = id!;
  return { accountId, key, endpoint, log, page, add, replay, replayWindow };
}

const disable = (endpoint: string) =>
  rows(
    `update webhook_endpoints set disabled_at = now(), disabled_reason = 'gone' where id = $1`,
    endpoint.slice('whk_'.length),
  );

describe('the log of an endpoint', () => {
  it('shows each delivery with its last answer', async () => {
    const { endpoint, page, add } = await aMerchant();
    const id = await add('dlq');
    const { data, has_more, next_cursor } = await page();
    expect([data.length, has_more, next_cursor]).toEqual([1, false, null]);
    const { event_id, created_at, ...rest } = data[0]!;
    expect(event_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(Date.parse(created_at)).toBeGreaterThan(Date.now() - 60_000);
    expect(rest).toEqual({
      id,
      webhook_id: endpoint,
      event_type: 'crypto.order.paid',
      status: 'dlq',
      attempts: 12,
      next_attempt_at: null,
      last_response_status: 500,
      last_response_excerpt: 'no',
      last_error: 'HTTP 500',
      delivered_at: null,
    });
  });

  it('comes newest first in pages of at most 100, none twice, also during writes', async () => {
    const { page, add } = await aMerchant();
    for (let n = 0; n < 7; n += 1) await add('dlq', n < 3 ? { at: '2026-11-01T00:00:00.000Z' } : {});
    const whole = (await page({ limit: '100' })).data.map(({ id }) => id);
    const seen: string[][] = [];
    let cursor: string | null = null;
    do {
      const next = await page({ limit: '3', ...(cursor ? { cursor } : {}) });
      seen.push(next.data.map(({ id }) => id));
      expect(next.has_more).toBe(next.next_cursor !== null);
      cursor = next.next_cursor;
      await add('delivered');
    } while (cursor);
    expect(seen.map((ids) => ids.length)).toEqual([3, 3, 1]);
    expect(seen.flat()).toEqual(whole);
  });

  it('filters by status, and counts what ended in the endpoint', async () => {
    const { key, endpoint, page, add } = await aMerchant();
    for (const status of ['pending', 'in_flight', 'delivered', 'delivered', 'dlq'] as const) await add(status);
    const counts = async (status: string) => (await page({ status })).data.length;
    expect([await counts('pending'), await counts('delivered'), await counts('dlq')]).toEqual([1, 2, 1]);
    expect([await counts('failed'), await counts('in_flight')]).toEqual([0, 1]);
    const { delivery_counts } = (await api.call(key, 'GET', `${endpoints}/${endpoint}`)).json();
    expect(delivery_counts).toEqual({ delivered: 2, failed: 0, dlq: 1 });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e2', 'limit'],
    ['status=dead', 'status'],
    ['cursor=', 'cursor'],
  ])('refuses %s, naming it', async (query, field) => {
    const { key, log } = await aMerchant();
    const answer = await api.call(key, 'GET', `${log}?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(Object.keys(answer.json().issues.fieldErrors)).toEqual([field]);
  });

  it('takes a cursor back only in the list, for the account and with the filters it was made for', async () => {
    const { key, log, page, add } = await aMerchant();
    for (let n = 0; n < 3; n += 1) await add('dlq');
    const { next_cursor: cursor } = await page({ limit: '1' });
    const other = await aMerchant();
    const { id: sibling } = await anEndpoint(api, key);
    const refused = [
      [key, `${log}?cursor=garbage`],
      [key, `${log}?cursor=${cursor!.slice(0, -3)}AAA`],
      [key, `${log}?cursor=${'x'.repeat(600)}`],
      [key, `${log}?cursor=${cursor}&status=dlq`],
      [key, `${endpoints}/${sibling}/deliveries?cursor=${cursor}`],
      [other.key, `${other.log}?cursor=${cursor}`],
      [key, `/v1/billing/crypto-orders?cursor=${cursor}`],
    ] as const;
    for (const [caller, url] of refused) {
      const answer = await api.call(caller, 'GET', url);
      expect(answer.statusCode, url).toBe(400);
      expect(answer.json().type).toBe('https://errors.driftstack.dev/bad-request');
      expect(answer.json().detail).toContain('cursor');
    }
    expect((await page({ limit: '2', cursor: cursor! })).data).toHaveLength(2); // the limit is not bound
  });
});

describe('replaying one delivery', () => {
  it.each(['pending', 'delivered', 'dlq'] as const)('of status %s starts its attempts again', async (status) => {
    const { accountId, page, add, replay } = await aMerchant();
    const id = await add(status);
    const before = (await page()).data[0]!;
    const answer = await replay(id);
    expect(answer.statusCode).toBe(200);
    const after = answer.json();
    expect(after).toMatchObject({ id, event_id: before['event_id'], status: 'pending', attempts: 0 });
    expect(after).toMatchObject({ delivered_at: null, last_error: null });
    expect(Date.parse(after.next_attempt_at)).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await page()).data).toEqual([after]);
    const log = await rows(
      `select subject, before, after from audit_log where account_id = $1 and action = 'webhook_delivery.replayed'`,
      accountId,
    );
    expect(log).toEqual([{ subject: id, before: { status, attempts: 12 }, after: { status: 'pending', attempts: 0 } }]);
  });

  it('that is in flight is a conflict', async () => {
    const { page, add, replay } = await aMerchant();
    const answer = await replay(await add('in_flight', { attempts: 1 }));
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ resource: 'webhook_delivery', field: 'status' });
    expect(answer.json().detail).toContain('in_flight');
    expect((await page()).data[0]).toMatchObject({ status: 'in_flight', attempts: 1 });
  });

  it('of a disabled endpoint is a conflict; of a paused one it waits', async () => {
    const { key, endpoint, add, replay } = await aMerchant();
    const id = await add('dlq');
    await api.call(key, 'PATCH', `${endpoints}/${endpoint}`, { body: { active: false } });
    expect((await replay(id)).json()).toMatchObject({ status: 'pending', next_attempt_at: null });
    await disable(endpoint);
    const answer = await replay(id);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ resource: 'webhook_endpoint', field: 'disabled_at' });
  });

  it('takes only ids of deliveries, and only the own ones', async () => {
    const { accountId, endpoint, replay } = await aMerchant();
    const other = await aMerchant();
    const foreign = await other.add('dlq');
    await anEndpoint(api, await api.newKey({ accountId, mode: 'test' }));
    const [otherMode] = await someDeliveries(api.deps.pool, { accountId, mode: 'test' });
    const answers = [await replay(`wdl_${randomUUID()}`), await replay(foreign), await replay(otherMode!)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
    const [unknown, ...rest] = answers.map((answer) => ({ ...answer.json(), instance: '' }));
    for (const body of rest) expect(body).toEqual(unknown);
    expect((await other.page()).data[0]).toMatchObject({ status: 'dlq' });
    for (const id of [endpoint, randomUUID(), 'wdl_1']) {
      const answer = await replay(id);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toContain('wdl_<uuid>');
    }
  });
});

describe('replaying a window', () => {
  const since = '2026-11-01T00:00:00.000Z';
  const until = '2026-11-02T00:00:00.000Z';

  const insertDead = ({ accountId, endpoint }: { accountId: string; endpoint: string }, count: number) =>
    rows(
      `with made as (
         insert into outgoing_events (id, account_id, mode, type, body, created_at)
         select gen_random_uuid(), $1, 'live', 'crypto.order.paid', '{}', $3 from generate_series(1, $4::int) returning id)
       insert into deliveries (id, event_id, endpoint_id, account_id, mode, status, created_at, updated_at)
       select gen_random_uuid(), id, $2, $1, 'live', 'dlq', $3, $3 from made`,
      accountId,
      endpoint.slice('whk_'.length),
      since,
      count,
    );

  /** One delivery of each status, inside the window. */
  async function oneOfEach() {
    const merchant = await aMerchant();
    const all: DeliveryStatus[] = ['pending', 'in_flight', ...ended];
    for (const status of all) await merchant.add(status, { at: since });
    const statuses = async () =>
      (await rows('select status from deliveries where account_id = $1', merchant.accountId)).map((row) => row.status);
    return { ...merchant, statuses };
  }

  it.each([
    [undefined, 1, ['delivered', 'failed', 'in_flight', 'pending', 'pending']],
    ['dlq', 1, ['delivered', 'failed', 'in_flight', 'pending', 'pending']],
    ['delivered', 1, ['dlq', 'failed', 'in_flight', 'pending', 'pending']],
    ['all', 3, ['in_flight', 'pending', 'pending', 'pending', 'pending']],
  ] as const)('of status %s sends %i again', async (status, replayed, left) => {
    const { accountId, replayWindow, statuses } = await oneOfEach();
    const answer = await replayWindow({ since, until, ...(status ? { status } : {}) });
    expect([answer.statusCode, answer.json()]).toEqual([202, { replayed }]);
    expect((await statuses()).sort()).toEqual(left);
    const [line] = await rows(`select after from audit_log where account_id = $1 order by seq desc limit 1`, accountId);
    expect(line.after).toMatchObject({ since, until, replayed });
  });

  it('takes since in and leaves until out; until is now when it is not said', async () => {
    const { add, replayWindow } = await aMerchant();
    await add('dlq', { at: '2026-11-01T00:00:00.000Z' });
    await add('dlq', { at: '2026-11-02T00:00:00.000Z' });
    const day = { since: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' };
    expect((await replayWindow(day)).json()).toEqual({ replayed: 1 });
    expect((await replayWindow({ since: '2026-11-02T01:00:00+01:00' })).json()).toEqual({ replayed: 1 });
    expect((await replayWindow({ since: '2026-11-01T00:00:00Z' })).json()).toEqual({ replayed: 0 });
  });

  it('takes more deliveries than a batch holds, in one call', async () => {
    const { accountId, endpoint, replayWindow } = await aMerchant();
    await insertDead({ accountId, endpoint }, 5_003);
    expect((await replayWindow({ since, until })).json()).toEqual({ replayed: 5_003 });
    const left = await rows(`select 1 from deliveries where account_id = $1 and status <> 'pending'`, accountId);
    expect(left).toEqual([]);
  });

  it('sends them one after the other, fifty a second: the server may be a stranger’s', async () => {
    const { accountId, endpoint, replayWindow } = await aMerchant();
    await insertDead({ accountId, endpoint }, 5_003);
    await replayWindow({ since, until });
    const [pace] = await rows(
      `select count(distinct next_attempt_at)::int as instants,
         extract(epoch from max(next_attempt_at) - min(next_attempt_at))::float8 as seconds
       from deliveries where account_id = $1`,
      accountId,
    );
    expect(pace.instants).toBeGreaterThanOrEqual(5_000); // two batches, each with a now of its own
    expect(pace.seconds).toBeGreaterThanOrEqual(100);
  });

  it('of more than 10,000 deliveries is refused, and nothing of it is sent', async () => {
    const { accountId, endpoint, replayWindow } = await aMerchant();
    await insertDead({ accountId, endpoint }, 10_001);
    const answer = await replayWindow({ since, until });
    expect([answer.statusCode, Object.keys(answer.json().issues.fieldErrors)]).toEqual([400, ['since']]);
    expect(await rows(`select 1 from deliveries where account_id = $1 and status <> 'dlq'`, accountId)).toEqual([]);
  });

  it.each<[object, string]>([
    [{}, 'since'],
    [{ since: 'yesterday' }, 'since'],
    [{ since: '2026-11-01T00:00:00' }, 'since'],
    [{ since: until, until: since }, 'until'],
    [{ since, until: since }, 'until'],
    [{ since: '2999-01-01T00:00:00Z' }, 'since'],
    [{ since, status: 'pending' }, 'status'],
  ])('refuses %j, naming %s', async (body, field) => {
    const { replayWindow } = await aMerchant();
    const answer = await replayWindow(body);
    expect(answer.statusCode).toBe(400);
    expect(Object.keys(answer.json().issues.fieldErrors)).toEqual([field]);
  });

  it('is refused by a paused, a disabled and a deleted endpoint', async () => {
    const { key, endpoint, add, replayWindow } = await aMerchant();
    await add('dlq', { at: since });
    const said = async () => {
      const answer = await replayWindow({ since });
      expect([answer.statusCode, answer.json().type]).toEqual([400, 'https://errors.driftstack.dev/bad-request']);
      return answer.json().detail;
    };
    await api.call(key, 'PATCH', `${endpoints}/${endpoint}`, { body: { active: false } });
    expect(await said()).toContain('paused');
    await disable(endpoint);
    expect(await said()).toContain('disabled');
    await api.call(key, 'DELETE', `${endpoints}/${endpoint}`);
    expect(await said()).toContain('deleted');
  });
});

it.each(['read', 'read:webhooks'])('a %s key reads the log and replays nothing', async (scope) => {
  const { accountId, log, endpoint, add } = await aMerchant();
  const id = await add('dlq');
  const reader = await api.newKey({ accountId, scopes: [scope] });
  expect((await api.call(reader, 'GET', log)).json().data).toHaveLength(1);
  const one = await api.call(reader, 'POST', `/v1/webhook-deliveries/${id}/replay`);
  const window = await api.call(reader, 'POST', `${endpoints}/${endpoint}/replay`, {
    body: { since: '2026-01-01T00:00:00Z' },
  });
  expect([one.statusCode, window.statusCode]).toEqual([403, 403]);
});
