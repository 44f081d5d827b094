import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resealAll } from '../../../src/db/secrets/reseal.js';
import { anUnusualOrder, carryOutDecisions } from '../../support/a-case.js';
import {
  consoleVisitor,
  operatorAtConsole,
  operatorPassword,
  tokenIn,
  type ConsoleVisitor,
} from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
const now = Date.now(); // stands still: no code grows old while a test is on its way
beforeAll(async () => {
  api = await testApp({ nowMs: () => now, settings: { fourEyesAbove: { cents: 10_000, currency: 'USD' } } });
});
afterAll(() => api?.close());
beforeEach(() => api.deps.pool.query('update attempt_counts set ends_at = now()')); // all share an address

const run = (sql: string) => api.deps.pool.query(sql);
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now + steps * 30_000 });
const audited = async (actor: string) =>
  (await api.deps.pool.query('select action from audit_log where subject = $1 order by seq', [actor])).rows.map(
    ({ action }) => action,
  );
const isIn = async (who: ConsoleVisitor) => (await who.get('/console/you')).statusCode === 200;
const anotherDay = () => run(`update console_sessions set confirmed_at = now() - interval '11 minutes'`);

async function withSecondFactor(who: ConsoleVisitor) {
  const { body } = await who.get('/console/you/second-factor');
  const secret = /name="secret" value="([A-Z2-7]{32})"/.exec(body)![1]!;
  const wrong = await who.submit('/console/you/second-factor', { secret, code: '000000' });
  expect(wrong.statusCode).toBe(303);
  const shown = await who.post('/console/you/second-factor', { csrf: tokenIn(body), secret, code: codeOf(secret) });
  const codes = [...shown.body.matchAll(/<li>([a-z2-7]{8}-[a-z2-7]{8})<\/li>/g)].map(([, code]) => code!);
  expect(codes).toHaveLength(10);
  return { secret, codes };
}

async function logsIn(name: string, code: string): Promise<number> {
  const who = consoleVisitor(api.app);
  await who.get('/console/login');
  return (await who.submit('/console/login', { name, password: operatorPassword, code })).statusCode;
}

describe('a second factor', () => {
  it('is asked for at each login, a code counts once, and each recovery code too', async () => {
    const mira = await operatorAtConsole(api, 'mira', 'support');
    const { secret, codes } = await withSecondFactor(mira);
    expect(await logsIn('mira', '')).toBe(401);
    expect(await logsIn('mira', codeOf(secret))).toBe(401); // used to set it up
    const next = codeOf(secret, 1);
    expect([await logsIn('mira', next), await logsIn('mira', next)]).toEqual([303, 401]);
    await run('update attempt_counts set ends_at = now()');
    expect(await logsIn('mira', codeOf(secret, 5))).toBe(401); // of another time
    expect([await logsIn('mira', codes[0]!.toUpperCase()), await logsIn('mira', codes[0]!)]).toEqual([303, 401]);
    expect(await logsIn('mira', codes[1]!)).toBe(303);
  });

  it('is stored sealed, its recovery codes hashed, and sealed again with a new master key', async () => {
    const jan = await operatorAtConsole(api, 'jan', 'support');
    const { secret, codes } = await withSecondFactor(jan);
    const { rows } = await run('select o::text, r::text as codes from operators o left join recovery_codes r on true');
    for (const kept of [secret, ...codes]) expect(JSON.stringify(rows)).not.toContain(kept);
    expect(await resealAll(api.deps.pool, { current: api.deps.keyring.current, previous: [] })).toBe(0);
    expect(await audited('operator:jan')).toEqual(['operator.logged_in', 'operator.second_factor_set']);
  });

  it('ends the other sessions when it is set up, and is gone when he does without', async () => {
    const eva = await operatorAtConsole(api, 'eva', 'support');
    const elsewhere = consoleVisitor(api.app);
    await elsewhere.login('eva');
    await withSecondFactor(eva);
    expect([await isIn(eva), await isIn(elsewhere)]).toEqual([true, false]);
    await eva.get('/console/you');
    await eva.submit('/console/you/second-factor/remove');
    expect(await logsIn('eva', '')).toBe(303);
  });
});

