import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countProviderCalls } from '../../bench/provider-calls.js';
import { orderWorkflowId, sweepScheduleId } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 second', RECONCILE_EVERY: '100 hours' } });
}, 120_000);
afterAll(() => stack?.close());

async function newOrder(): Promise<string> {
  const { body } = await stack.live.checkout();
  expect(body.payment_address, 'minted').toBeTypeOf('string');
  return body.order_id as string;
}

const sweep = () => stack.client.schedule.getHandle(sweepScheduleId).trigger();

/** The order's poll has been tried, found the sweep at work, and is not due for long. */
async function expectLeftToSweep(orderId: string): Promise<void> {
  const run = stack.client.workflow.getHandle(orderWorkflowId(orderId));
  const [poll] = (await run.describe()).raw.pendingActivities ?? [];
  expect(poll?.activityType?.name).toBe('pollPayment');
  expect(poll?.lastFailure?.applicationFailureInfo?.type).toBe('LeftToTheSweep');
  const { currentDetails } = await run.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(currentDetails).toMatch(/^- waits for: an IPN, the sweep of the provider's list, or its own poll, /);
  expect(Number(poll?.scheduledTime?.seconds) * 1000).toBeGreaterThan(Date.now() + 25 * 60_000);
}

describe('orders that wait past the grace while the provider’s list is swept', () => {
  it('ask the provider nothing each, and a silent payment of one is found by the list', async () => {
    const first = await newOrder();
    await sweep();
    await eventually(() => expectLeftToSweep(first), { timeoutMs: 30_000 });
    const calls = await countProviderCalls(stack.simulator.url);
    const orders = await Promise.all(Array.from({ length: 8 }, newOrder));
    await eventually(() => Promise.all(orders.map(expectLeftToSweep)), { timeoutMs: 30_000 });
    expect(await calls()).toMatchObject({ 'POST /payment': 8, 'GET /payment/:id': 0 });

    await stack.sim('/pay', { order_id: orders[3], ipn: 'drop' });
    await eventually(
      async () => {
        await sweep();
        const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${orders[3]}`);
        expect(body.status).toBe('paid');
      },
      { timeoutMs: 30_000, intervalMs: 1_000 },
    );
    expect((await calls())['GET /payment/:id']).toBeLessThanOrEqual(3); // of that one order alone
  });

  it('and keeps every invariant', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});
