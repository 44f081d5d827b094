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

it.each([reconcileScheduleId, sweepScheduleId])(
  'the schedule %s follows the settings when a worker starts, and stays paused if somebody paused it',
  async (scheduleId) => {
    const schedule = stack.client.schedule.getHandle(scheduleId);
    const { spec, action } = await schedule.describe();
    await stack.stopWorker();
    await schedule.pause('somebody looks into it');
    await schedule.update((made) => ({
      ...made,
      spec: { intervals: [{ every: 77_000 }] },
      action: {
        ...made.action,
        args: [{ ...made.action.args![0], clocks: { ...stack.config.clocks, lateWatchMs: 1 } }],
      },
    }));
    await stack.startWorker();
    const described = await schedule.describe();
    expect(described.spec.intervals).toEqual(spec.intervals);
    expect(described.action.args).toEqual(action.args);
    expect(described.action.args).toMatchObject([{ clocks: stack.config.clocks }]);
    expect(described.state).toMatchObject({ paused: true, note: 'somebody looks into it' });
    await schedule.unpause();
  },
);

it('a schedule that was made before its runs had a longest time is given it', async () => {
  const schedule = stack.client.schedule.getHandle(reconcileScheduleId);
  await stack.stopWorker();
  await schedule.update(({ action: { workflowExecutionTimeout: _, ...action }, ...rest }) => ({
    ...rest,
    action,
  }));
  expect((await schedule.describe()).action.workflowExecutionTimeout).toBeFalsy();
  await stack.startWorker();
  const { action } = await schedule.describe();
  expect(action.workflowExecutionTimeout).toBe(3_600_000);
});
