import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginRun, countInRun, finishRun, renewRun } from '../../../src/db/reconcile/reconcile-runs.js';
import { TemporalAway } from '../../../src/temporal/temporal-watch.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let admin: string;
let started: { runId: string; dryRun: boolean }[];
let isAway = false;

beforeAll(async () => {
  api = await testApp({
    startReconcile: async (run) => {
      if (isAway) throw new TemporalAway('no connection');
      started.push(run);
    },
  });
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());
beforeEach(async () => {
  started = [];
  isAway = false;
  await api.deps.pool.query('truncate reconcile_runs');
});

const run = (body?: object) => api.call(admin, 'POST', '/v1/admin/reconcile', body === undefined ? {} : { body });
const list = async (query: Record<string, string> = {}) =>
  (await api.call(admin, 'GET', `/v1/admin/reconcile-runs?${new URLSearchParams(query)}`)).json();

describe('a reconcile run on request', () => {
  it('answers its id, starts, and is on record with who asked and why', async () => {
    const answer = await run({ dry_run: true, reason: 'after the outage' });
    expect(answer.statusCode).toBe(202);
    const { run_id: runId } = answer.json();
    expect(runId).toMatch(/^run_[0-9a-f-]{36}$/);
    expect(started).toEqual([{ runId: runId.slice(4), dryRun: true }]);
    expect((await list()).runs).toMatchObject([
      { id: runId, trigger: 'operator', dry_run: true, examined: {}, repaired: {}, finished_at: null },
    ]);
    const { rows } = await api.deps.pool.query(
      `select action, subject, reason, after from audit_log order by seq desc`,
    );
    expect(rows[0]).toEqual({
      action: 'reconcile.started',
      subject: runId,
      reason: 'after the outage',
      after: { dry_run: true },
    });
  });

  it.each(['null', '1', '1.5', '2.2e-311', '"x"', '[]'])(
    'needs no body; a body that is %s is no object',
    async (body) => {
      const answer = await api.app.inject({
        method: 'POST',
        url: '/v1/admin/reconcile',
        headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
        payload: body,
      });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toBe('The body is a JSON object.');
      expect(answer.headers['x-driftstack-unknown-fields']).toBeUndefined();
      expect(started).toEqual([]);
      expect((await run()).statusCode).toBe(202);
    },
  );

  it('is refused while one is under way, and leaves no trace', async () => {
    expect((await run()).statusCode).toBe(202);
    const second = await run({});
    expect(second.statusCode).toBe(409);
    expect(second.json()).toMatchObject({ resource: 'reconcile_run' });
    expect(started).toHaveLength(1);
    expect((await list()).runs).toHaveLength(1);
  });

  it('of ten at once begins one', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => run()));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, ...Array<number>(9).fill(409)]);
  });

  it('holds up nobody when Temporal is away', async () => {
    isAway = true;
    expect((await run()).statusCode).toBe(503);
    isAway = false;
    expect((await run()).statusCode).toBe(202);
  });

  it('that never looked at anything makes way after two minutes; one that did, five minutes after its last look', async () => {
    const begin = (id: string) => beginRun(api.deps.pool, { id, trigger: 'operator', dryRun: false, actor: 'test' });
    const ids = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [string, string, string];
    const age = (id: string, by: string) =>
      api.deps.pool.query(`update reconcile_runs set lease_until = lease_until - $2::interval where id = $1`, [id, by]);
    await begin(ids[0]);
    await age(ids[0], '1 minute');
    expect(await begin(ids[1])).toBeNull();
    await age(ids[0], '61 seconds');
    expect(await begin(ids[0])).toBe(ids[0]); // its own workflow, late: it is not in its own way
    expect(await begin(ids[1])).toBe(ids[1]);
    expect(await renewRun(api.deps.pool, ids[1])).toBe(true);
    await age(ids[1], '4 minutes');
    expect(await begin(ids[2])).toBeNull();
    await age(ids[1], '61 seconds');
    expect(await begin(ids[2])).toBe(ids[2]);
    expect(await renewRun(api.deps.pool, ids[1])).toBe(false); // it stops at its next page
    const [, lost] = (await list()).runs;
    expect(lost).toMatchObject({
      outcome: 'failed',
      failures: [{ kind: null, message: expect.stringMatching(/gone/) }],
    });
  });

  it("of the schedule makes way for the schedule's next at once, but not for an operator's", async () => {
    const begin = (id: string, trigger: 'schedule' | 'operator') =>
      beginRun(api.deps.pool, { id, trigger, dryRun: false, actor: 'test' });
    const ids = [1, 2].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [string, string];
    expect(await begin(ids[0], 'schedule')).toBe(ids[0]);
    expect(await begin(ids[1], 'operator')).toBeNull();
    expect(await begin(ids[0], 'schedule')).toBe(ids[0]); // a second attempt of its own start
    expect(await begin(ids[1], 'schedule')).toBe(ids[1]);
  });

  it('shows what failed: rows beside what was repaired, and a step that ended early', async () => {
    const runId: string = (await run()).json().run_id;
    const id = runId.slice(4);
    const row = { kind: 'open_orders', id: 'ord_0123456789ab', message: 'Error: no' };
    await countInRun(api.deps.pool, id, { kind: 'open_orders', examined: 3, repaired: 1, failures: [row, row] });
    await countInRun(api.deps.pool, id, { kind: 'open_orders', examined: 2, repaired: 1, failures: [row] });
    await countInRun(api.deps.pool, id, { kind: 'old_cases', examined: 1, repaired: 1, failures: [] });
    const step = { kind: 'late_money', id: null, message: 'no database' };
    await finishRun(api.deps.pool, id, [step]);
    expect((await list()).runs[0]).toMatchObject({
      examined: { open_orders: 5, old_cases: 1 },
      repaired: { open_orders: 2, old_cases: 1 },
      failed: { open_orders: 3 },
      failures: [row, row, row, step],
      outcome: 'failed',
      finished_at: expect.any(String),
    });
  });

  it('keeps the first twenty lines of what failed, and what ended early besides', async () => {
    const id: string = (await run()).json().run_id.slice(4);
    const rows = Array.from({ length: 100 }, (_, n) => ({ kind: 'open_orders', id: `ord_${n}`, message: 'no' }));
    const page = { kind: 'open_orders', examined: 100, repaired: 0, failures: rows };
    await countInRun(api.deps.pool, id, page);
    await countInRun(api.deps.pool, id, page);
    await finishRun(api.deps.pool, id, [{ kind: 'open_orders', id: null, message: 'the end' }]);
    const [shown] = (await list()).runs;
    expect(shown.failed).toEqual({ open_orders: 200 });
    expect(shown.failures).toHaveLength(21);
    expect(shown.failures[20].message).toBe('the end');
  });

  it('takes no wrong body', async () => {
    const answer = await run({ dry_run: 'yes' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toHaveProperty('dry_run');
  });
});

describe('the list of runs', () => {
  it('is newest first, by pages', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const runId: string = (await run()).json().run_id;
      ids.unshift(runId);
      await finishRun(api.deps.pool, runId.slice(4));
    }
    const first = await list({ limit: '3' });
    const rest = await list({ limit: '3', cursor: first.next_cursor });
    expect([...first.runs, ...rest.runs].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(rest.next_cursor).toBeNull();
    const answer = await api.call(admin, 'GET', '/v1/admin/reconcile-runs?cursor=garbage');
    expect(answer.statusCode).toBe(400);
  });
});
