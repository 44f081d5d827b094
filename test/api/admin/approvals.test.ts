import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { currentPairs } from '../../../src/db/secrets/provider-credentials.js';
import { insertOperator, setDisabled } from '../../../src/db/support/operators.js';
import { anUnusualOrder, carryOutDecisions } from '../../support/a-case.js';
import { passes } from '../../support/approvals.js';
import { eventually } from '../../support/eventually.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const base = '/v1/admin/approvals';
let api: TestApp;
let [mira, jan, nobody, merchant]: string[] = []; // keys: of two admins, of no person, of a shop
let rates = new Map<string, string>(); // what the limit costs in an order's coin

beforeAll(async () => {
  api = await testApp({
    settings: { fourEyesAbove: { cents: 100_000, currency: 'USD' }, allowLiveApplyIpn: true },
    costInCoin: async ({ priceCurrency }) => (rates.get(priceCurrency) ?? null) as never,
  });
  nobody = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
  [mira, jan, merchant] = [await api.newPerson('mira'), await api.newPerson('jan'), await api.newKey()];
});
afterEach(async () => {
  rates = new Map();
  await api.deps.pool.query('delete from approvals where outcome is null');
});
afterAll(() => api.close());

const post = (key: string, path: string, body: object = {}) => api.call(key, 'POST', path, { body });
const approve = (key: string, { id }: { id: string }) => post(key, `${base}/${id}/approve`, { reason: 'seen' });
const waiting = async () => (await api.call(mira!, 'GET', base)).json().approvals;
const alarms = (act: string, step: string) =>
  api.logged.filter((line) => line.includes('power_used') && line.includes(`"${act}"`) && line.includes(`"${step}"`))
    .length;

/** That another person, and nobody else, carries it out. */
async function isForTwo(proposal: { id: string; kind: string }, done: () => Promise<unknown>): Promise<void> {
  expect(await waiting()).toMatchObject([
    { id: proposal.id, proposed_by: expect.stringMatching(/^key_/), outcome: null },
  ]);
  const minesToo = await api.newKey({ mode: 'test', accountId: null, scopes: ['operator:read'], operator: 'mira' });
  expect((await approve(minesToo, proposal)).statusCode).toBe(403);
  const own = await approve(mira!, proposal);
  expect([own.statusCode, own.json().field]).toEqual([409, 'proposed_by']);
  const unowned = await approve(nobody!, proposal);
  expect([unowned.statusCode, unowned.json().detail]).toEqual([403, expect.stringContaining('belongs to none')]);
  expect(await done()).toBe(false);
  const agreed = await approve(jan!, proposal);
  expect(agreed.json()).toMatchObject({ outcome: 'approved', decided_by: expect.stringMatching(/^key_/) });
  expect(await done()).toBe(true);
  expect((await approve(jan!, proposal)).statusCode).toBe(200); // twice is harmless
  expect(await waiting()).toEqual([]);
  expect([alarms(proposal.kind, 'proposed'), alarms(proposal.kind, 'approved')]).not.toContain(0);
}

