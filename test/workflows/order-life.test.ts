import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eventually } from '../support/eventually.js';
import { createOrderWorld, day, minute, type OrderWorld } from '../support/order-world.js';
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

describe('the checkout', () => {
  it('answers once the payment has an address', async () => {
    const order = await world.place();
    expect(await world.runs.open(order.start, 20_000)).toBe('opened');
    expect(order.calls).toEqual(['openOrder']);
  });

  it('mints once however often it is asked, since equal update ids are one update', async () => {
    const order = await world.place();
    const answers = await Promise.all([1, 2, 3].map(() => world.runs.open(order.start, 20_000)));
    expect(answers).toEqual(['opened', 'opened', 'opened']);
    expect(order.calls).toEqual(['openOrder']);
  });
});

describe('the pay window', () => {
  it('ends an unpaid order after 60 minutes by its own timer, after one last read', async () => {
    const order = await world.open();
    expect(await world.result(order)).toEqual({ status: 'failed', version: 3 });
    expect(order.timeline).toEqual([{ status: 'failed', source: 'expired', minutes: 60 }]);
    expect(order.calls.slice(-2)).toEqual(['settleOrder window_closed', 'read']);
    expect(await world.history(order)).toContain('timerFiredEventAttributes');
  });

  it('does not end an order for which the last read finds money', async () => {
    const order = await world.open();
    await world.pass(58 * minute); // the poll's next attempt would come after the deadline
    const polls = order.calls.length;
    order.provider = 'finished';
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline).toEqual([{ status: 'paid', source: 'poll', minutes: 60 }]);
    expect(order.calls.slice(polls)).toEqual(['settleOrder window_closed', 'read']);
  });

  it('is not lengthened by a duplicate just before its end', async () => {
    const order = await world.open();
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await world.pass(59 * minute);
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-2' }); // the same news under another id
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    expect(order.timeline).toEqual([{ status: 'failed', source: 'expired', minutes: 60 }]);
  });

  it("ends also when the database's clock is behind, and without a flood of attempts", async () => {
    const order = await world.open({ clockLagMs: 8_000 });
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    expect(order.timeline).toEqual([{ status: 'failed', source: 'expired', minutes: 59 }]); // by that clock
    expect(order.calls.filter((call) => call === 'settleOrder window_closed').length).toBeLessThanOrEqual(4);
  });

  it('runs also for an order whose mint keeps failing', async () => {
    const order = await world.place({ mint: 'fails' });
    await world.runs.start(order.start);
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    expect(order.timeline).toEqual([{ status: 'failed', source: 'mint_failed', minutes: 60 }]);
    expect(order.calls.filter((call) => call === 'openOrder').length).toBeGreaterThan(50);
    expect((await world.history(order)).length).toBeLessThan(40);
  });
});

describe('an address that comes late', () => {
  it('gives its payer the whole pay window all the same', async () => {
    const order = await world.place({ mint: 'fails' });
    await world.runs.start(order.start);
    await world.pass(55 * minute);
    order.mint = 'works';
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    expect(order.timeline).toEqual([{ status: 'failed', source: 'expired', minutes: 115 }]);
    expect(order.calls.filter((call) => call === 'settleOrder window_closed')).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('ends a waiting order and answers so', async () => {
    const order = await world.open();
    expect(await world.runs.cancel(order.start, 'cancel-1')).toEqual({
      kind: 'moved',
      status: 'cancelled',
      reason: null,
    });
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
  });

  it('is refused while coins are confirming', async () => {
    const order = await world.open({ provider: 'confirming' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await eventually(() => expect(order.status).toBe('confirming'));
    expect(await world.runs.cancel(order.start, 'cancel-1')).toEqual({
      kind: 'refused',
      status: 'confirming',
      reason: 'it is confirming',
    });
  });

  it('works while the mint keeps failing, and frees the checkout that waits', async () => {
    const order = await world.place({ mint: 'fails' });
    const checkout = world.runs.open(order.start, 20_000);
    await eventually(() => expect(order.calls).toContain('openOrder'));
    expect(await world.runs.cancel(order.start, 'cancel-1')).toMatchObject({ kind: 'moved', status: 'cancelled' });
    expect(await checkout).toBe('unfinished');
    expect(await world.result(order)).toMatchObject({ status: 'cancelled' });
  });

  it('asked twice under one id is decided once and answered alike', async () => {
    const order = await world.open();
    const [first, second] = await Promise.all([
      world.runs.cancel(order.start, 'cancel-1'),
      world.runs.cancel(order.start, 'cancel-1'),
    ]);
    expect(second).toEqual(first);
    expect(order.calls.filter((call) => call === 'settleOrder cancel')).toHaveLength(1);
  });
});

describe('confirming', () => {
  it('never expires, and opens one case after a day', async () => {
    const order = await world.open({ provider: 'confirming' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await eventually(() => expect(order.status).toBe('confirming'));
    await world.pass(day - 5 * minute);
    expect(order.cases).toEqual([]);
    await world.pass(3 * day);
    expect(order.cases).toEqual(['slow_confirmation']);
    expect(order.status).toBe('confirming');
    order.provider = 'finished';
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline.map(({ status, source }) => [status, source])).toEqual([
      ['confirming', 'ipn'],
      ['paid', 'poll'],
    ]);
  });
});

describe('a poll', () => {
  it('begins anew after thirty days: an order that confirms for two months is paid by it', async () => {
    const order = await world.open({ provider: 'confirming' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await eventually(() => expect(order.status).toBe('confirming'));
    await world.pass(62 * day);
    order.provider = 'finished';
    await world.pass(2 * 60 * minute);
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(order.timeline.at(-1)).toMatchObject({ status: 'paid', source: 'poll' });
    expect((await world.history(order)).length).toBeLessThan(80);
  });
});

describe('an order paid in part', () => {
  it('fails after seven days that pass in moments, its case open', async () => {
    const order = await world.open({ provider: 'half' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    expect(order.timeline).toEqual([
      { status: 'partial', source: 'ipn', minutes: 0 },
      { status: 'failed', source: 'expired', minutes: 7 * 24 * 60 },
    ]);
    expect(order.cases).toEqual(['underpaid']);
  });

  it('is paid when the rest comes on the sixth day', async () => {
    const order = await world.open({ provider: 'half' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await eventually(() => expect(order.status).toBe('partial'));
    await world.pass(6 * day);
    order.provider = 'finished';
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-2' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
  });
});
