import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { eventually } from '../support/eventually.js';
import { createOrderWorld, day, type OrderWorld } from '../support/order-world.js';
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

describe('a thousand facts to one order', () => {
  it('are each dealt with once, in one run, and the order is paid once', async () => {
    const order = await world.open({ provider: 'confirming' });
    const facts = Array.from({ length: 1_000 }, (_, n) => ({ kind: 'ipn', id: `ipn-${n % 500}` }) as const);
    for (let from = 0; from < facts.length; from += 100) {
      await Promise.all(facts.slice(from, from + 100).map((fact) => world.runs.handOver(order.start, fact)));
    }
    await eventually(() => expect(settled(order.calls)).toBe(500), { timeoutMs: 60_000 });
    order.provider = 'finished';
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-last' });
    expect(await world.result(order)).toMatchObject({ status: 'paid' });
    expect(settled(order.calls)).toBe(501);
    expect(order.calls.filter((call) => call === 'read').length).toBeLessThan(100); // one reading answers many
    expect(order.timeline.map(({ status }) => status)).toEqual(['confirming', 'paid']);
  });
});

describe('a week of an order', () => {
  it('passes in moments: confirming for a day, partial for seven, polled all the while', async () => {
    const order = await world.open({ provider: 'confirming' });
    await world.runs.handOver(order.start, { kind: 'ipn', id: 'ipn-1' });
    await eventually(() => expect(order.status).toBe('confirming'));
    const begun = performance.now();
    await world.pass(day);
    order.provider = 'half';
    expect(await world.result(order)).toMatchObject({ status: 'failed' });
    const ms = Math.round(performance.now() - begun);
    const polls = order.calls.filter((call) => call === 'pollPayment').length;
    console.log(`[week] eight days of an order in ${ms} ms, with ${polls} polls`);
    expect(order.timeline.map(({ status, source }) => `${status} ${source}`)).toEqual([
      'confirming ipn',
      'partial poll',
      'failed expired',
    ]);
    expect(order.timeline.at(-1)?.minutes).toBeGreaterThanOrEqual(8 * 24 * 60);
    expect((await world.history(order)).length).toBeLessThan(80);
  });
});

/** The IPNs that were dealt with, alone or together. */
const settled = (calls: readonly string[]) =>
  calls
    .map((call) => /^settleOrder ipn(?: and (\d+) more)?$/.exec(call))
    .reduce((sum, step) => sum + (step === null ? 0 : 1 + Number(step[1] ?? 0)), 0);