describe('two persons', () => {
  it('send an account’s coins elsewhere; its first pair needs one', async () => {
    const accountId = await api.newAccount();
    const put = (apiKey: string, mode = 'live') => {
      const body = { mode, api_key: apiKey, ipn_secret: 'a-secret-of-somebody' };
      return api.call(mira!, 'PUT', `/v1/admin/accounts/acc_${accountId}/provider-credentials`, { body });
    };
    for (const mode of ['live', 'test']) expect((await put('the-first-key', mode)).statusCode).toBe(204);
    expect((await put('the-first-key')).statusCode).toBe(204); // the same wallet
    expect((await put('another-key', 'test')).statusCode).toBe(204);
    const [before] = (await currentPairs(api.deps.pool, [accountId])).filter(({ mode }) => mode === 'live');
    const asked = await put('another-key');
    expect(asked.statusCode).toBe(202);
    expect(asked.body).not.toContain('another-key');
    expect((await put('a-third-key')).statusCode).toBe(409); // one waits
    await isForTwo(asked.json(), async () => {
      const [now] = (await currentPairs(api.deps.pool, [accountId])).filter(({ mode }) => mode === 'live');
      return now!.keyLabel !== before!.keyLabel;
    });
    const kept = await api.deps.pool.query('select what, sealed from approvals where account_id = $1', [accountId]);
    expect(kept.rows).toMatchObject([{ sealed: null }]);
  });

  it('replace the installation’s pair, which mints for the account until then', async () => {
    const accountId = await api.newAccount({ provider: 'installation' });
    const body = { mode: 'live', api_key: 'the-first-key', ipn_secret: 'a-secret-of-somebody' };
    const asked = await api.call(mira!, 'PUT', `/v1/admin/accounts/acc_${accountId}/provider-credentials`, { body });
    expect(asked.statusCode).toBe(202);
  });

  it('make a key of operators, which opens nothing before', async () => {
    const body = {
      account_id: null,
      mode: 'live',
      scopes: ['driftstack_internal_admin'],
      name: 'night',
      operator: 'jan',
    };
    const asked = await post(mira!, '/v1/admin/api-keys', body);
    expect(asked.statusCode).toBe(202);
    const { key, ...proposal } = asked.json();
    expect(JSON.stringify(proposal)).not.toContain(key);
    await isForTwo(proposal, async () => (await api.call(key, 'GET', base)).statusCode === 200);
    const { api_keys } = (await api.call(jan!, 'GET', '/v1/admin/api-keys')).json();
    expect(api_keys[0]).toMatchObject({ id: proposal.subject, name: 'night', operator: 'jan' });
    const unowned = await post(nobody!, '/v1/admin/api-keys', body);
    expect([unowned.statusCode, unowned.json().detail]).toEqual([403, expect.stringContaining('belongs to none')]);
    const shops = { account_id: `acc_${api.accountId}`, mode: 'live', scopes: ['write'], name: 'shop' };
    expect((await post(mira!, '/v1/admin/api-keys', shops)).statusCode).toBe(201); // a merchant's
    expect((await post(mira!, '/v1/admin/api-keys', { ...shops, operator: 'jan' })).statusCode).toBe(400);
    expect((await post(mira!, '/v1/admin/api-keys', { ...body, operator: 'nobody' })).statusCode).toBe(400);
  });

  it('loosen a policy; one person tightens it, and then what was proposed is of before', async () => {
    const path = `/v1/admin/accounts/acc_${await api.newAccount()}/policy`;
    const put = (key: string, policy: object) => api.call(key, 'PUT', path, { body: { policy, reason: 'because' } });
    const version = async () => (await api.call(mira!, 'GET', path)).json().version;
    const looser = await put(mira!, { tolerance_percent: '5' });
    expect(looser.statusCode).toBe(202);
    await isForTwo(looser.json(), async () => (await version()) === 1);
    const again = await put(mira!, { tolerance_percent: '6' });
    expect((await put(jan!, { tolerance_percent: '2' })).json().version).toBe(2);
    const late = await approve(jan!, again.json());
    expect([late.statusCode, late.json().field]).toEqual([409, 'version']);
    expect(await version()).toBe(2);
  });

  it('call a live order paid, above the limit; below it one does, and an alarm tells', async () => {
    const seen: string[] = [];
    api.runs.onApply = async (order, fact) => {
      seen.push(`${order.orderId} ${fact.providerStatus} ${fact.actor}`);
      return { kind: 'moved', status: 'paid', reason: null };
    };
    const played = { provider_status: 'finished', payment_id: '1', reason: 'the bank says so' };
    const applied = (order: Record<string, unknown>) =>
      post(mira!, `/v1/admin/crypto-orders/${String(order['order_id'])}/apply-ipn`, played);
    const below = await api.placed(merchant!, { price_cents: 100_000 });
    expect((await applied(below)).statusCode).toBe(200);
    expect(alarms('apply_ipn', 'alone')).toBe(1);
    const above = await api.placed(merchant!, { price_cents: 100_001 });
    const asked = await applied(above);
    expect(asked.statusCode).toBe(202);
    expect(seen).toHaveLength(1);
    await isForTwo(asked.json(), async () => seen.length > 1);
    const { proposed_by: actor } = asked.json();
    expect(seen.slice(1)).toEqual(Array(2).fill(`${above.order_id} finished ${actor}`)); // the same fact, twice
  });

  it('honour a case above the limit, whichever currency its price is in', async () => {
    const seen = carryOutDecisions(api);
    const honour = async (cents: number, currency: string) => {
      const order = { price_cents: cents, price_currency: currency };
      const { caseId } = await anUnusualOrder(api, merchant!, { order });
      const path = `/v1/admin/support-cases/${caseId}/resolve`;
      return { caseId, answer: await post(mira!, path, { action: 'honour', reason: 'seen on chain' }) };
    };
    rates.set('JPY', '1000'); // the test's address owes 49.10 coins
    rates.set('EUR', '49');
    expect((await honour(900_000, 'JPY')).answer.statusCode).toBe(200);
    expect((await honour(900_000, 'KWD')).answer.statusCode).toBe(202); // nobody knows
    await api.deps.pool.query('delete from approvals where outcome is null');
    const { caseId, answer } = await honour(5_000, 'EUR');
    expect(answer.statusCode).toBe(202);
    const [proposal] = await waiting();
    expect(proposal).toMatchObject({ kind: 'honour', subject: caseId, reason: 'seen on chain' });
    const before = seen.length;
    expect((await approve(mira!, proposal)).statusCode).toBe(409);
    expect(seen).toHaveLength(before);
    expect((await approve(jan!, proposal)).json()).toMatchObject({ outcome: 'approved' });
    expect(seen.at(-1)).toMatchObject({ actor: proposal.proposed_by, action: 'honour' });
    expect(seen.at(-1)!.approvedBy).not.toBe(proposal.proposed_by);
  });

  it('need not be asked about orders of the test mode', async () => {
    carryOutDecisions(api);
    const shop = await api.newKey({ mode: 'test' });
    const { caseId } = await anUnusualOrder(api, shop, { order: { price_cents: 500_000 }, mode: 'test' });
    const answer = await post(mira!, `/v1/admin/support-cases/${caseId}/resolve`, {
      action: 'honour',
      reason: 'a try',
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe('a proposal', () => {
  const ask = async (key = mira!) =>
    (
      await post(key, '/v1/admin/api-keys', {
        account_id: null,
        mode: 'live',
        scopes: ['operator:read'],
        name: 'one more',
      })
    ).json();

  it('is declined, or taken back, and then is not approved any more', async () => {
    for (const key of [mira!, jan!]) {
      const proposal = await ask();
      expect((await post(key, `${base}/${proposal.id}/decline`)).json()).toMatchObject({ outcome: 'declined' });
      expect((await approve(jan!, proposal)).statusCode).toBe(409);
      expect((await api.call(proposal.key, 'GET', base)).statusCode).toBe(401);
    }
    const { rows } = await api.deps.pool.query(
      `select count(*) as n from audit_log where action = 'approval.declined'`,
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('is found however many wait: page by page, the oldest first, each once', async () => {
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.push((await ask()).id);
    const page = async (query: string) => (await api.call(mira!, 'GET', `${base}?limit=2${query}`)).json();
    const seen: string[] = [];
    let next = '';
    do {
      const { approvals, next_cursor } = await page(next);
      expect(approvals.length).toBeLessThanOrEqual(2);
      seen.push(...approvals.map(({ id }: { id: string }) => id));
      if (seen.length === 2) made.push((await ask()).id); // one that comes while somebody turns the pages
      next = next_cursor === null ? '' : `&cursor=${next_cursor}`;
    } while (next !== '');
    expect(seen).toEqual(made);
    const { next_cursor } = (await api.call(mira!, 'GET', '/v1/admin/api-keys?limit=1')).json();
    for (const refused of ['?limit=0', '?limit=201', `?cursor=${next_cursor}`, '?page=2'])
      expect((await api.call(mira!, 'GET', base + refused)).statusCode).toBe(400);
  });

  it('lapses after a day', async () => {
    const proposal = await ask();
    await passes(api, proposal.subject);
    expect(await waiting()).toEqual([]);
    expect((await approve(jan!, proposal)).statusCode).toBe(409);
    expect((await api.call(proposal.key, 'GET', base)).statusCode).toBe(401);
  });

  it('to honour a case that has lapsed is put anew by nobody who only agrees to it', async () => {
    const { caseId } = await anUnusualOrder(api, merchant!, { order: { price_cents: 200_000 } });
    const path = `/v1/admin/support-cases/${caseId}/resolve`;
    expect((await post(mira!, path, { action: 'honour', reason: 'seen' })).statusCode).toBe(202);
    const [proposal] = await waiting();
    await passes(api, caseId);
    const late = await approve(jan!, proposal);
    expect([late.statusCode, late.json().detail]).toEqual([409, 'Refused: the proposal is lapsed.']);
    expect(await waiting()).toEqual([]);
  });

  it('that is declined in the moment in which another agrees is not carried out', async () => {
    const { caseId } = await anUnusualOrder(api, merchant!, { order: { price_cents: 200_000 } });
    const path = `/v1/admin/support-cases/${caseId}/resolve`;
    expect((await post(mira!, path, { action: 'honour', reason: 'seen' })).statusCode).toBe(202);
    const seen = carryOutDecisions(api);
    const db = await api.deps.pool.connect();
    await db.query('begin');
    await db.query(
      `update approvals set outcome = 'declined', decided_by = 'operator:mira', decided_at = now() where subject = $1`,
      [caseId],
    );
    const agreeing = post(jan!, path, { action: 'honour', reason: 'agreed' });
    await eventually(async () => {
      const { rows } = await api.deps.pool.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'update approvals%'`,
      );
      expect(rows).toHaveLength(1); // it waits for the other's word
    });
    await db.query('commit');
    db.release();
    const refused = await agreeing;
    expect([refused.statusCode, refused.json().detail]).toEqual([409, 'Refused: the proposal no longer waits.']);
    expect(seen).toEqual([]);
  });

  it('is decided by who has the right to do it', async () => {
    const proposal = await ask();
    await insertOperator(api.deps.pool, { name: 'sam', role: 'support', passwordScrypt: 'none' });
    const sams = await api.newKey({
      mode: 'test',
      accountId: null,
      scopes: ['driftstack_internal_admin'],
      operator: 'sam',
    });
    expect((await approve(sams, proposal)).statusCode).toBe(403); // of test mode
    await api.deps.pool.query('alter table api_keys disable trigger api_keys_guarded');
    const live = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'], operator: 'sam' });
    await api.deps.pool.query('alter table api_keys enable trigger api_keys_guarded');
    const refused = await approve(live, proposal);
    expect([refused.statusCode, refused.json().detail]).toEqual([403, expect.stringContaining('operator:keys')]);
    expect((await approve(jan!, { id: `apr_${randomUUID()}` })).statusCode).toBe(404);
  });
});

describe('a key belongs to a person', () => {
  it('whose role it does not exceed, and with whom it ends', async () => {
    const { id } = await insertOperator(api.deps.pool, { name: 'rea', role: 'read_only', passwordScrypt: 'none' });
    const key = await api.newKey({
      mode: 'test',
      accountId: null,
      scopes: ['driftstack_internal_admin'],
      operator: 'rea',
    });
    expect((await api.call(key, 'GET', '/v1/admin/crypto-orders')).statusCode).toBe(200);
    const note = await api.call(key, 'PATCH', '/v1/admin/crypto-orders/ord_ffffffffffff/internal-note', {
      body: { internal_note: 'mine' },
    });
    expect([note.statusCode, note.json().detail]).toEqual([403, expect.stringContaining('operator:support')]);
    await setDisabled(api.deps.pool, id, true);
    expect((await api.call(key, 'GET', '/v1/admin/crypto-orders')).statusCode).toBe(401);
    await setDisabled(api.deps.pool, id, false);
    expect((await api.call(key, 'GET', '/v1/admin/crypto-orders')).statusCode).toBe(200);
  });
});

describe('whoever is alone', () => {
  it('begins: makes keys and is told of, but swaps no pair', async () => {
    const fresh = await testApp({ settings: { fourEyesAbove: { cents: 100_000, currency: 'USD' } } });
    try {
      const first = await fresh.newPerson('first');
      const body = { account_id: null, mode: 'live', scopes: ['driftstack_internal_admin'], name: 'mine' };
      const made = await fresh.call(first, 'POST', '/v1/admin/api-keys', { body });
      expect([made.statusCode, made.json().operator]).toEqual([201, 'first']);
      expect(fresh.logged.filter((line) => line.includes('power_used') && line.includes('alone'))).toHaveLength(1);
      const pair = { mode: 'live', api_key: 'a-key-of-somebody', ipn_secret: 'a-secret-of-somebody' };
      const path = `/v1/admin/accounts/acc_${await fresh.newAccount({ provider: 'installation' })}/provider-credentials`;
      expect((await fresh.call(first, 'PUT', path, { body: pair })).statusCode).toBe(202);
    } finally {
      await fresh.close();
    }
  });

  it('where it is switched off, does it alone, and somebody is told', async () => {
    const off = await testApp();
    try {
      const [first] = [await off.newPerson('first'), await off.newPerson('second')];
      const path = `/v1/admin/accounts/acc_${await off.newAccount()}/policy`;
      const put = await off.call(first, 'PUT', path, { body: { policy: { overpaid: 'keep' } } });
      expect(put.statusCode).toBe(200);
      expect(off.logged.filter((line) => line.includes('power_used') && line.includes('policy'))).toHaveLength(1);
      const body = { account_id: null, mode: 'live', scopes: ['operator:read'], name: 'mine' };
      expect((await off.call(first, 'POST', '/v1/admin/api-keys', { body })).statusCode).toBe(202);
    } finally {
      await off.close();
    }
  });
});
