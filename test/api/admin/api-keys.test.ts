import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const base = '/v1/admin/api-keys';
let api: TestApp;
let admin: string;
beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());

const wanted = (over: object = {}) => ({
  account_id: `acc_${api.accountId}`,
  mode: 'live',
  scopes: ['write'],
  name: 'shop',
  ...over,
});
const create = (over: object = {}) => api.call(admin, 'POST', base, { body: wanted(over) });
const orders = (key: string) => api.call(key, 'GET', '/v1/billing/crypto-orders');
const list = async (query = '') => (await api.call(admin, 'GET', `${base}?limit=200${query}`)).json().api_keys;

describe('an API key', () => {
  it('is shown once, works, and is listed by its prefix with its last use', async () => {
    const answer = await create({ reason: 'for the new shop' });
    expect(answer.statusCode).toBe(201);
    const { key, ...shown } = answer.json();
    expect(key).toMatch(/^ds_live_[0-9A-Za-z]{38}$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^key_[0-9a-f-]{36}$/),
      account_id: `acc_${api.accountId}`,
      mode: 'live',
      prefix: key.slice(0, 16),
      scopes: ['write'],
      name: 'shop',
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
      created_at: expect.any(String),
      operator: null,
    });
    expect((await orders(key)).statusCode).toBe(200);
    await eventually(async () => {
      const listed = (await list(`&account_id=${api.accountId}`)).find((each: { id: string }) => each.id === shown.id);
      expect(listed).toEqual({ ...shown, last_used_at: expect.any(String) });
    });
    expect(JSON.stringify(await list())).not.toContain(key);
    const { rows } = await api.deps.pool.query('select action, reason, after from audit_log where subject = $1', [
      shown.id,
    ]);
    expect(rows).toMatchObject([{ action: 'api_key.created', reason: 'for the new shop', after: { name: 'shop' } }]);
    expect(JSON.stringify(rows)).not.toContain(key);
  });

  it('is refused within a second of its revocation, which is audited once', async () => {
    const { id, key } = (await create()).json();
    expect((await orders(key)).statusCode).toBe(200);
    const revoked = await api.call(admin, 'DELETE', `${base}/${id}`);
    expect([revoked.statusCode, revoked.body]).toEqual([204, '']);
    const after = await orders(key);
    expect(after.statusCode).toBe(401);
    expect(after.json().type).toContain('revoked-key');
    expect((await api.call(admin, 'DELETE', `${base}/${id}`)).statusCode).toBe(204);
    const { rows } = await api.deps.pool.query(`select action from audit_log where subject = $1 order by seq`, [id]);
    expect(rows).toEqual([{ action: 'api_key.created' }, { action: 'api_key.revoked' }]);
    const listed = (await list()).find((each: { id: string }) => each.id === id);
    expect(listed.revoked_at).toEqual(expect.any(String));
  });

  it('expires at its instant', async () => {
    const { id, key } = (await create({ expires_at: new Date(Date.now() + 3_600_000).toISOString() })).json();
    expect((await orders(key)).statusCode).toBe(200);
    await api.deps.pool.query(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [
      id.slice(4),
    ]);
    const after = await orders(key);
    expect(after.statusCode).toBe(401);
    expect(after.json().type).toContain('expired-key');
  });

  it('of an operator belongs to no account and opens the admin side only', async () => {
    const answer = await create({ account_id: null, scopes: ['driftstack_internal_admin'] });
    expect(answer.statusCode).toBe(201);
    const { key } = answer.json();
    expect((await api.call(key, 'GET', base)).statusCode).toBe(200);
    expect((await orders(key)).statusCode).toBe(403);
  });

  it('of an operator may hold single rights, and gives none that it does not hold', async () => {
    const answer = await create({ account_id: null, scopes: ['operator:keys', 'operator:read'] });
    expect(answer.statusCode).toBe(201);
    const maker = answer.json().key;
    expect((await api.call(maker, 'GET', base)).statusCode).toBe(200);
    const account = await api.call(maker, 'POST', '/v1/admin/accounts', { body: { name: 'another' } });
    expect(account.statusCode).toBe(403);
    expect(account.json().detail).toContain('operator:accounts, driftstack_internal_admin');
    const asked = async (scopes: string[]) =>
      api.call(maker, 'POST', base, { body: { ...wanted({ scopes }), account_id: null } });
    expect((await asked(['operator:read'])).statusCode).toBe(201);
    for (const scope of ['operator:credentials', 'driftstack_internal_admin']) {
      const refused = await asked([scope]);
      expect(refused.statusCode).toBe(403);
      expect(refused.json().detail).toContain(scope);
    }
    expect((await api.call(maker, 'POST', base, { body: wanted() })).statusCode).toBe(201); // a merchant's
  });

  it('may hold well-formed scopes that open nothing', async () => {
    const { key } = (await create({ scopes: ['future:thing', 'read'] })).json();
    expect((await orders(key)).statusCode).toBe(200);
  });

  it.each([
    [{ account_id: null }, 'account_id'],
    [{ scopes: ['driftstack_internal_admin'] }, 'account_id'],
    [{ scopes: ['operator:read'] }, 'account_id'],
    [{ account_id: `acc_${randomUUID()}` }, 'account_id'],
    [{ mode: 'sandbox' }, 'mode'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['write', 'write'] }, 'scopes'],
    [{ scopes: ['Write!'] }, 'scopes'],
    [{ name: '' }, 'name'],
    [{ name: '  ' }, 'name'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: '2099-01-01' }, 'expires_at'],
  ])('from %j: 400 naming %s', async (over, field) => {
    const answer = await create(over);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toHaveProperty(field);
  });

  it('that nobody knows: 404; by another kind of id: 400; by a customer: 403', async () => {
    expect((await api.call(admin, 'DELETE', `${base}/key_${randomUUID()}`)).statusCode).toBe(404);
    expect((await api.call(admin, 'DELETE', `${base}/${randomUUID()}`)).statusCode).toBe(400);
    expect((await create({ account_id: 'whk_1' })).statusCode).toBe(400);
    const merchant = await api.newKey({ scopes: ['account_owner', 'admin', 'write'] });
    for (const [method, path] of [
      ['GET', ''],
      ['POST', ''],
      ['DELETE', `/key_${randomUUID()}`],
    ] as const)
      expect((await api.call(merchant, method, base + path, { body: {} })).statusCode).toBe(403);
  });
});

describe('the list of keys', () => {
  it('is walked by pages, newest first, and narrowed by account and mode', async () => {
    const accountId = await api.newAccount();
    const made: string[] = [];
    for (const mode of ['live', 'test', 'live']) made.push((await create({ account_id: accountId, mode })).json().id);
    const ids = (keys: { id: string }[]) => keys.map(({ id }) => id);
    expect(ids(await list(`&account_id=acc_${accountId}`))).toEqual([...made].reverse());
    expect(ids(await list(`&account_id=${accountId}&mode=test`))).toEqual([made[1]]);
    const first = (await api.call(admin, 'GET', `${base}?account_id=${accountId}&limit=2`)).json();
    const rest = (
      await api.call(admin, 'GET', `${base}?account_id=${accountId}&limit=2&cursor=${first.next_cursor}`)
    ).json();
    expect([...ids(first.api_keys), ...ids(rest.api_keys)]).toEqual([...made].reverse());
    expect(rest.next_cursor).toBeNull();
    expect((await api.call(admin, 'GET', `${base}?limit=2&cursor=${first.next_cursor}`)).statusCode).toBe(400);
  });
});
