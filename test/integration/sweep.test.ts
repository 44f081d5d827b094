import type { ScheduleHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepScheduleId, type SweptLane } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
let schedule: ScheduleHandle;
beforeAll(async () => {
  // No poll and no reconcile comes before the test is over: what is found is found by the sweep.
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '100 hours' } });
  schedule = stack.client.schedule.getHandle(sweepScheduleId);
}, 120_000);
afterAll(() => stack?.close());

/** Runs the schedule's action once, now, to its end. */
async function sweep(): Promise<SweptLane[]> {
  const before = (await schedule.describe()).info.recentActions.length;
  await schedule.trigger();
  const { workflowId, firstExecutionRunId } = await eventually(async () => {
    const { recentActions } = (await schedule.describe()).info;
    expect(recentActions.length).toBeGreaterThan(before);
    return recentActions.at(-1)!.action.workflow;
  });
  return (await stack.client.workflow.getHandle(workflowId, firstExecutionRunId).result()) as SweptLane[];
}

/** The provider has finished the order's payment, and told nobody. */
async function paidInSilence(merchant: Stack['live']): Promise<string> {
  const { body: order } = await merchant.checkout();
  await stack.sim('/pay', { order_id: order.order_id, ipn: 'drop' });
  await eventually(async () => {
    const { payments } = await stack.sim<{ payments: { payment_status: string }[] }>(
      `/payments?order_id=${order.order_id}`,
    );
    expect(payments[0]?.payment_status).toBe('finished');
  });
  return order.order_id;
}

async function expectPaid(orderId: string, merchant: Stack['live']): Promise<void> {
  await eventually(async () => {
    const { body } = await merchant.call('GET', `/v1/billing/crypto-orders/${orderId}`);
    expect(body.status).toBe('paid');
    expect(body.events.at(-1).source).toBe('reconcile');
  });
}

describe('the sweep of the provider’s list', () => {
  it('is a schedule of its own that never runs beside itself', async () => {
    const { policies, spec } = await schedule.describe();
    expect(policies.overlap).toBe('SKIP');
    expect(spec.intervals).toMatchObject([{ every: stack.config.sweepEveryMs }]);
  });

  it('finds silent payments of both modes in one run, in a call for each list', async () => {
    const [live, test] = [await paidInSilence(stack.live), await paidInSilence(stack.test)];
    const { body: waiting } = await stack.live.checkout();
    const swept = await sweep();
    expect(swept).toMatchObject([
      { mode: 'live', pages: 1, rung: 1, failed: 0, problem: null },
      { mode: 'test', pages: 1, rung: 1, failed: 0, problem: null },
    ]);
    await expectPaid(live, stack.live);
    await expectPaid(test, stack.test);
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${waiting.order_id}`);
    expect(body.status).toBe('pending');
    expect(await sweep()).toMatchObject([{ mode: 'live', rung: 0 }]); // of test, none waits any more
  });

  it('finds a second transfer to an order that is partial', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/scenarios/partial', { order_id: order.order_id });
    await eventually(async () => {
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
      expect(body.status).toBe('partial');
    });
    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5, ipn: 'drop' });
    await eventually(async () => {
      await sweep();
      await stack.pool.query(`update sweep_rings set rung_at = rung_at - interval '1 hour'`);
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
      expect(body.status).toBe('paid');
    });
  });

  it('only rings: of a list that says more than the read confirms, nothing comes', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.pool.query(`update payments set provider_status = 'unheard' where order_id = $1`, [order.order_id]);
    expect(await sweep()).toMatchObject([{ mode: 'live', rung: 1 }]);
    await eventually(async () => {
      const { rows } = await stack.pool.query(
        `select 1 from order_facts where order_id = $1 and fact_id like 'sweep:%'`,
        [order.order_id],
      );
      expect(rows).toHaveLength(1);
    });
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
    expect(body.status).toBe('pending');
  });

  it('ends when the list cannot be had, and the next one finds what it missed', async () => {
    const orderId = await paidInSilence(stack.live);
    await stack.sim('/faults', { endpoint: 'GET /payment/', fault: 'http_500', times: 1 });
    expect(await sweep()).toMatchObject([{ mode: 'live', rung: 0, problem: expect.stringContaining('500') }]);
    expect(await sweep()).toMatchObject([{ mode: 'live', rung: 1, problem: null }]);
    await expectPaid(orderId, stack.live);
  });

  it('and keeps every invariant', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});
