import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setDisabled, setRole, findOperator } from '../../../src/db/support/operators.js';
import { createApp } from '../../../src/api/app.js';
import { consoleVisitor, operatorAtConsole, operatorPassword, tokenIn } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const consolePassword = 'the first password';
let api: TestApp;
let orderPage: string;

beforeAll(async () => {
  api = await testApp({ settings: { consolePassword } });
  const order = await api.placed(await api.newKey());
  orderPage = `/console/orders/${order.order_id}`;
});
afterAll(() => api?.close());
/** Attempts are counted by the minute, and all of these share an address. */
const aMinuteLater = () => api.deps.pool.query(`update attempt_counts set ends_at = now()`);
beforeEach(aMinuteLater);

const visitor = (from?: string) => consoleVisitor(api.app, from);
const auditOf = async (actor: string) =>
  (await api.deps.pool.query('select action, subject from audit_log where actor = $1 order by seq', [actor])).rows;

describe('the first operator', () => {
  it('enters a fresh installation with CONSOLE_PASSWORD as admin', async () => {
    const admin = visitor();
    const answer = await admin.login('admin', consolePassword);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/console');
    expect((await admin.get(orderPage)).body).toContain('admin · admin');
    expect(await auditOf('operator:admin')).toEqual([{ action: 'operator.logged_in', subject: 'operator:admin' }]);
  });

  it('stays out once disabled, whatever the password', async () => {
    await visitor().login('admin', consolePassword);
    const row = await findOperator(api.deps.pool, 'admin');
    await setDisabled(api.deps.pool, row?.id ?? '', true);
    await aMinuteLater();
    expect((await visitor().login('admin', consolePassword)).statusCode).toBe(401);
    await setDisabled(api.deps.pool, row?.id ?? '', false);
  });

  it('is nobody where no CONSOLE_PASSWORD is set', async () => {
    const other = await testApp();
    expect((await consoleVisitor(other.app).login('admin', '')).statusCode).toBe(401);
    await other.close();
  });
});

describe('the session', () => {
  it('is a cookie that scripts and other sites cannot use, for eight hours', async () => {
    const mira = await operatorAtConsole(api, 'mira', 'support');
    const answer = await mira.get('/console/login');
    expect(answer.headers.location).toBe('/console');
    const again = await consoleVisitor(api.app).login('mira');
    expect(again.cookies.find(({ name }) => name === 'console_session')).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: 28_800,
    });
  });

  it('is for https and this host alone in production', async () => {
    const production = await testApp({ settings: { consolePassword, production: true } });
    const answer = await consoleVisitor(production.app).login('admin', consolePassword);
    expect(answer.cookies.find(({ name }) => name === '__Host-console_session')).toMatchObject({
      secure: true,
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
    });
    await production.close();
  });

  it('is stored as a hash only', async () => {
    const jan = await operatorAtConsole(api, 'jan', 'support');
    const token = jan.cookies.get('console_session') ?? '';
    const { rows } = await api.deps.pool.query('select s::text as text from console_sessions s');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(rows.map(({ text }) => text).join()).not.toContain(token);
  });

  it('leads to the login and back to the page once it is over', async () => {
    const rosa = await operatorAtConsole(api, 'rosa', 'support');
    await api.deps.pool.query(`update console_sessions set expires_at = now() - interval '1 second'`);
    const answer = await rosa.get(`${orderPage}?x=1`);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(`/console/login?expired=1&next=${encodeURIComponent(`${orderPage}?x=1`)}`);
    expect((await rosa.get(answer.headers.location ?? '')).body).toContain('Your session has ended.');
    const back = await rosa.submit('/console/login', { name: 'rosa', password: operatorPassword, next: orderPage });
    expect(back.headers.location).toBe(orderPage);
  });

  it('changes nothing once it is over', async () => {
    const tom = await operatorAtConsole(api, 'tom', 'support');
    await tom.get(orderPage);
    await api.deps.pool.query(`update console_sessions set expires_at = now() - interval '1 second'`);
    const answer = await tom.submit(`${orderPage}/internal-note`, { internal_note: 'too late' });
    expect(answer.headers.location).toBe('/console/login?expired=1');
    const { rows } = await api.deps.pool.query('select 1 from orders where internal_note is not null');
    expect(rows).toEqual([]);
  });

  it('ends with the logout, also for who kept the cookie', async () => {
    const eva = await operatorAtConsole(api, 'eva', 'support');
    await eva.get(orderPage);
    const kept = eva.cookies.get('console_session') ?? '';
    expect((await eva.submit('/console/logout')).headers.location).toBe('/console/login');
    expect(eva.cookies.has('console_session')).toBe(false);
    eva.cookies.set('console_session', kept);
    expect((await eva.get(orderPage)).statusCode).toBe(303);
  });

  it('follows the operator: a new role counts at once, a disabled one is out', async () => {
    const lea = await operatorAtConsole(api, 'lea', 'support');
    const row = await findOperator(api.deps.pool, 'lea');
    expect((await lea.get(orderPage)).body).toContain('Save note');
    await setRole(api.deps.pool, row?.id ?? '', 'read_only');
    expect((await lea.get(orderPage)).body).not.toContain('Save note');
    await setDisabled(api.deps.pool, row?.id ?? '', true);
    expect((await lea.get(orderPage)).statusCode).toBe(303);
  });
});

