import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eventually } from '../support/eventually.js';
import { createOrderWorld, minute, type OrderWorld } from '../support/order-world.js';
import type { ScriptedOrder } from '../support/scripted-order.js';
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

/** A promise, and the way to keep it. */
function gate(): { opens: Promise<void>; open: () => void } {
  let open = () => {};
  const opens = new Promise<void>((resolve) => (open = resolve));
  return { opens, open };
}

describe('while the mint is on the wire', () => {
  it('a fact waits for it, and is dealt with right after', async () => {
    const mint = gate();
    const order = await world.place({ mintAnswers: mint.opens, provider: 'finished' });
    await world.runs.start(order.start); // the test server takes two first starts at once for a conflict
    const checkout = world.runs.open(order.start, 20_000);
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-2' });
    expect(order.calls).toEqual([]);
    mint.open();
    expect(await checkout).toBe('opened');
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.calls).toEqual(['openOrder', 'settleOrder ipn and 1 more', 'read']); // one reading answers both
    expect(order.timeline).toMatchObject([{ status: 'paid', source: 'ipn' }]);
  });

  it('a cancellation does not wait, and the checkout that does is let go', async () => {
    const mint = gate();
    const order = await world.place({ mintAnswers: mint.opens });
    await world.runs.start(order.start);
    const checkout = world.runs.open(order.start, 20_000);
    expect(await world.runs.cancel(order.start, 'cancel-1')).toMatchObject({ kind: 'moved', status: 'cancelled' });
    expect(order.calls).toEqual(['settleOrder cancel']);
    mint.open();
    expect(await checkout).toBe('unfinished');
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
    expect(order.timeline).toMatchObject([{ status: 'cancelled', source: 'cancel' }]);
  }, 30_000); // one that waits does so for ever

  it('facts of several kinds: each in a task of its own, the last one within it', async () => {
    const mint = gate();
    const order = await world.place({ mintAnswers: mint.opens });
    await world.runs.start(order.start);
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await world.runs.handOver(order.start, { kind: 'reconcile', id: 'reconcile-1' });
    const count = async (event: string) => (await world.history(order)).filter((each) => each === event).length;
    await eventually(async () => expect(await count('workflowExecutionSignaledEventAttributes')).toBe(2));
    mint.open();
    await eventually(() => expect(stepsOf(order)).toEqual(['settleOrder ipn', 'settleOrder reconcile']));
    await eventually(async () => expect(await count('timerStartedEventAttributes')).toBe(1));
    expect(await count('activityTaskScheduledEventAttributes')).toBe(2); // the opening that took its time, and the IPN
  });

  it("an operator's word is kept, and whoever said it is told that it waits", async () => {
    const mint = gate();
    const order = await world.place({ mintAnswers: mint.opens });
    await world.runs.start(order.start);
    const amounts = { actuallyPaid: null, payAmount: null, payCurrency: null };
    const word = { kind: 'operator', id: 'o1', actor: 'key_1', providerStatus: 'finished', paymentId: '5000' } as const;
    const answer = await world.runs.apply(order.start, { ...word, ...amounts });
    expect(answer).toMatchObject({ kind: 'waits', status: 'pending' });
    expect(order.calls).toEqual([]);
    mint.open();
    await eventually(() => expect(order.calls.at(-1)).toBe('settleOrder operator'));
  });

  it("an operator's word that starts a second run gets its own answer", async () => {
    const order = await world.open();
    await world.runs.cancel(order.start, 'cancel-1');
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
    const amounts = { actuallyPaid: null, payAmount: null, payCurrency: null };
    const word = { kind: 'operator', id: 'o2', actor: 'key_1', providerStatus: 'finished', paymentId: '5000' } as const;
    const answer = await world.runs.apply(order.start, { ...word, ...amounts });
    expect(answer).toMatchObject({ kind: 'stayed', status: 'cancelled' });
  });

  it('facts and a cancellation: the cancellation first, then what is late', async () => {
    const mint = gate();
    const order = await world.place({ mintAnswers: mint.opens, provider: 'finished' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.runs.cancel(order.start, 'cancel-1')).toMatchObject({ kind: 'moved', status: 'cancelled' });
    mint.open();
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
    expect(stepsOf(order)).toEqual(['settleOrder cancel', 'settleOrder ipn']);
    expect(order.cases).toEqual(['late_payment']);
  });
});

/** What was settled, in order. A step that is tried twice, or run again with its task, is one step. */
function stepsOf(order: ScriptedOrder): string[] {
  return [...new Set(order.calls.filter((call) => call.startsWith('settleOrder')))];
}