describe('sessions', () => {
  it('are listed and ended by their operator alone', async () => {
    const tom = await operatorAtConsole(api, 'tom', 'read_only');
    const other = consoleVisitor(api.app);
    await other.login('tom');
    const stranger = await operatorAtConsole(api, 'rosa', 'admin');
    const { body } = await tom.get('/console/you');
    const [, path] = /action="(\/console\/you\/sessions\/[0-9a-f-]{36}\/end)"/.exec(body)!;
    expect(body).toContain('this one');
    await stranger.get('/console/you');
    await stranger.submit(path!);
    expect(await isIn(other)).toBe(true);
    await tom.get('/console/you');
    await tom.submit(path!);
    expect([await isIn(tom), await isIn(other)]).toEqual([true, false]);
  });

  it('end when nobody uses them for half an hour', async () => {
    const lea = await operatorAtConsole(api, 'lea', 'read_only');
    await run(`update console_sessions set last_seen_at = now() - interval '29 minutes'`);
    expect(await isIn(lea)).toBe(true);
    const { rows } = await run(`select 1 from console_sessions where last_seen_at < now() - interval '1 minute'
      and operator_id = (select id from operators where name = 'lea')`);
    expect(rows).toEqual([]); // he was seen
    await run(`update console_sessions set last_seen_at = now() - interval '31 minutes'`);
    expect(await isIn(lea)).toBe(false);
  });

  it('end with the password that opened them, but for the one that changes it', async () => {
    const paul = await operatorAtConsole(api, 'paul', 'support');
    const stolen = consoleVisitor(api.app);
    await stolen.login('paul');
    await paul.get('/console/you');
    await paul.submit('/console/you/password', { password: 'another horse battery' });
    expect([await isIn(paul), await isIn(stolen)]).toEqual([true, false]);
    expect((await consoleVisitor(api.app).login('paul')).statusCode).toBe(401);
    expect((await consoleVisitor(api.app).login('paul', 'another horse battery')).statusCode).toBe(303);
  });
});

describe('what is dangerous', () => {
  it('is for who has just shown that it is him: honouring is, a note is not', async () => {
    const seen = carryOutDecisions(api);
    const ines = await operatorAtConsole(api, 'ines', 'support');
    const { caseId, orderId } = await anUnusualOrder(api, await api.newKey());
    const page = `/console/orders/${orderId}`;
    const decide = async (action: string) => {
      await ines.get(page);
      const decision_id = '0198c0de-0000-7000-8000-00000000000a';
      return ines.submit(`/console/cases/${caseId}/resolve`, {
        back: page,
        decision_id,
        action,
        reason: 'seen on chain',
      });
    };
    await anotherDay();
    const sent = await decide('honour');
    expect(sent.headers.location).toBe(`/console/confirm?next=${encodeURIComponent(page)}`);
    expect(seen).toEqual([]);
    const where = sent.headers.location!.toString();
    await ines.get(where);
    await ines.submit('/console/confirm', { password: 'wrong', next: page });
    expect((await decide('honour')).headers.location).toBe(where);
    expect(await audited('operator:ines')).toContain('operator.confirmation_failed');
    await ines.get(where);
    expect((await ines.submit('/console/confirm', { password: operatorPassword, next: page })).headers.location).toBe(
      page,
    );
    expect((await decide('honour')).headers.location).toBe(page);
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['/console/you/password', { password: 'another horse battery' }],
    ['/console/you/second-factor', { secret: 'A'.repeat(32), code: '000000' }],
    ['/console/you/second-factor/remove', {}],
    ['/console/operators', { name: 'new', role: 'support', change: 'add' }],
    ['/console/accounts', { name: 'Shop', provider: 'installation', reason: '' }],
    ['/console/accounts/acc_0198c0de-0000-7000-8000-000000000001/credentials', { mode: 'live' }],
    ['/console/accounts/acc_0198c0de-0000-7000-8000-000000000001/policy', { act: 'put', overpaid: 'keep' }],
    ['/console/keys', { account_id: '', mode: 'live', name: 'mine', scopes: 'operator:read', ends: '', reason: '' }],
  ])('%s is, too', async (path, form) => {
    const name = `ada${path.length}${Object.keys(form).length}`;
    const ada = await operatorAtConsole(api, name, 'admin');
    await anotherDay();
    await ada.get('/console/you');
    const answer = await ada.submit(path, form);
    expect(answer.headers.location).toContain('/console/confirm');
  });
});

it('a failed login is audited, by name only where somebody is called so', async () => {
  await operatorAtConsole(api, 'sam', 'support');
  await consoleVisitor(api.app).login('sam', 'wrong');
  await consoleVisitor(api.app).login('a-password-typed-as-name', 'wrong');
  const { rows } = await run(`select subject, after ->> 'address' as address from audit_log
    where action = 'operator.login_failed' order by seq desc limit 2`);
  expect(rows).toEqual([
    { subject: null, address: '127.0.0.1' },
    { subject: 'operator:sam', address: '127.0.0.1' },
  ]);
});
