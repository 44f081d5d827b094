import { afterAll, beforeAll, expect, it } from 'vitest';
import { operatorAtConsole, type ConsoleVisitor, consoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let [ada, bo, mira]: ConsoleVisitor[] = [];
beforeAll(async () => {
  api = await testApp({ settings: { fourEyesAbove: { cents: 100_000, currency: 'USD' } } });
  ada = await operatorAtConsole(api, 'ada', 'admin');
});
afterAll(() => api?.close());

const add = async (who: ConsoleVisitor, name: string, role = 'support') => {
  await who.get('/console/operators');
  return who.submit('/console/operators', { name, role, change: 'add' });
};
const passwordIn = (html: string) => /shown once: <span class="code">([\w-]{24})</.exec(html)?.[1] ?? '';
const enters = async (name: string, password: string) =>
  (await consoleVisitor(api.app).login(name, password)).statusCode === 303;

it('the first admin makes a second alone; then an operator takes both', async () => {
  const second = passwordIn((await add(ada!, 'bo', 'admin')).body);
  bo = consoleVisitor(api.app);
  expect((await bo.login('bo', second)).statusCode).toBe(303);

  const asked = await add(ada!, 'cleo');
  expect(asked.body).toContain('in force when another admin has approved it');
  const password = passwordIn(asked.body);
  expect(await enters('cleo', password)).toBe(false);
  const own = await ada!.get('/console/approvals');
  expect(own.body).toContain('Another person must approve it.');
  expect(own.body).not.toContain('value="approve"');
  const { body } = await bo.get('/console/approvals');
  expect(body).not.toContain(password);
  const [, path] = /action="(\/console\/approvals\/apr_[0-9a-f-]+\/decide)"/.exec(body)!;
  await ada!.get('/console/approvals');
  await ada!.submit(path!, { outcome: 'approve', reason: 'me again' });
  expect(await enters('cleo', password)).toBe(false);
  await bo.get('/console/approvals');
  await bo.submit(path!, { outcome: 'approve', reason: 'she starts today' });
  expect(await enters('cleo', password)).toBe(true);
  expect((await bo.get('/console/approvals')).body).toContain('Nothing waits for a second person.');
});

it('an admin does not remove the other, nor take over his name', async () => {
  for (const change of ['disable', 'password', 'role']) {
    await ada!.get('/console/operators');
    await ada!.submit('/console/operators', { name: 'bo', role: 'read_only', change });
    const waiting = await api.deps.pool.query(
      `select id from approvals where outcome is null and subject = 'operator:bo'`,
    );
    expect(waiting.rows).toHaveLength(1);
    await ada!.get('/console/approvals');
    await ada!.submit(`/console/approvals/apr_${waiting.rows[0].id}/decide`, { outcome: 'decline', reason: '' });
  }
  expect((await bo!.get('/console/operators')).body).toContain('bo');
});

it('however many wait, each is on a page', async () => {
  await api.deps.pool.query(
    `insert into approvals (id, kind, subject, what, proposed_by, lapses_at)
     select gen_random_uuid(), 'operator', 'operator:many' || n, '{}', 'operator:ada', now() + interval '1 hour'
     from generate_series(1, 60) n`,
  );
  const subjects = (html: string) => [...html.matchAll(/operator:many\d+/g)].map(([subject]) => subject);
  const first = (await bo!.get('/console/approvals')).body;
  const [, next] = /<a class="button second" href="([^"]+)" rel="next">/.exec(first)!;
  const second = (await bo!.get(next!.replaceAll('&amp;', '&'))).body;
  expect(new Set([...subjects(first), ...subjects(second)]).size).toBe(60);
  expect(second).not.toContain('rel="next"');
  await api.deps.pool.query("delete from approvals where subject like 'operator:many%'");
});

it('who is no admin changes no operator, and decides on no such change', async () => {
  mira = await operatorAtConsole(api, 'mira', 'support');
  await add(ada!, 'dan');
  const { body } = await mira.get('/console/approvals');
  expect(body).toContain('operator:dan');
  expect(body).not.toContain('value="decline"');
  expect((await add(mira, 'eve')).statusCode).toBe(403);
});
