import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let admin: string;
beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());

const at = (accountId: string, more = '') => `/v1/admin/accounts/acc_${accountId}/policy${more}`;
const get = (accountId: string) => api.call(admin, 'GET', at(accountId));
const put = (accountId: string, body: object) => api.call(admin, 'PUT', at(accountId), { body });
const dry = (accountId: string, body: object) => api.call(admin, 'POST', at(accountId, '/dry-run'), { body });
const nothing = {
  tolerance_percent: null,
  tolerance_cap_cents: null,
  overpaid: 'case',
  late: null,
  partial_window_minutes: null,
};
const late = { within_minutes: 30, rate_band_percent: '2.5' };

describe('the policy of an account', () => {
  it('is the installation’s until one is set; each change is a version with its author', async () => {
    const id = await api.newAccount();
    expect((await get(id)).json()).toEqual({
      account_id: `acc_${id}`,
      version: 0,
      policy: nothing,
      installation: { tolerance_percent: '1', partial_window_minutes: 10_080 },
      versions: [],
    });
    const first = await put(id, { policy: { tolerance_percent: '2' }, reason: 'fewer cases' });
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ version: 1, policy: { ...nothing, tolerance_percent: '2' } });
    const second = (await put(id, { policy: { late }, expected_version: 1 })).json();
    expect(second).toMatchObject({ version: 2, policy: { ...nothing, late } });
    expect(second.versions).toMatchObject([
      { version: 2, reason: null },
      { version: 1, reason: 'fewer cases', actor: expect.stringMatching(/^key_/) },
    ]);
    expect((await get(id)).json()).toEqual(second);
    const stored = await api.deps.pool.query(
      'select policy from account_policies where account_id = $1 order by version',
      [id],
    );
    expect(stored.rows).toEqual([{ policy: { ...nothing, tolerance_percent: '2' } }, { policy: { ...nothing, late } }]);
    const { rows } = await api.deps.pool.query(
      `select action, before, after from audit_log where account_id = $1 order by seq`,
      [id],
    );
    expect(rows).toMatchObject([
      { action: 'account.policy_changed', before: { version: 0 }, after: { version: 1 } },
      { action: 'account.policy_changed', before: { version: 1 }, after: { version: 2, policy: { late } } },
    ]);
  });

  it('said again is no new version; over one that is not in force: 409', async () => {
    const id = await api.newAccount();
    await put(id, { policy: { overpaid: 'keep' } });
    expect((await put(id, { policy: { overpaid: 'keep' } })).json().version).toBe(1);
    const stale = await put(id, { policy: {}, expected_version: 0 });
    expect(stale.statusCode).toBe(409);
    expect(stale.json()).toMatchObject({ resource: 'account_policy', field: 'version' });
    expect((await get(id)).json().version).toBe(1);
  });

  it('changed twenty times at once has twenty versions', async () => {
    const id = await api.newAccount();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => put(id, { policy: { tolerance_cap_cents: n } })),
    );
    expect(answers.map((answer) => answer.json().version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
  });

  it.each([
    [{}],
    [{ policy: [] }],
    [{ policy: { tolerance_percent: 1 } }],
    [{ policy: { tolerance_percent: '-1' } }],
    [{ policy: { tolerance_percent: '50.1' } }],
    [{ policy: { tolerance_percent: '1e1' } }],
    [{ policy: { tolerance_cap_cents: 0.5 } }],
    [{ policy: { overpaid: 'refund' } }],
    [{ policy: { late: { within_minutes: 30 } } }],
    [{ policy: { late: { within_minutes: 0, rate_band_percent: '1' } } }],
    [{ policy: { late: { ...late, rate_band_percent: '101' } } }],
    [{ policy: { partial_window_minutes: 0 } }],
    [{ policy: { tolerance: '1' } }],
  ])('from %j: 400 naming policy, also for a dry run', async (body) => {
    for (const answer of [await put(api.accountId, body), await dry(api.accountId, body)]) {
      expect(answer.statusCode).toBe(400);
      expect(answer.json().issues.fieldErrors).toHaveProperty('policy');
    }
  });

  it('of nobody: 404; by another id: 400; to a customer: 403', async () => {
    const merchant = await api.newKey({ scopes: ['account_owner', 'admin', 'write'] });
    const body = { policy: {} };
    for (const [method, more] of [
      ['GET', ''],
      ['PUT', ''],
      ['POST', '/dry-run'],
    ] as const) {
      const options = method === 'GET' ? {} : { body };
      expect((await api.call(admin, method, at(randomUUID(), more), options)).statusCode).toBe(404);
      expect((await api.call(admin, method, `/v1/admin/accounts/whk_1/policy${more}`, options)).statusCode).toBe(400);
      expect((await api.call(merchant, method, at(api.accountId, more), options)).statusCode).toBe(403);
    }
  });
});

describe('a dry run', () => {
  it('over an account without money finds nothing to change', async () => {
    const id = await api.newAccount();
    const key = await api.newKey({ accountId: id });
    await api.placed(key);
    expect((await dry(id, { policy: { late } })).json()).toMatchObject({
      orders: 1,
      with_money: 0,
      changed: 0,
      changes: [],
      changes_truncated: false,
      current: { version: 0, overpaid_cases: 0 },
    });
    expect((await dry(id, { policy: {}, mode: 'test' })).json()).toMatchObject({ orders: 0 });
  });

  it.each([[{ days: 0 }], [{ days: 93 }], [{ days: 1.5 }], [{ mode: 'both' }]])('of %j: 400', async (over) => {
    expect((await dry(api.accountId, { policy: {}, ...over })).statusCode).toBe(400);
  });
});
