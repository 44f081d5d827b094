import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '../../../src/db/support/audit-log.js';
import { sealAudit } from '../../../src/db/support/audit-chain.js';
import { inTransaction } from '../../../src/db/query.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let admin: string;
let otherAccount: string;

beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
  otherAccount = await api.newAccount();
  const entry = { actor: 'key_one', action: 'account.updated', accountId: api.accountId, orderId: null };
  const entries = [
    entry,
    { ...entry, actor: 'key_two', orderId: 'ord_0123456789ab' },
    { ...entry, accountId: otherAccount, action: 'api_key.created', subject: 'key_x', reason: 'asked for' },
    { ...entry, accountId: null, action: 'reconcile.started', before: { a: 1 }, after: { a: 2 }, result: 'moved' },
  ];
  for (const each of entries) await inTransaction(api.deps.pool, (db) => appendAudit(db, each));
  await sealAudit(api.deps.pool, api.deps.keyring, 3);
});
afterAll(() => api.close());

const read = (query: Record<string, string> = {}) =>
  api.call(admin, 'GET', `/v1/admin/audit-log?${new URLSearchParams(query)}`);
const actionsOf = async (query: Record<string, string>) => {
  const answer = await read(query);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().entries.map(({ seq, action }: { seq: number; action: string }) => `${seq} ${action}`);
};

describe('the audit log', () => {
  it('shows each entry whole, newest first, with its place in the chain', async () => {
    const { entries, next_cursor: next } = (await read()).json();
    expect(next).toBeNull();
    expect(entries.map(({ seq }: { seq: number }) => seq)).toEqual([4, 3, 2, 1]);
    // Its place among the sealed ones is the chain's own affair: `seq`, `previous_hash` and `hash` tell it.
    for (const entry of entries) expect(Object.keys(entry)).not.toContain('position');
    expect(entries[0]).toMatchObject({
      actor: 'key_one',
      action: 'reconcile.started',
      account_id: null,
      before: { a: 1 },
      after: { a: 2 },
      result: 'moved',
      previous_hash: null, // not sealed yet
      hash: null,
    });
    expect(entries[1].previous_hash).toBe(entries[2].hash);
    expect(entries[1].hash).toMatch(/^[0-9a-f]{64}$/);
    expect(entries[1]).toMatchObject({ account_id: `acc_${otherAccount}`, subject: 'key_x', reason: 'asked for' });
    expect(entries[2]).toMatchObject({ order_id: 'ord_0123456789ab', reason: null, before: null, result: 'ok' });
  });

  it('is narrowed by action, actor, account and order, together', async () => {
    expect(await actionsOf({ action: 'api_key.created' })).toEqual(['3 api_key.created']);
    expect(await actionsOf({ actor: 'key_two' })).toEqual(['2 account.updated']);
    expect(await actionsOf({ account_id: `acc_${api.accountId}` })).toEqual(['2 account.updated', '1 account.updated']);
    expect(await actionsOf({ order_id: 'ord_0123456789ab' })).toEqual(['2 account.updated']);
    expect(await actionsOf({ account_id: otherAccount, action: 'account.updated' })).toEqual([]);
  });

  it('is walked by pages, whose cursor belongs to its filters', async () => {
    const first = (await read({ limit: '3' })).json();
    expect(first.entries).toHaveLength(3);
    const rest = (await read({ limit: '3', cursor: first.next_cursor })).json();
    expect(rest.entries.map(({ seq }: { seq: number }) => seq)).toEqual([1]);
    expect(rest.next_cursor).toBeNull();
    const other = await read({ cursor: first.next_cursor, actor: 'key_one' });
    expect(other.statusCode).toBe(400);
    expect(other.json().detail).toContain('cursor');
  });

  it.each([{ limit: '201' }, { limit: '0' }, { account_id: 'acc_1' }, { action: '' }])('refuses %j', async (query) => {
    const answer = await read(query);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(Object.keys(query)[0]);
  });
});
