import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TemporalAway } from '../../../src/temporal/temporal-watch.js';
import { anUnusualOrder, carryOutDecisions, type UnusualOrder } from '../../support/a-case.js';
import { anEndpoint, someDeliveries } from '../../support/an-endpoint.js';
import { operatorAtConsole, type ConsoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const started: { runId: string; dryRun: boolean }[] = [];
let isTemporalAway = false;
let api: TestApp;
let merchant: string;
let [mira, jan, ada, rea]: ConsoleVisitor[] = [];
let unusual: UnusualOrder;
let delivery: string;

beforeAll(async () => {
  api = await testApp({
    settings: { fourEyesAbove: { cents: 10_000, currency: 'USD' } },
    async startReconcile(run) {
      if (isTemporalAway) throw new TemporalAway('no connection');
      started.push(run);
    },
  });
  merchant = await api.newKey();
  await anEndpoint(api, merchant);
  mira = await operatorAtConsole(api, 'mira', 'support');
  jan = await operatorAtConsole(api, 'jan', 'support');
  ada = await operatorAtConsole(api, 'ada', 'admin');
  rea = await operatorAtConsole(api, 'rea', 'read_only');
});
afterAll(() => api?.close());
beforeEach(async () => {
  unusual = await anUnusualOrder(api, merchant);
  [delivery = ''] = await someDeliveries(api.deps.pool, { accountId: api.accountId });
  await api.deps.pool.query(
    `update reconcile_runs set finished_at = now(), outcome = 'finished' where finished_at is null`,
  );
  isTemporalAway = false;
});

const query = async (sql: string, values: unknown[] = []) => (await api.deps.pool.query(sql, values)).rows;
const lastAudit = async () => {
  const [row] = await query(
    `select actor, action, subject, reason, before, after from audit_log order by seq desc limit 1`,
  );
  return row;
};
const resolution = (over: object = {}) => ({
  action: 'decline',
  reason: 'sent back by hand',
  decision_id: randomUUID(),
  back: `/console/orders/${unusual.orderId}`,
  ...over,
});

/** Every form of the console that changes something, with what it needs besides the token. */
const forms: readonly [name: string, form: () => readonly [path: string, fields: Record<string, string>]][] = [
  ['a decision', () => [`/console/cases/${unusual.caseId}/resolve`, resolution()]],
  ['a note', () => [`/console/orders/${unusual.orderId}/internal-note`, { internal_note: 'changed' }]],
  ['a resend', () => [`/console/deliveries/${delivery}/replay`, {}]],
  ['a discard', () => [`/console/deliveries/${delivery}/discard`, {}]],
  ['a reconcile run', () => ['/console/reconcile', { dry_run: 'false' }]],
];
const everything = async () => [
  await query('select count(*) as rows from audit_log'),
  await query('select id, status, discarded_at from deliveries order by id'),
  await query('select id, status, facts from support_cases order by id'),
  await query('select id, internal_note from orders order by id'),
  await query('select id from reconcile_runs order by id'),
];

describe.each(forms)('%s', (_, form) => {
  it('changes nothing without the token, with a wrong one, and with that of another session', async () => {
    const before = await everything();
    const [path, fields] = form();
    const foreign = /name="csrf" value="([^"]+)"/.exec((await jan!.get('/console/cases')).body)?.[1] ?? '';
    for (const csrf of [undefined, '', 'x', `${foreign}x`, foreign]) {
      const answer = await ada!.post(path, csrf === undefined ? fields : { ...fields, csrf });
      expect(answer.statusCode).toBe(403);
      expect(answer.body).toContain('This form is out of date.');
    }
    expect(await everything()).toEqual(before);
  });

  it('is refused when another site sends it, in another coding, or twice in one', async () => {
    const before = await everything();
    const [path, fields] = form();
    const csrf = /name="csrf" value="([^"]+)"/.exec((await ada!.get('/console/cases')).body)?.[1] ?? '';
    const crossSite = await ada!.post(path, { ...fields, csrf }, { 'sec-fetch-site': 'cross-site' });
    expect(crossSite.statusCode).toBe(403);
    const json = await ada!.post(path, { ...fields, csrf }, { 'content-type': 'application/json' });
    expect(json.statusCode).toBe(415);
    const cookie = [...ada!.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const twice = await api.app.inject({
      method: 'POST',
      url: path,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: `csrf=${csrf}&csrf=${csrf}&${new URLSearchParams(fields).toString()}`,
    });
    expect(twice.statusCode).toBe(403);
    expect(await everything()).toEqual(before);
  });

  it('is refused to who may only read, even with a token of their own', async () => {
    const before = await everything();
    const [path, fields] = form();
    await rea!.get('/console/cases');
    const answer = await rea!.submit(path, fields);
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain('Your role does not allow this.');
    expect(await everything()).toEqual(before);
  });

  it('leads to the login without a session', async () => {
    const before = await everything();
    const [path, fields] = form();
    const answer = await api.app.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    });
    expect(answer.headers.location).toBe('/console/login');
    expect(await everything()).toEqual(before);
  });
});

