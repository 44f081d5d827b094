import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

interface Told {
  readonly at: string;
  readonly type?: string;
  readonly mode?: 'live' | 'test';
}

async function tell(
  accountId: string,
  { at, type = 'crypto.order.case.opened', mode = 'test' }: Told,
): Promise<string> {
  const id = randomUUID();
  await api.deps.pool.query(
    `insert into outgoing_events (id, account_id, mode, type, body, created_at) values ($1, $2, $3, $4, $5, $6)`,
    [id, accountId, mode, type, JSON.stringify({ id, type, created_at: at, data: { note: 'ü' } }), at],
  );
  return id;
}

interface Page {
  readonly events: Record<string, string>[];
  readonly next_cursor: string | null;
}

async function pageOf(key: string, query: Record<string, string>): Promise<Page> {
  const answer = await api.call(key, 'GET', `/v1/webhook-events?${new URLSearchParams(query).toString()}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

const since = '2026-11-20T10:00:00.000Z';

describe('the events of an account', () => {
  it('come oldest first, page by page, each with the text that endpoints are sent', async () => {
    const accountId = await api.newAccount();
    const key = await api.newKey({ accountId, mode: 'test' });
    await tell(accountId, { at: '2026-11-20T09:59:59.999Z' });
    const at = ['10:00:00.000', '10:00:01.000', '10:00:01.000', '10:00:02.000', '10:00:03.000'];
    const told = new Set<string>();
    for (const time of at) told.add(await tell(accountId, { at: `2026-11-20T${time}Z` }));
    const seen: Record<string, string>[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = await pageOf(key, {
        created_after: since,
        limit: '2',
        ...(cursor === null ? {} : { cursor }),
      });
      seen.push(...page.events);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen.map(({ created_at }) => created_at!.slice(11, 23))).toEqual(at);
    expect(new Set(seen.map(({ id }) => id))).toEqual(told);
    expect(seen[0]).toEqual({
      id: seen[0]!.id,
      type: 'crypto.order.case.opened',
      order_id: null,
      created_at: '2026-11-20T10:00:00.000Z',
      body: `{"id":"${seen[0]!.id}","type":"crypto.order.case.opened","created_at":"2026-11-20T10:00:00.000Z","data":{"note":"ü"}}`,
    });
  });

  it('are its own, of the mode of the key, and without pings, which are for one endpoint', async () => {
    const [accountId, other] = [await api.newAccount(), await api.newAccount()];
    const at = '2026-11-20T11:00:00Z';
    await tell(other, { at });
    await tell(accountId, { at, mode: 'live' });
    await tell(accountId, { at, type: 'test.ping' });
    const own = await tell(accountId, { at });
    const { events } = await pageOf(await api.newKey({ accountId, mode: 'test' }), { created_after: since });
    expect(events.map(({ id }) => id)).toEqual([own]);
  });

  it('begin somewhere: without created_after, and with a cursor of another beginning, it is 400', async () => {
    const accountId = await api.newAccount();
    const key = await api.newKey({ accountId, mode: 'test' });
    for (const at of ['2026-11-20T12:00:00Z', '2026-11-20T12:00:01Z']) await tell(accountId, { at });
    const { next_cursor: cursor } = await pageOf(key, { created_after: since, limit: '1' });
    const others = ['', `?created_after=2026-11-20T10:00:01Z&limit=1&cursor=${cursor}`];
    for (const query of others) {
      expect((await api.call(key, 'GET', `/v1/webhook-events${query}`)).statusCode).toBe(400);
    }
  });
});