describe('the login', () => {
  it('says the same of an unknown name and a wrong password, and keeps the name', async () => {
    await operatorAtConsole(api, 'ines', 'support');
    const [wrong, unknown] = [await visitor().login('ines', 'wrong'), await visitor().login('nobody', 'wrong')];
    expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401]);
    expect(wrong.body).toContain('Name or password is wrong, or the code.');
    expect(wrong.body).toContain('value="ines"');
    const plain = (html: string) => html.replace(/value="[^"]*"/g, '');
    expect(plain(unknown.body)).toBe(plain(wrong.body));
  });

  it('writes no password and no name of a failed attempt to the log', async () => {
    await visitor().login('hunter2-typed-as-name', 'hunter2-typed-as-password');
    expect(api.logged.join()).not.toContain('hunter2');
  });

  it('is slowed by name and address: who guesses from elsewhere keeps no operator out', async () => {
    await operatorAtConsole(api, 'paul', 'support');
    const guesser = visitor('203.0.113.9');
    for (let guess = 0; guess < 5; guess++) expect((await guesser.login('paul', `guess`)).statusCode).toBe(401);
    const answer = await guesser.login('paul');
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.body).toContain('Too many attempts.');
    expect((await visitor('198.51.100.7').login('paul')).statusCode).toBe(303);
    await aMinuteLater();
    expect((await guesser.login('paul')).statusCode).toBe(303);
  });

  it('is slowed by address, whatever the name, and another address of the same /64 is the same', async () => {
    const codes: number[] = [];
    for (let guess = 0; guess < 11; guess++) {
      const someone = visitor(`2001:db8:1:2::${guess + 1}`);
      codes.push((await someone.login(`name-${guess}`, 'x')).statusCode);
    }
    expect(codes.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(codes[10]).toBe(429);
    expect((await visitor('2001:db8:1:3::1').login('name-11', 'x')).statusCode).toBe(401);
  });

  it('counts failures only, and those of every process', async () => {
    await operatorAtConsole(api, 'greta', 'support');
    for (let entry = 0; entry < 12; entry++) expect((await visitor().login('greta')).statusCode).toBe(303);
    const other = await createApp(api.deps);
    const guesses = [visitor(), consoleVisitor(other), visitor(), consoleVisitor(other), visitor()];
    for (const guess of guesses) expect((await guess.login('greta', 'x')).statusCode).toBe(401);
    expect((await consoleVisitor(other).login('greta')).statusCode).toBe(429);
    expect((await visitor().login('greta')).statusCode).toBe(429);
    await other.close();
  });

  it('takes its form only with the token of its own page', async () => {
    const [a, b] = [visitor(), visitor()];
    await a.get('/console/login');
    const foreign = tokenIn((await b.get('/console/login')).body);
    const form = { name: 'admin', password: consolePassword };
    expect((await a.post('/console/login', form)).statusCode).toBe(403);
    expect((await a.post('/console/login', { ...form, csrf: foreign })).statusCode).toBe(403);
    expect((await a.post('/console/login', { ...form, csrf: '' })).statusCode).toBe(403);
    b.cookies.clear();
    expect((await b.post('/console/login', { ...form, csrf: foreign })).statusCode).toBe(403);
  });

  it.each([
    'https://evil.example/console',
    '//evil.example/console',
    '/console/../../v1/health',
    '/console\\@evil.example',
    '/consoles',
    '/console/logout',
    'javascript:alert(1)',
  ])('does not lead to %s', async (next) => {
    const someone = visitor();
    const page = await someone.get(`/console/login?next=${encodeURIComponent(next)}`);
    expect(page.body).not.toContain('name="next"');
    const answer = await someone.submit('/console/login', { name: 'admin', password: consolePassword, next });
    expect(answer.headers.location).toBe('/console');
  });
});