it('shows no form but the logout to who may only read', async () => {
  const pages = [`/console/orders/${unusual.orderId}`, '/console/cases', '/console/webhooks', '/console/reconcile'];
  for (const path of pages) {
    const { body, statusCode } = await rea!.get(path);
    expect(statusCode).toBe(200);
    expect([...body.matchAll(/method="post" action="([^"]*)"/g)].map((match) => match[1])).toEqual(['/console/logout']);
  }
});

describe('a decision on a case', () => {
  const decide = async (who: ConsoleVisitor, fields: Record<string, string>) => {
    await who.get('/console/cases');
    return who.submit(`/console/cases/${unusual.caseId}/resolve`, fields);
  };
  const told = async (who: ConsoleVisitor) => {
    const { body } = await who.get(`/console/orders/${unusual.orderId}`);
    return /<p class="notice [a-z]+" role="status">([^<]*)</.exec(body)?.[1];
  };

  it('runs through the order’s workflow, in the operator’s name and with the form’s id', async () => {
    const seen = carryOutDecisions(api);
    const form = resolution({ action: 'honour' });
    const answer = await decide(mira!, form);
    expect(answer.headers.location).toBe(`/console/orders/${unusual.orderId}`);
    expect(await told(mira!)).toBe('The order is honoured.');
    // What was typed stays in the database.
    expect(seen).toEqual([expect.not.objectContaining({ reason: expect.anything() })]);
    expect(seen).toMatchObject([{ action: 'honour', actor: 'operator:mira', approvedBy: null }]);
    expect(seen[0]?.id).toContain(form.decision_id);
  });

  it('pressed twice decides once', async () => {
    const seen = carryOutDecisions(api);
    const form = resolution();
    await decide(mira!, form);
    await decide(mira!, form);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
  });

  it('needs a reason that says something', async () => {
    const seen = carryOutDecisions(api);
    for (const reason of ['', '  \r\n ']) {
      await decide(mira!, resolution({ reason }));
      expect(await told(mira!)).toBe('Please give a reason.');
    }
    await decide(mira!, resolution({ reason: 'x'.repeat(501) }));
    expect(await told(mira!)).toContain('expected 0 to 500 characters');
    expect(seen).toEqual([]);
  });

  it('says in place what the order has become when somebody else was faster', async () => {
    carryOutDecisions(api);
    await decide(mira!, resolution());
    await decide(jan!, resolution({ action: 'honour' }));
    expect(await told(jan!)).toContain('the case is resolved');
  });

  it('says in place that Temporal is away', async () => {
    api.runs.isAway = true;
    await decide(mira!, resolution());
    api.runs.isAway = false;
    expect(await told(mira!)).toContain('The same call may be repeated.');
  });

  it('above the four-eyes amount is proposed by one operator and approved by another', async () => {
    const seen = carryOutDecisions(api);
    unusual = await anUnusualOrder(api, merchant, { order: { price_cents: 24_900 } });
    await decide(mira!, resolution({ action: 'honour', reason: 'seen on chain' }));
    expect(await told(mira!)).toBe('Proposed. Another operator must approve it.');
    expect(seen).toEqual([]);
    expect(await lastAudit()).toMatchObject({
      actor: 'operator:mira',
      action: 'support_case.approval_requested',
      reason: 'seen on chain',
    });
    const own = await mira!.get(`/console/orders/${unusual.orderId}`);
    expect(own.body).toContain('mira proposes to honour');
    expect(own.body).not.toContain('value="honour"');
    await decide(mira!, resolution({ action: 'honour' }));
    expect(await told(mira!)).toContain('somebody else has to approve');
    await decide(jan!, resolution({ action: 'honour', reason: 'agreed' }));
    expect(seen).toMatchObject([{ actor: 'operator:mira', approvedBy: 'operator:jan' }]);
    expect((await jan!.get(`/console/orders/${unusual.orderId}`)).body).toContain('by mira, approved by jan');
  });

  it.each(['case_ffffffff-ffff-4fff-8fff-ffffffffffff', 'wdl_ffffffff-ffff-4fff-8fff-ffffffffffff', 'case_x'])(
    'on %s finds nothing',
    async (id) => {
      await mira!.get('/console/cases');
      expect((await mira!.submit(`/console/cases/${id}/resolve`, resolution())).statusCode).toBe(404);
    },
  );
});

describe('a delivery', () => {
  const webhooks = '/console/webhooks';
  const send = async (who: ConsoleVisitor, what: string) => {
    await who.get(webhooks);
    return who.submit(`/console/deliveries/${delivery}/${what}`, { back: webhooks });
  };
  const state = async () =>
    (await query('select status, attempts from deliveries where id = $1', [delivery.slice(4)]))[0];

  it('is sent again with one audit row', async () => {
    const answer = await send(mira!, 'replay');
    expect(answer.headers.location).toBe(webhooks);
    expect(await state()).toEqual({ status: 'pending', attempts: 0 });
    expect(await lastAudit()).toEqual({
      actor: 'operator:mira',
      action: 'webhook_delivery.replayed',
      subject: delivery,
      reason: null,
      before: { status: 'dlq', attempts: 12 },
      after: { status: 'pending', attempts: 0 },
    });
  });

  it('on the wire is left alone, and that is said in place', async () => {
    await query(`update deliveries set status = 'in_flight' where id = $1`, [delivery.slice(4)]);
    await send(mira!, 'replay');
    expect((await mira!.get(webhooks)).body).toContain('The delivery is in_flight.');
    expect((await state())?.status).toBe('in_flight');
  });

  it('that is dead may be discarded by an admin, not by support', async () => {
    expect((await mira!.get(webhooks)).body).not.toContain('/discard"');
    expect((await send(mira!, 'discard')).statusCode).toBe(403);
    expect((await ada!.get(webhooks)).body).toContain(`/console/deliveries/${delivery}/discard"`);
    await send(ada!, 'discard');
    expect((await ada!.get(webhooks)).body).not.toContain(delivery);
    expect(await lastAudit()).toMatchObject({ actor: 'operator:ada', action: 'webhook_delivery.discarded' });
  });
});

describe('a reconcile run', () => {
  const start = async (who: ConsoleVisitor, dryRun: string) => {
    await who.get('/console/reconcile');
    await who.submit('/console/reconcile', { dry_run: dryRun, back: '/console/reconcile' });
    return (await who.get('/console/reconcile')).body;
  };

  it('is started with one audit row, and shown while it runs', async () => {
    const page = await start(mira!, 'true');
    expect(page).toContain('A dry run has started');
    expect(page).toContain('>running<');
    expect(page).toContain('mira <span class="badge">dry run</span>');
    expect(started.at(-1)).toMatchObject({ dryRun: true });
    expect(await lastAudit()).toMatchObject({
      actor: 'operator:mira',
      action: 'reconcile.started',
      subject: `run_${started.at(-1)?.runId}`,
      after: { dry_run: true },
    });
  });

  it('is refused while another one is under way', async () => {
    await start(mira!, 'false');
    const before = started.length;
    expect(await start(jan!, 'false')).toContain('A reconcile run is under way.');
    expect(started).toHaveLength(before);
  });

  it('that cannot be started holds up nobody', async () => {
    isTemporalAway = true;
    expect(await start(mira!, 'false')).toContain('A part of the service is away.');
    isTemporalAway = false;
    expect(await start(mira!, 'false')).toContain('Reconcile has started.');
  });
});
