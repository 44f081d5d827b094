import { afterAll, beforeAll, expect, it } from 'vitest';
import { anEndpoint } from '../../support/an-endpoint.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let admin: string;
let key: string;

beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
  key = await api.newKey();
});
afterAll(() => api.close());

async function audited(): Promise<number> {
  const { rows } = await api.deps.pool.query('select count(*)::int as count from audit_log');
  return rows[0].count;
}

async function leavesNoRow(call: () => ReturnType<TestApp['call']>): Promise<void> {
  const before = await audited();
  const answer = await call();
  expect(answer.statusCode, answer.body).toBeLessThan(300);
  expect(await audited()).toBe(before);
}

it('an account that stays as it was leaves no audit row; one that changes leaves one', async () => {
  const path = `/v1/admin/accounts/acc_${api.accountId}`;
  const change = (body: object) => api.call(admin, 'PATCH', path, { body });
  await change({ name: 'Shop', settings: { rate_limit: 500 }, reason: 'more' });
  await leavesNoRow(() => change({ name: 'Shop', reason: 'again' }));
  await leavesNoRow(() => change({ settings: { rate_limit: 500 } }));
  const before = await audited();
  await change({ settings: { rate_limit: 501 } });
  expect(await audited()).toBe(before + 1);
});

it('an endpoint that stays as it was leaves no audit row; one that changes leaves one', async () => {
  const { id, url } = await anEndpoint(api, key);
  const path = `/v1/webhooks/${id}`;
  const change = (body: object) => api.call(key, 'PATCH', path, { body });
  await leavesNoRow(() => change({ url }));
  await leavesNoRow(() => change({ active: true }));
  await leavesNoRow(() => change({ events: ['crypto.order.paid'] }));
  const before = await audited();
  await change({ description: 'another' });
  expect(await audited()).toBe(before + 1);
});

it('a window in which nothing ended is replayed without an audit row', async () => {
  const { id } = await anEndpoint(api, key);
  const body = { since: '2026-01-01T00:00:00Z' };
  await leavesNoRow(() => api.call(key, 'POST', `/v1/webhooks/${id}/replay`, { body }));
});

it('a note that stays as it was leaves no audit row', async () => {
  const { order_id: id } = await api.placed(key);
  const note = (text: string | null) =>
    api.call(admin, 'PATCH', `/v1/admin/crypto-orders/${id}/internal-note`, { body: { internal_note: text } });
  await leavesNoRow(() => note(null));
  await note('asked the provider');
  await leavesNoRow(() => note('asked the provider'));
});
