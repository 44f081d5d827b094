import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eventually } from '../support/eventually.js';
import { createOrderWorld, minute, type OrderWorld } from '../support/order-world.js';
import { timeSkipping } from '../support/temporal.js';

let environment: TestWorkflowEnvironment;
let world: OrderWorld;

beforeAll(async () => {
  environment = await timeSkipping();
  world = await createOrderWorld(environment);
});
afterAll(async () => {
  await world?.stop();
  await environment?.teardown();
});

const settles = (calls: readonly string[]) => calls.filter((call) => call.startsWith('settleOrder'));

describe('a fact', () => {
  it('signalled twice is dealt with once', async () => {
    const order = await world.open({ provider: 'confirming' });
    for (const id of ['ipn-1', 'ipn-1', 'ipn-1']) await world.runs.handOver(order.start, { kind: 'ipn', id });
    await eventually(() => expect(order.status).toBe('confirming'));
    order.provider = 'finished';
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-2' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(settles(order.calls)).toEqual(['settleOrder ipn', 'settleOrder ipn']);
  });

  it('that comes before the workflow ever ran starts it', async () => {
    const order = await world.place({ provider: 'finished' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline).toEqual([{ status: 'paid', source: 'ipn', minutes: 0 }]);
  });

  it('that comes early costs one timer and no poll', async () => {
    const order = await world.open({ provider: 'finished' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    const history = await world.history(order);
    expect(history.filter((event) => event === 'timerStartedEventAttributes')).toHaveLength(1);
    expect(order.calls).toEqual(['openOrder', 'settleOrder ipn', 'read']);
  });

  it('on a closed order starts a second run, which records it and ends', async () => {
    const order = await world.open();
    await world.runs.cancel(order.start, 'cancel-1');
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });

    order.provider = 'finished';
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-late' });
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
    expect(order.cases).toEqual(['late_payment']);
    expect(order.timeline.map(({ status }) => status)).toEqual(['cancelled']);
    expect((await world.history(order)).length).toBeLessThanOrEqual(22);
  });

  it('of support on a closed order starts a run that honours it', async () => {
    const order = await world.open({ provider: 'half' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    const decision = {
      caseId: 'case_1',
      action: 'honour',
      actor: 'ops',
      approvedBy: null,
    } as const;
    const outcome = await world.runs.resolve(order.start, { kind: 'resolve', id: 'decision-1', ...decision });
    expect(outcome).toMatchObject({ kind: 'moved', status: 'paid' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
  });
});

describe('the poll', () => {
  it('waits out the grace, then finds silent money', async () => {
    const order = await world.open();
    await world.pass(90_000);
    expect(order.calls).toEqual(['openOrder']);
    await world.pass(5 * minute);
    expect(order.calls.filter((call) => call === 'pollPayment')).toHaveLength(2); // after 2 and after 4 minutes
    order.provider = 'finished';
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline).toMatchObject([{ status: 'paid', source: 'poll' }]);
    expect(settles(order.calls)).toEqual(['settleOrder poll']);
  });

  it('asks ever more rarely, after 2, 4, 8 and 16 minutes, without a line of history', async () => {
    const order = await world.open();
    await world.pass(3 * minute);
    const [lines, polls] = [(await world.history(order)).length, order.calls.length];
    await world.pass(28 * minute);
    expect(order.calls.slice(polls)).toEqual(['pollPayment', 'pollPayment', 'pollPayment']);
    expect((await world.history(order)).length).toBe(lines);
    await world.runs.cancel(order.start, 'cancel-1');
  });

  it('is cancelled by a fact', async () => {
    const order = await world.open();
    await world.pass(5 * minute);
    expect(order.calls).toContain('pollPayment');
    order.provider = 'finished';
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline).toMatchObject([{ status: 'paid', source: 'ipn' }]);
    expect(await world.history(order)).toContain('activityTaskCancelRequestedEventAttributes');
  });
});
