import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleVisitor, operatorAtConsole, type ConsoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let [ada, rea]: ConsoleVisitor[] = [];
beforeAll(async () => {
  api = await testApp();
  ada = await operatorAtConsole(api, 'ada', 'admin');
  rea = await operatorAtConsole(api, 'rea', 'read_only');
});
afterAll(() => api?.close());

const noSettings = {
  provider: '',
  default_pay_currency: '',
  strict_idempotency: '',
  max_unpaid_24h: '',
  max_pending: '',
  max_mints_24h: '',
  min_charge: '',
  rate_limit: '',
};
const audited = async (subject: string) =>
  (
    await api.deps.pool.query('select actor, action, reason, after from audit_log where subject = $1 order by seq', [
      subject,
    ])
  ).rows;

async function newAccount(name: string): Promise<string> {
  await ada!.get('/console/accounts');
  const answer = await ada!.submit('/console/accounts', { name, provider: '', reason: 'signed today' });
  return /^\/console\/accounts\/(acc_[0-9a-f-]{36})$/.exec(answer.headers.location!.toString())![1]!;
}
const newKey = async (who: ConsoleVisitor, form: Record<string, string>) => {
  await who.get('/console/keys');
  return who.submit('/console/keys', { account_id: '', mode: 'live', ends: '', reason: '', ...form });
};
const shown = (html: string) => /shown once: <span class="code prose">([^<]+)</.exec(html)?.[1] ?? '';

describe('the accounts', () => {
  it('are made and listed, with whoever did it in the audit log', async () => {
    const id = await newAccount('Corner <shop>');
    expect((await rea!.get('/console/accounts')).body).toContain(`href="/console/accounts/${id}"`);
    expect((await rea!.get('/console/accounts')).body).toContain('Corner &lt;shop>');
    expect(await audited(id)).toMatchObject([
      { actor: 'operator:ada', action: 'account.created', reason: 'signed today' },
    ]);
  });

  it('are changed: what is left empty takes its default again', async () => {
    const id = await newAccount('Bakery');
    const page = `/console/accounts/${id}`;
    const change = async (form: Record<string, string>) => {
      await ada!.get(page);
      return ada!.submit(page, { back: page, name: 'Bakery', ...noSettings, reason: '', ...form });
    };
    const settings = async () =>
      (await api.deps.pool.query('select settings from accounts where id = $1', [id.slice(4)])).rows[0].settings;
    await change({ min_charge: '0.5', max_pending: '7', strict_idempotency: 'true', provider: 'installation' });
    expect(await settings()).toEqual({
      min_charge: 0.5,
      max_pending: 7,
      strict_idempotency: true,
      provider: 'installation',
    });
    expect((await ada!.get(page)).body).toMatch(/name="max_pending" value="7"/);
    await change({ max_pending: '7' });
    expect(await settings()).toEqual({ max_pending: 7 });
    const wrong = await change({ max_pending: 'many', rate_limit: '0' });
    expect(wrong.headers.location).toBe(page);
    expect((await ada!.get(page)).body).toContain('max_pending: expected a number; rate_limit: ');
    expect(await settings()).toEqual({ max_pending: 7 });
  });

  it('show who may only read their settings, and take no change from him', async () => {
    const id = await newAccount('Florist');
    const page = `/console/accounts/${id}`;
    const { body } = await rea!.get(page);
    expect(body).toContain('Coin, where a checkout names none');
    expect(body).not.toContain('Put in force');
    expect((await rea!.submit(page, { name: 'Mine', ...noSettings, reason: '' })).statusCode).toBe(403);
    expect((await rea!.get('/console/accounts/acc_0198c0de-0000-7000-8000-000000000099')).statusCode).toBe(404);
  });
});

describe('the keys', () => {
  it('of an account: one is shown once, opens what it says, and nothing once it is revoked', async () => {
    const id = await newAccount('Kiosk');
    const { body } = await newKey(ada!, { account_id: id, name: 'till', scopes: 'write' });
    const key = shown(body);
    expect((await api.call(key, 'GET', '/v1/billing/crypto-orders')).statusCode).toBe(200);
    const list = (await rea!.get(`/console/keys?account_id=${id}`)).body;
    expect(list).toContain('till');
    expect(list).not.toContain(key);
    expect(list).not.toContain('Make the key');
    const [, path] = /action="(\/console\/keys\/key_[0-9a-f-]+\/revoke)"/.exec(body)!;
    expect((await rea!.submit(path!)).statusCode).toBe(403);
    await ada!.get('/console/keys');
    await ada!.submit(path!, { back: '/console/keys' });
    expect((await api.call(key, 'GET', '/v1/billing/crypto-orders')).statusCode).toBe(401);
    expect((await audited(path!.split('/')[3]!)).map(({ action }) => action)).toEqual([
      'api_key.created',
      'api_key.revoked',
    ]);
  });

  it('of operators belong to a person, and wait for another as soon as there are two admins', async () => {
    const alone = shown((await newKey(ada!, { name: 'first', scopes: 'operator:read' })).body);
    expect((await api.call(alone, 'GET', '/v1/admin/accounts')).statusCode).toBe(200);
    const bo = await operatorAtConsole(api, 'bo', 'admin');
    const asked = (await newKey(ada!, { name: 'second', scopes: 'driftstack_internal_admin' })).body;
    expect(asked).toContain('It opens nothing before another person has approved it.');
    const key = shown(asked);
    expect((await api.call(key, 'GET', '/v1/admin/accounts')).statusCode).toBe(401);
    const approvals = (await bo.get('/console/approvals')).body;
    expect(approvals).not.toContain(key);
    const [, path] = /action="(\/console\/approvals\/apr_[0-9a-f-]+\/decide)"/.exec(approvals)!;
    await bo.submit(path!, { outcome: 'approve', reason: 'for the night shift' });
    expect((await api.call(key, 'GET', '/v1/admin/accounts')).statusCode).toBe(200);
    expect((await bo.get('/console/keys')).body).toMatch(/second[\s\S]*?ada/);
  });

  it('with a scope of operators are none of an account’s, and the other way about', async () => {
    const id = await newAccount('Stall');
    for (const form of [
      { account_id: id, name: 'x', scopes: 'operator:read' },
      { name: 'x', scopes: 'write' },
      { account_id: id, name: 'x' },
    ]) {
      expect((await newKey(ada!, form as Record<string, string>)).statusCode).toBe(303);
      expect((await ada!.get('/console/keys')).body).toMatch(/class="notice stop"[^>]*>(account_id|scopes): /);
    }
  });
});

it('nobody sees them without a session', async () => {
  for (const path of ['/console/accounts', '/console/keys'])
    expect((await consoleVisitor(api.app).get(path)).headers.location).toContain('/console/login');
});