describe('while the provider is away', () => {
  /** An IPN is in hand and waits for the provider: its first try has been given up, the durable one goes on. */
  async function asking(provider: 'finished' | 'half' = 'finished') {
    const outage = gate();
    const order = await world.open({ provider });
    order.providerAnswers = outage.opens;
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    const scheduled = async () =>
      (await world.history(order)).filter((event) => event === 'activityTaskScheduledEventAttributes').length;
    await eventually(async () => expect(await scheduled()).toBe(1));
    return { order, outage };
  }

  it('a cancellation is patient for a moment and then goes ahead', async () => {
    const { order, outage } = await asking();
    expect(await world.runs.cancel(order.start, 'cancel-1')).toMatchObject({ kind: 'moved', status: 'cancelled' });
    outage.open();
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
    expect(stepsOf(order)).toEqual(['settleOrder cancel', 'settleOrder ipn']);
    expect(order.cases).toEqual(['late_payment']); // the coins came all the same, and somebody hears of them
  });

  it('notices gather, and one reading answers them all', async () => {
    const { order, outage } = await asking();
    for (const n of [2, 3, 4, 5]) await world.runs.handOver(order.start, { kind: 'ipn', id: `ipn-${n}` });
    await world.runs.handOver(order.start, { kind: 'reconcile', id: 'reconcile-1' });
    outage.open();
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(stepsOf(order)).toEqual(['settleOrder ipn', 'settleOrder ipn and 3 more', 'settleOrder reconcile']);
    expect(order.timeline).toMatchObject([{ status: 'paid', source: 'ipn' }]);
  });

  it('a word on a case goes ahead, also of an order that is closed', async () => {
    const { order, outage } = await asking();
    await world.runs.cancel(order.start, 'cancel-1');
    const honour = {
      kind: 'resolve',
      id: 'd1',
      caseId: 'c1',
      action: 'honour',
      actor: 'mira',
      approvedBy: null,
    } as const;
    expect(await world.runs.resolve(order.start, honour)).toMatchObject({ kind: 'moved' });
    outage.open();
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
  });
});

describe('a cancellation and a finished payment at once', () => {
  /** Both are in the inbox before either is dealt with: until then the first one's settling is held. */
  async function bothWaiting(first: 'the cancellation' | 'the payment') {
    const settling = gate();
    const order = await world.open({ provider: 'finished' });
    order.settling = settling.opens;
    const count = async (event: string) => (await world.history(order)).filter((each) => each === event).length;
    const pay = async () => {
      await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
      await eventually(async () => expect(await count('workflowExecutionSignaledEventAttributes')).toBe(1));
    };
    if (first === 'the payment') await pay();
    const cancelled = world.runs.cancel(order.start, 'cancel-1');
    await eventually(async () => expect(await count('workflowExecutionUpdateAcceptedEventAttributes')).toBe(2));
    if (first === 'the cancellation') await pay();
    settling.open();
    return { order, outcome: await cancelled, result: await world.result(order) };
  }

  it('are taken in their order: the payment first, the cancellation refused', async () => {
    const { order, outcome, result } = await bothWaiting('the payment');
    expect(outcome).toEqual({ kind: 'refused', status: 'paid', reason: 'it is paid' });
    expect(result).toMatchObject({ status: 'paid' });
    expect(order.timeline).toMatchObject([{ status: 'paid', source: 'ipn' }]);
    expect(order.cases).toEqual([]);
  });

  it('are taken in their order: the cancellation first, the payment late', async () => {
    const { order, outcome, result } = await bothWaiting('the cancellation');
    expect(outcome).toEqual({ kind: 'moved', status: 'cancelled', reason: null });
    expect(result).toMatchObject({ status: 'cancelled' });
    expect(order.timeline).toMatchObject([{ status: 'cancelled', source: 'cancel' }]);
    expect(order.cases).toEqual(['late_payment']);
  });
});

describe('a run that goes on from a long one', () => {
  it('deals with what was carried over, each fact once', async () => {
    const order = await world.place({ provider: 'finished' });
    const carried = [{ kind: 'ipn', id: 'ipn-1' }] as const;
    await world.runs.start({ ...order.start, carried });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(stepsOf(order)).toEqual(['settleOrder ipn']);
    expect(order.timeline).toMatchObject([{ status: 'paid', source: 'ipn' }]);
  });
});

describe('the end of the window', () => {
  it('and a payment just before it: one end, by one fact', async () => {
    const order = await world.open();
    await world.pass(60 * minute - 30_000);
    order.provider = 'finished';
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline).toMatchObject([{ status: 'paid' }]);
  });

  it('is not passed again by a run that starts after it', async () => {
    const order = await world.open();
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    await world.runs.handOver(order.start, { kind: 'reconcile', id: 'reconcile-1' });
    await eventually(() => expect(order.calls).toContain('settleOrder reconcile'));
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    expect(order.timeline).toEqual([{ status: 'failed', source: 'expired', minutes: 60 }]);
  });
});
