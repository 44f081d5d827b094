import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { answering, startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';

let hooks: Hooks;
let stack: Stack;
beforeAll(async () => {
  hooks = await startHooks();
  stack = await startStack({ env: { WEBHOOK_ALLOW_TARGETS: hooks.target, RECONCILE_EVERY: '1 hour' } });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
});

/** What Temporal holds of a delivery's run: when it goes on, how often it tried. */
async function runOf(deliveryId: string) {
  const handle = stack.client.workflow.getHandle(`deliver-webhook/${deliveryId.slice('wdl_'.length)}`);
  const { raw } = await handle.describe();
  const [activity] = raw.pendingActivities ?? [];
  const nextAttemptMs = Number(activity?.scheduledTime?.seconds ?? 0) * 1000;
  return { nextAttemptMs, attempt: activity?.attempt ?? 0 };
}

/** What its history has cost so far. */
async function costOf(deliveryId: string) {
  const handle = stack.client.workflow.getHandle(`deliver-webhook/${deliveryId.slice('wdl_'.length)}`);
  const events = (await handle.fetchHistory()).events ?? [];
  return {
    looks: events.filter((event) => event.activityTaskScheduledEventAttributes).length,
    wakes: events.filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    timers: events.filter((event) => event.timerStartedEventAttributes).length,
  };
}

describe('the wait before the second attempt', () => {
  it('is 60 to 69 seconds; its run looks when the attempt should be over (example 49)', async () => {
    const shop = await openShop(stack);
    const endpoint = await shop.endpoint(hooks.at('down', answering(500)).url);
    await shop.paidOrder();
    const { id, next_attempt_at } = await shop.delivery(endpoint, { status: 'pending', attempts: 1 });
    const dueMs = Date.parse(next_attempt_at);
    expect(dueMs - Date.now()).toBeGreaterThan(40_000);
    expect(dueMs - Date.now()).toBeLessThanOrEqual(69_000);
    await eventually(async () => {
      const { nextAttemptMs, attempt } = await runOf(id);
      expect(attempt).toBe(2); // the first look found that it is not due, and says until when
      expect(Math.abs(nextAttemptMs - dueMs - 15_000)).toBeLessThan(5_000);
    });
  });

  it('is lengthened by Retry-After, to twice the scheduled one at most', async () => {
    const shop = await openShop(stack);
    const patient = hooks.at('patient', (response) => response.writeHead(429, { 'retry-after': '90' }).end());
    const greedy = hooks.at('greedy', (response) => response.writeHead(503, { 'retry-after': '999999999' }).end());
    const endpoints = [await shop.endpoint(patient.url), await shop.endpoint(greedy.url)];
    await shop.paidOrder();
    const waits: number[] = [];
    for (const endpoint of endpoints) {
      const { id, next_attempt_at } = await shop.delivery(endpoint, { status: 'pending', attempts: 1 });
      const { rows } = await stack.pool.query(
        `select extract(epoch from $2::timestamptz - at)::float as wait from delivery_attempts where delivery_id = $1`,
        [id.slice('wdl_'.length), next_attempt_at],
      );
      waits.push(rows[0].wait);
    }
    expect(waits).toEqual([90, 120]);
  });

  it('of many hours costs no history and no polling', async () => {
    const shop = await openShop(stack);
    const endpoint = await shop.endpoint(hooks.at('long-down', answering(500)).url);
    await shop.paidOrder();
    const { id } = await shop.delivery(endpoint, { status: 'pending', attempts: 1 });
    await eventually(async () => expect((await runOf(id)).attempt).toBe(2));
    await stack.pool.query(
      `update deliveries set attempts = 10, next_attempt_at = now() + interval '20 hours' where id = $1`,
      [id.slice('wdl_'.length)],
    );
    await shop.change(endpoint, { active: false });
    await shop.change(endpoint, { active: true }); // wakes the run: due now, it fails for the eleventh time
    await shop.delivery(endpoint, { status: 'pending', attempts: 11 });
    await eventually(async () => {
      const { nextAttemptMs } = await runOf(id);
      expect(nextAttemptMs - Date.now()).toBeGreaterThan(23 * 3_600_000);
    });
    // What woke it is its start, the pause and the resumption, or the resumption alone, where the pause had ended the run
    // before. Each wake begins one look, and however long that waits, it is one activity and no timer.
    const { looks, wakes, timers } = await costOf(id);
    expect(wakes).toBeLessThanOrEqual(3);
    expect(looks).toBeLessThanOrEqual(1 + wakes);
    expect(timers).toBe(0);
  });
});
