import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentPairs } from '../../../src/db/secrets/provider-credentials.js';
import { operatorAtConsole, type ConsoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let [ada, bo, mira]: ConsoleVisitor[] = [];
beforeAll(async () => {
  api = await testApp({ settings: { fourEyesAbove: { cents: 100_000, currency: 'USD' } } });
  ada = await operatorAtConsole(api, 'ada', 'admin');
  bo = await operatorAtConsole(api, 'bo', 'admin');
  mira = await operatorAtConsole(api, 'mira', 'support');
});
afterAll(() => api?.close());

const pathOf = (accountId: string, more = '') => `/console/accounts/acc_${accountId}${more}`;
const noticeAt = async (who: ConsoleVisitor, path: string) =>
  /<p class="notice \w+"[^>]*>([^<]*)</.exec((await who.get(path)).body)?.[1] ?? '';

async function approved(subject: string): Promise<string> {
  const { body } = await bo!.get('/console/approvals');
  const [, id] = new RegExp(`${subject}[\\s\\S]*?/console/approvals/(apr_[0-9a-f-]+)/decide`).exec(body)!;
  await bo!.submit(`/console/approvals/${id}/decide`, { outcome: 'approve', reason: 'agreed' });
  return body;
}

describe('the credentials of an account', () => {
  const pair = { mode: 'live', api_key: 'KEY-one-two-three', ipn_secret: 'a-secret' };
  const nothing = { email: '', password: '', payout_coin: '', reason: '' };
  const put = async (accountId: string, form: Record<string, string>, who = ada!) => {
    await who.get(pathOf(accountId));
    return who.submit(pathOf(accountId, '/credentials'), { back: pathOf(accountId), ...nothing, ...pair, ...form });
  };
  const labels = async (accountId: string) =>
    (await currentPairs(api.deps.pool, [accountId])).map(({ mode, keyLabel }) => `${mode} ${keyLabel}`);

  it('are put in force by one where nobody minted, and shown by their label alone', async () => {
    const id = await api.newAccount();
    await put(id, {});
    expect(await noticeAt(ada!, pathOf(id))).toBe('The pair is in force.');
    const [label] = await labels(id);
    const { body } = await mira!.get(pathOf(id));
    expect(body).toContain(label!.slice('live '.length));
    expect(body).not.toContain(pair.api_key);
    expect(body).not.toContain('Replace the pair');
  });

  it('of live orders are replaced by two, and no page shows a secret', async () => {
    const id = await api.newAccount();
    await put(id, {});
    const before = await labels(id);
    await put(id, { api_key: 'KEY-of-another', email: 'ada@shop.example', password: 'of the login' });
    expect(await noticeAt(ada!, pathOf(id))).toBe('Proposed. Another person must approve it.');
    expect(await labels(id)).toEqual(before);
    const page = await approved(`acc_${id}`);
    for (const secret of ['KEY-of-another', pair.ipn_secret, 'of the login']) expect(page).not.toContain(secret);
    expect(await labels(id)).not.toEqual(before);
  });

  it('come with both of a login or none, and from admins alone', async () => {
    const id = await api.newAccount();
    await put(id, { email: 'ada@shop.example' });
    expect(await noticeAt(ada!, pathOf(id))).toBe('password: expected email and password together, or neither');
    expect((await put(id, {}, mira)).statusCode).toBe(403);
    expect(await labels(id)).toEqual([]);
  });
});

describe('the policy of an account', () => {
  const plain = {
    tolerance_percent: '',
    tolerance_cap_cents: '',
    overpaid: 'case',
    late_within_minutes: '',
    late_rate_band_percent: '',
    partial_window_minutes: '',
    mode: 'live',
    days: '31',
    reason: '',
  };
  const submit = async (accountId: string, form: Record<string, string>, who = ada!) => {
    const path = pathOf(accountId, '/policy');
    const { body } = await who.get(path);
    const [, expected_version = ''] = /name="expected_version" value="(\d+)"/.exec(body) ?? [];
    return who.submit(path, { back: path, act: 'put', expected_version, ...plain, ...form });
  };
  const versions = async (accountId: string) =>
    (
      await api.deps.pool.query('select version, policy from account_policies where account_id = $1 order by 1', [
        accountId,
      ])
    ).rows;

  it('is rehearsed first, which changes nothing and keeps what was typed', async () => {
    const id = await api.newAccount();
    const { statusCode, body } = await submit(id, { act: 'rehearse', tolerance_percent: '2.5', overpaid: 'keep' });
    expect(statusCode).toBe(200);
    expect(body).toMatch(/Of 0 orders since [\s\S]* 0 would have ended otherwise/);
    expect(body).toMatch(/name="tolerance_percent" value="2.5"/);
    expect(body).toMatch(/<option value="keep" selected/);
    expect(await versions(id)).toEqual([]);
  });

  it('is put in force by one where it takes less, by two where it takes more', async () => {
    const id = await api.newAccount();
    await submit(id, { tolerance_percent: '0.5', reason: 'fewer doubts' });
    expect(await noticeAt(ada!, pathOf(id, '/policy'))).toBe('The policy is in force.');
    await submit(id, { tolerance_percent: '3', late_within_minutes: '60', late_rate_band_percent: '2' });
    expect(await noticeAt(ada!, pathOf(id, '/policy'))).toBe('Proposed. Another person must approve it.');
    expect(await versions(id)).toHaveLength(1);
    expect(await approved(`acc_${id}`)).toContain('tolerance percent: 3');
    expect(await versions(id)).toMatchObject([
      { version: 1, policy: { tolerance_percent: '0.5', late: null } },
      { version: 2, policy: { tolerance_percent: '3', late: { within_minutes: 60, rate_band_percent: '2' } } },
    ]);
    const { body } = await mira!.get(pathOf(id, '/policy'));
    expect(body).toContain('fewer doubts');
    expect(body).toContain('late money is taken within 60 minutes if the rate moved by 2 % at most');
    expect(body).not.toContain('Put in force');
  });

  it('is not put over one that somebody else put in force meanwhile', async () => {
    const id = await api.newAccount();
    await submit(id, { tolerance_percent: '0.5' });
    await submit(id, { expected_version: '0', tolerance_percent: '0.25' });
    expect(await noticeAt(ada!, pathOf(id, '/policy'))).toBe('The policy in force is version 1.');
    expect(await versions(id)).toHaveLength(1);
  });

  it('says what it does not understand, and takes nothing from who is no admin', async () => {
    const id = await api.newAccount();
    await submit(id, { late_within_minutes: '60', tolerance_percent: '51', days: '93' });
    const said = await noticeAt(ada!, pathOf(id, '/policy'));
    for (const field of ['tolerance_percent: expected at most 50', 'days: ']) expect(said).toContain(field);
    await submit(id, { late_within_minutes: '60' });
    expect(await noticeAt(ada!, pathOf(id, '/policy'))).toContain('late_rate_band_percent: expected both');
    for (const act of ['rehearse', 'put']) expect((await submit(id, { act }, mira)).statusCode).toBe(403);
    expect(await versions(id)).toEqual([]);
  });
});
