import { afterAll, beforeAll, expect, it } from 'vitest';
import { reconcileScheduleId, sweepScheduleId } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { RECONCILE_EVERY: '2 seconds' } });
}, 120_000);
afterAll(() => stack?.close());

it('reconcile runs by itself, again and again, one at a time', async () => {
  const schedule = await stack.client.schedule.getHandle(reconcileScheduleId).describe();
  expect(schedule.policies.overlap).toBe('SKIP');
  expect(schedule.spec.intervals).toMatchObject([{ every: 2_000 }]);
  await eventually(
    async () => {
      const { rows } = await stack.pool.query(
        'select started_at, finished_at from reconcile_runs where finished_at is not null',
      );
      expect(rows.length).toBeGreaterThanOrEqual(2);
    },
    { timeoutMs: 30_000 },
  );
  const { rows: together } = await stack.pool.query(
    `select 1 from reconcile_runs a join reconcile_runs b on a.id < b.id
       and a.started_at < coalesce(b.finished_at, now()) and b.started_at < coalesce(a.finished_at, now())`,
  );
  expect(together).toEqual([]);
});

it('schedules follow the settings when a worker starts, have a longest time for runs, and stay paused', async () => {
  const schedules = [reconcileScheduleId, sweepScheduleId].map((id) => stack.client.schedule.getHandle(id));
  const before = await Promise.all(schedules.map((schedule) => schedule.describe()));
  await stack.stopWorker();
  for (const schedule of schedules) {
    await schedule.pause('somebody looks into it');
    await schedule.update(({ action: { workflowExecutionTimeout: _, ...action }, ...made }) => ({
      ...made,
      spec: { intervals: [{ every: 77_000 }] },
      action: {
        ...action,
        args: [{ ...action.args![0], clocks: { ...stack.config.clocks, lateWatchMs: 1 } }],
      },
    }));
    expect((await schedule.describe()).action.workflowExecutionTimeout).toBeFalsy();
  }
  await stack.startWorker();
  for (const [at, schedule] of schedules.entries()) {
    const { spec, action, state } = await schedule.describe();
    expect(spec.intervals).toEqual(before[at]?.spec.intervals);
    expect(action.args).toEqual(before[at]?.action.args);
    expect(action.args).toMatchObject([{ clocks: stack.config.clocks }]);
    expect(action.workflowExecutionTimeout).toBe(before[at]?.action.workflowExecutionTimeout);
    expect(state).toMatchObject({ paused: true, note: 'somebody looks into it' });
  }
  expect(before[0]?.action.workflowExecutionTimeout).toBe(3_600_000);
}, 60_000);
