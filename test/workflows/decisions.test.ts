import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { HandedDecision } from '../../src/domain/facts/fact.js';
import { decisionFault } from '../../src/workflows/decision-fault.js';
import type { OrderState } from '../../src/workflows/messages.js';
import { createOrderWorld, type OrderWorld } from '../support/order-world.js';
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

function decision(over: Partial<HandedDecision> = {}): HandedDecision {
  const words = { action: 'honour', actor: 'key_1', approvedBy: null } as const;
  return { kind: 'resolve', id: 'resolve:case:1', caseId: 'case', ...words, ...over };
}

describe('a decision on a case', () => {
  it('to honour a closed order starts a second run, which pays it and ends', async () => {
    const order = await world.open();
    await world.runs.cancel(order.start, 'cancel-1');
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
    expect(await world.runs.resolve(order.start, decision())).toMatchObject({ kind: 'moved' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline.at(-1)).toMatchObject({ status: 'paid', source: 'support' });
  });

  it('handed over twice under one id is carried out once', async () => {
    const order = await world.open();
    await world.runs.cancel(order.start, 'cancel-1');
    await world.result(order);
    const [one, two] = await Promise.all([
      world.runs.resolve(order.start, decision()),
      world.runs.resolve(order.start, decision()),
    ]);
    expect([one.kind, two.kind]).toEqual(['moved', 'moved']);
    expect(order.timeline.filter(({ status }) => status === 'paid')).toHaveLength(1);
  });

  it.each([
    ['without a name', { action: 'note', actor: '' }, 'a decision has a name'],
    ['approved by who proposed it', { approvedBy: 'key_1' }, 'nobody approves their own decision'],
    ['that is none', { action: 'refund' as never }, 'the action is none of honour, decline, note'],
  ] as const)('%s is refused before it is taken on', async (_what, over, reason) => {
    const order = await world.open();
    expect(await world.runs.resolve(order.start, decision(over))).toEqual({ kind: 'refused', reason });
    const taken = (await world.history(order)).filter((event) => event.includes('UpdateAccepted'));
    expect(taken).toHaveLength(1); // the one that opened the order
    expect(order.calls).toEqual(['openOrder']);
  });

  it('to honour is possible wherever coins may lie, and not of an order that is paid', () => {
    const faultOf = (status: OrderState['status']) => decisionFault(decision(), { status } as OrderState);
    expect(faultOf('paid')).toBe('nothing to honour: the order is paid');
    expect((['pending', 'confirming', 'partial', 'failed', 'cancelled'] as const).map(faultOf)).toEqual(
      Array.from({ length: 5 }, () => null),
    );
  });

  it('that is no end leaves a waiting order waiting', async () => {
    const order = await world.open();
    expect(await world.runs.resolve(order.start, decision({ action: 'note' }))).toMatchObject({ kind: 'stayed' });
    expect(order.status).toBe('pending');
  });
});
