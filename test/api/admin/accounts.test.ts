import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkedAudit } from '../../support/audit-chain.js';
import { credentialsFor, credentialsOf } from '../../../src/db/secrets/provider-credentials.js';
import { day } from '../../../src/domain/timing.js';
import { keyLabel } from '../../../src/gateway/provider-account.js';
import { eventually } from '../../support/eventually.js';
import { guideBody, testApp, type TestApp } from '../../support/test-app.js';

const base = '/v1/admin/accounts';
const defaults = {
  provider: 'own',
  default_pay_currency: 'usdttrc20',
  strict_idempotency: false,
  max_unpaid_24h: 10_000,
  max_pending: 1_000,
  max_mints_24h: 10_000,
  min_charge: 20,
  rate_limit: 1_000,
};
let api: TestApp;
let admin: string;
beforeAll(async () => {
  api = await testApp({ hasProvider: async ({ mode, provider }) => mode === 'test' && provider === 'installation' });
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());

type Method = Parameters<TestApp['call']>[1];
const ask = (method: Method, path = '', body?: object) =>
  api.call(admin, method, base + path, body === undefined ? {} : { body });
const created = async (body: object = { name: 'Shop' }) => (await ask('POST', '', body)).json();
const audits = async (subject: string) =>
  (
    await api.deps.pool.query('select action, reason, before, after from audit_log where subject = $1 order by seq', [
      subject,
    ])
  ).rows;

describe('an account', () => {
  it('is created with defaults, read by either form of its id, and audited', async () => {
    const answer = await ask('POST', '', { name: 'Shop', settings: { max_pending: 5 }, reason: 'new customer' });
    expect(answer.statusCode).toBe(201);
    const account = answer.json();
    expect(account).toEqual({
      id: expect.stringMatching(/^acc_[0-9a-f-]{36}$/),
      name: 'Shop',
      settings: { ...defaults, max_pending: 5 },
      provider: { live: 'stub', test: 'stub' },
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    for (const id of [account.id, account.id.slice(4), account.id.slice(4).toUpperCase()])
      expect((await ask('GET', `/${id}`)).json()).toEqual(account);
    expect(await audits(account.id)).toEqual([
      {
        action: 'account.created',
        reason: 'new customer',
        before: null,
        after: { name: 'Shop', settings: { max_pending: 5 } },
      },
    ]);
  });

  it('keeps what a change does not name; null takes a setting back to its default', async () => {
    const { id } = await created({ name: 'Shop', settings: { max_pending: 5, min_charge: 0 } });
    const changed = await ask('PATCH', `/${id}`, { settings: { min_charge: 1.5, max_pending: null } });
    expect(changed.statusCode).toBe(200);
    expect(changed.json()).toMatchObject({ name: 'Shop', settings: { ...defaults, min_charge: 1.5 } });
    expect((await ask('PATCH', `/${id}`, { name: 'Boutique' })).json()).toMatchObject({
      name: 'Boutique',
      settings: { min_charge: 1.5 },
    });
    expect((await audits(id)).slice(1)).toMatchObject([
      {
        action: 'account.updated',
        before: { settings: { max_pending: 5, min_charge: 0 } },
        after: { settings: { min_charge: 1.5 } },
      },
      { action: 'account.updated', before: { name: 'Shop' }, after: { name: 'Boutique' } },
    ]);
  });

  it('is used by its keys with the new settings at once', async () => {
    const { id } = await created({ name: 'Shop', settings: { provider: 'installation' } });
    const key = await api.newKey({ accountId: id.slice(4), mode: 'test' });
    expect((await api.placed(key)).provider).toBe('nowpayments');
    await ask('PATCH', `/${id}`, { settings: { min_charge: 50 } });
    expect((await api.placed(key)).provider).toBe('stub');
    await ask('PATCH', `/${id}`, { settings: { max_pending: 1 } });
    await eventually(async () => {
      const refused = await api.call(key, 'POST', '/v1/billing/crypto-checkout', { body: guideBody });
      expect(refused.statusCode).toBe(409); // room that was counted before the change is good for two seconds
      expect(refused.json()).toMatchObject({ field: 'status', limit: 1 });
    });
  });

  it("mints with the installation's pair only when it is told to; who told it is on record", async () => {
    const { id, provider } = await created();
    expect(provider).toEqual({ live: 'stub', test: 'stub' });
    const key = await api.newKey({ accountId: id.slice(4), mode: 'test' });
    expect(await api.placed(key)).toMatchObject({ provider: 'stub', payment_address: null });
    const change = { settings: { provider: 'installation' }, reason: 'our own shop' };
    expect((await ask('PATCH', `/${id}`, change)).json()).toMatchObject({
      settings: { provider: 'installation' },
      provider: { live: 'stub', test: 'installation' },
    });
    expect((await api.placed(key)).provider).toBe('nowpayments');
    expect((await audits(id)).slice(1)).toMatchObject([
      { action: 'account.updated', reason: 'our own shop', after: { settings: { provider: 'installation' } } },
    ]);
    expect((await ask('PATCH', `/${id}`, { settings: { provider: null } })).json().provider.test).toBe('stub');
    expect((await api.placed(key)).provider).toBe('stub');
    expect((await ask('PATCH', `/${id}`, { settings: { provider: 'theirs' } })).statusCode).toBe(400);
  });

  it('without credentials anywhere gets stub orders, as the guide says', async () => {
    const { id } = await created();
    const key = await api.newKey({ accountId: id.slice(4) });
    expect(await api.placed(key)).toMatchObject({ provider: 'stub', payment_address: null, pay_amount: null });
  });

  it.each([
    [{}, 'name'],
    [{ name: '' }, 'name'],
    [{ name: ' ' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ name: 'x', settings: { max_pending: -1 } }, 'settings'],
    [{ name: 'x', settings: { max_pending: 1.5 } }, 'settings'],
    [{ name: 'x', settings: { max_pending: '5' } }, 'settings'],
    [{ name: 'x', settings: { default_pay_currency: 'usdt trc' } }, 'settings'],
    [{ name: 'x', settings: { rate_limit: 0 } }, 'settings'],
    [{ name: 'x', settings: { max_mony: 5 } }, 'settings'],
    [{ name: 'x', settings: [] }, 'settings'],
    [{ name: 'x', reason: 'y'.repeat(501) }, 'reason'],
  ])('from %j: 400 naming %s', async (body, field) => {
    const answer = await ask('POST', '', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toHaveProperty(field);
  });

  it('that nothing changes: 400; that nobody knows: 404; by a wrong id: 400', async () => {
    const { id } = await created();
    expect((await ask('PATCH', `/${id}`, {})).statusCode).toBe(400);
    expect((await ask('PATCH', `/${id}`, { reason: 'none' })).statusCode).toBe(400);
    for (const [path, status] of [
      [`/acc_${randomUUID()}`, 404],
      ['/whk_1', 400],
      ['/%20', 400],
    ] as const) {
      expect((await ask('GET', path)).statusCode).toBe(status);
      expect((await ask('PATCH', path, { name: 'x' })).statusCode).toBe(status);
    }
  });

  it('is the business of operators only', async () => {
    const { id } = await created();
    const merchant = await api.newKey({ accountId: id.slice(4), scopes: ['account_owner', 'admin', 'write'] });
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${id}`],
      ['PATCH', `/${id}`],
      ['PUT', `/${id}/provider-credentials`],
    ] as const)
      expect((await api.call(merchant, method, base + path, { body: {} })).statusCode, `${method} ${path}`).toBe(403);
  });
});

describe('the list of accounts', () => {
  it('is walked by pages, newest first, each once', async () => {
    const made = [];
    for (let n = 0; n < 5; n += 1) made.push((await created({ name: `Shop ${n}` })).id);
    const walked: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await ask('GET', `?limit=2${cursor}`)).json();
      walked.push(...page.accounts.map((each: { id: string }) => each.id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(walked.slice(0, 5)).toEqual([...made].reverse());
    expect(new Set(walked).size).toBe(walked.length);
    expect((await ask('GET', '?cursor=garbage')).statusCode).toBe(400);
    expect((await ask('GET', '?limit=201')).statusCode).toBe(400);
  });
});

describe('provider credentials', () => {
  const pair = { mode: 'live', api_key: ' NP-KEY-1 ', ipn_secret: 'ipn-secret-1' };

  it('are written, sealed, and never shown again; the old pair stays beside the new', async () => {
    const { id } = await created({ name: 'Shop', settings: { provider: 'installation' } });
    const uuid = id.slice(4);
    const put = (body: object) => ask('PUT', `/${id}/provider-credentials`, body);
    const first = await put({ ...pair, email: 'shop@example.com', password: 'secret pass', payout_coin: 'BTC' });
    expect([first.statusCode, first.body]).toEqual([204, '']);
    expect((await put({ ...pair, api_key: 'NP-KEY-2', ipn_secret: 'ipn-secret-2' })).statusCode).toBe(204);

    const { pool, keyring } = api.deps;
    expect(await credentialsFor(pool, keyring, { accountId: uuid, mode: 'live', keyLabel: null })).toMatchObject({
      apiKey: 'NP-KEY-2',
      ipnSecret: 'ipn-secret-2',
      email: null,
      retiredAt: null,
    });
    const old = { accountId: uuid, mode: 'live', keyLabel: keyLabel('NP-KEY-1') } as const;
    expect(await credentialsFor(pool, keyring, old)).toMatchObject({
      apiKey: 'NP-KEY-1',
      email: 'shop@example.com',
      password: 'secret pass',
      payoutCoin: 'btc',
      retiredAt: expect.any(String),
    });
    const heard = async () => {
      const pairs = await credentialsOf(pool, keyring, { accountId: uuid, retiredWithinMs: 15 * day });
      return pairs.map(({ ipnSecret }) => ipnSecret).sort();
    };
    expect(await heard()).toEqual(['ipn-secret-1', 'ipn-secret-2']);
    await pool.query(
      `update provider_credentials set retired_at = now() - interval '16 days' where retired_at is not null`,
    );
    expect(await heard()).toEqual(['ipn-secret-2']); // what it minted is over; it still reads that
    expect(await credentialsFor(pool, keyring, old)).toMatchObject({ apiKey: 'NP-KEY-1' });
    expect((await ask('GET', `/${id}`)).json().provider).toEqual({ live: 'own', test: 'installation' });

    const stored = await pool.query('select * from provider_credentials');
    const seen = JSON.stringify([
      stored.rows,
      await audits(id),
      (await ask('GET', `/${id}`)).json(),
      (await ask('GET')).json(),
      api.logged,
    ]);
    for (const secret of ['NP-KEY', 'ipn-secret', 'secret pass', 'shop@example.com'])
      expect(seen).not.toContain(secret);
    expect((await audits(id)).slice(1)).toMatchObject([
      {
        action: 'account.credentials_replaced',
        before: { key_label: null },
        after: { key_label: keyLabel('NP-KEY-1') },
      },
      {
        action: 'account.credentials_replaced',
        before: { key_label: keyLabel('NP-KEY-1') },
        after: { with_login: false },
      },
    ]);
  });

  it('open in no other column, pair or account than the one they were sealed for', async () => {
    const { id } = await created();
    const another = await created();
    const login = { email: 'shop@example.com', password: 'secret pass' };
    for (const each of [id, another.id]) await ask('PUT', `/${each}/provider-credentials`, { ...pair, ...login });
    await ask('PUT', `/${id}/provider-credentials`, { ...pair, api_key: 'NP-KEY-2' });
    const { pool, keyring } = api.deps;
    const current = { accountId: id.slice(4), mode: 'live', keyLabel: null } as const;
    const swaps = [
      'api_key_sealed = ipn_secret_sealed, ipn_secret_sealed = api_key_sealed',
      'email_sealed = api_key_sealed',
      `ipn_secret_sealed = (select ipn_secret_sealed from provider_credentials where account_id = $2)`,
      `ipn_secret_sealed = (select ipn_secret_sealed from provider_credentials where account_id = $1 and retired_at is not null)`,
    ];
    for (const swap of swaps) {
      const { rows } = await pool.query(
        'select * from provider_credentials where account_id = $1 and retired_at is null',
        [current.accountId],
      );
      await pool.query(
        `update provider_credentials set ${swap} where account_id = $1 and retired_at is null and $2::uuid is not null`,
        [current.accountId, another.id.slice(4)],
      );
      await expect(credentialsFor(pool, keyring, current), swap).rejects.toThrow();
      await pool.query(
        `update provider_credentials set api_key_sealed = $2, ipn_secret_sealed = $3, email_sealed = $4
         where account_id = $1 and retired_at is null`,
        [current.accountId, rows[0].api_key_sealed, rows[0].ipn_secret_sealed, rows[0].email_sealed],
      );
    }
    expect(await credentialsFor(pool, keyring, current)).toMatchObject({ apiKey: 'NP-KEY-2' });
  });

  it('of the same key replace its secrets and stay the current ones', async () => {
    const { id } = await created();
    for (const secret of ['one', 'two'])
      await ask('PUT', `/${id}/provider-credentials`, { ...pair, ipn_secret: secret });
    const rows = await credentialsOf(api.deps.pool, api.deps.keyring, { accountId: id.slice(4), retiredWithinMs: day });
    expect(rows).toMatchObject([{ ipnSecret: 'two', retiredAt: null }]);
  });

  it.each([
    [{ ...pair, mode: 'both' }, 'mode'],
    [{ ...pair, api_key: ' ' }, 'api_key'],
    [{ ...pair, api_key: 'with blank' }, 'api_key'],
    [{ mode: 'live', api_key: 'k' }, 'ipn_secret'],
    [{ ...pair, ipn_secret: '' }, 'ipn_secret'],
    [{ ...pair, email: 'shop@example.com' }, 'password'],
    [{ ...pair, email: 'nobody', password: 'x' }, 'email'],
    [{ ...pair, email: `${'a'.repeat(65)}@example.com`, password: 'x' }, 'email'],
    [{ ...pair, payout_coin: 'b' }, 'payout_coin'],
  ])('%#: 400 naming %s', async (body, field) => {
    const { id } = await created();
    const answer = await ask('PUT', `/${id}/provider-credentials`, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toHaveProperty(field);
    expect(answer.body).not.toContain('NP-KEY');
  });

  it('of nobody: 404', async () => {
    expect((await ask('PUT', `/acc_${randomUUID()}/provider-credentials`, pair)).statusCode).toBe(404);
  });

  it('and all other changes leave the chain of the audit log whole', async () => {
    expect((await checkedAudit(api.deps.pool, api.deps.keyring)).brokenAt).toBeNull();
  });
});
