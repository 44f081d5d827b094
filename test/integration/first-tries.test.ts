import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findOrder } from '../../src/db/orders/orders.js';
import { createOrderRuns } from '../../src/temporal/order-runs.js';
import { orderStart } from '../../src/temporal/order-start.js';
import { queues, type OrderStart } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { openByHand, placedOrder } from '../support/opening.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '30 minutes', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterEach(() => stack.sim('/faults', undefined, 'DELETE'));
afterAll(() => stack?.close());

const call = (method: string, path: string) => stack.live.call(method, `/v1/billing/crypto-orders/${path}`);
const slow = (endpoint: string, ms: number, more: object = {}) =>
  stack.sim('/faults', { endpoint, fault: 'latency', ms, ...more });

/** How many calls the slowness that was asked for last has met. */
async function callsSlowed(): Promise<number> {
  const { faults } = await stack.sim<{ faults: { seen: number }[] }>('/faults');
  return faults.at(-1)!.seen;
}

const run = (orderId: string, runId?: string) => stack.client.workflow.getHandle(`crypto-order/${orderId}`, runId);

async function newOrder(): Promise<string> {
  const { body } = await stack.live.checkout();
  expect(body.payment_address, 'minted').toBeTypeOf('string');
  return body.order_id as string;
}

/** A checkout whose answer is not waited for, and the id of its order. */
async function beginCheckout() {
  const before = await stack.pool.query<{ n: number }>('select count(*)::integer as n from orders');
  const answer = stack.live.checkout();
  const orderId = await eventually(async () => {
    const { rows } = await stack.pool.query<{ id: string }>('select id from orders order by created_at desc, id');
    expect(rows).toHaveLength(before.rows[0]!.n + 1);
    return rows[0]!.id;
  });
  return { answer, orderId };
}

async function minted(orderId: string): Promise<number> {
  const { payments } = await stack.sim<{ payments: unknown[] }>(`/payments?order_id=${orderId}`);
  return payments.length;
}

/** What stands in the history of a run: tasks that were taken back, and the summaries of itself, of its steps and timers. */
async function story(orderId: string, runId?: string) {
  const { events } = await run(orderId, runId).fetchHistory();
  const texts = (events ?? []).map((event) => event.userMetadata?.summary?.data);
  return {
    failedTasks: (events ?? []).filter((event) => event.workflowTaskFailedEventAttributes).length,
    summaries: texts.flatMap((data) => (data ? [JSON.parse(Buffer.from(data).toString()) as string] : [])),
  };
}

describe('a provider that takes three seconds', () => {
  it('makes one payment, and the checkout waits for its address', async () => {
    await slow('POST /payment', 3_000);
    const orderId = await newOrder();
    expect(await minted(orderId)).toBe(1);
    const { rows } = await stack.pool.query('select outcome from mint_intents where order_id = $1', [orderId]);
    expect(rows).toEqual([{ outcome: 'bound' }]);
  });

  it('makes one payment too when the second try comes to another worker', async () => {
    await slow('POST /payment', 2_000);
    const { id } = await placedOrder(stack); // no run is started for it: these two are its workers
    const first = openByHand(stack, id);
    await eventually(async () => expect(await callsSlowed()).toBe(1), { intervalMs: 20 });
    const [{ order }, second] = await Promise.all([first, openByHand(stack, id)]);
    expect(second.order.payAddress).toBe(order.payAddress);
    expect([second.attempts, second.alarms]).toEqual([0, []]);
    expect(await minted(id)).toBe(1);
    const { rows } = await stack.pool.query('select outcome from mint_intents where order_id = $1', [id]);
    expect(rows).toEqual([{ outcome: 'bound' }]);
  });

  it('is seen to take its time by whoever looks at the order in Temporal', async () => {
    await slow('POST /payment', 4_000);
    const { answer, orderId } = await beginCheckout();
    await eventually(async () => expect((await run(orderId).describe()).raw.pendingActivities).toHaveLength(1));
    const { currentDetails } = await run(orderId).query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('- waits for: its payment to be made at the provider');
    expect((await answer).body.payment_address).toBeTypeOf('string');
    expect((await story(orderId)).summaries.slice(1)).toEqual([
      'open the order: mint its payment once',
      'open the order: mint its payment once, after a first try',
      'an IPN may come, then we ask',
    ]);
  });

  it('does not hold up a cancellation until it answers', async () => {
    await slow('POST /payment', 8_000);
    const { answer, orderId } = await beginCheckout();
    const askedAt = performance.now();
    const cancelled = await call('POST', `${orderId}/cancel`);
    console.log(`[first tries] cancelled behind a mint of 8 s after ${Math.round(performance.now() - askedAt)} ms`);
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect(await minted(orderId)).toBe(0); // it has not answered yet
    expect((await answer).body.payment_address).toBeNull();
    await eventually(async () => expect(await minted(orderId)).toBe(1), { timeoutMs: 20_000 });
    // Nobody is shown it, and it stays on record.
    await eventually(async () => {
      const { rows } = await stack.pool.query('select role from payments where order_id = $1', [orderId]);
      expect(rows).toEqual([{ role: 'orphan' }]);
    });
  });

  it('does not hold up a cancellation while it is being read either', async () => {
    const orderId = await newOrder();
    await slow('GET /payment/:id', 8_000);
    await handOver(orderId, 'reconcile:1');
    await eventually(async () => expect((await run(orderId).describe()).raw.pendingActivities).toHaveLength(1));
    const askedAt = performance.now();
    const { status } = await call('POST', `${orderId}/cancel`);
    console.log(`[first tries] cancelled behind a read of 8 s after ${Math.round(performance.now() - askedAt)} ms`);
    expect(status).toBe(200);
  });
});

async function startOf(orderId: string): Promise<OrderStart> {
  const row = await findOrder(stack.pool, orderId);
  if (!row) throw new Error('no order');
  return orderStart(row, { clocks: stack.config.clocks, queues });
}

async function handOver(orderId: string, id: string): Promise<void> {
  await createOrderRuns(stack.client).handOver(await startOf(orderId), { kind: 'reconcile', id });
}

describe('a word that ends the run', () => {
  it('is answered, though a fact came while it was being settled and the task was taken back', async () => {
    const orderId = await newOrder();
    await slow('GET /payment/:id', 1_200);
    const cancelling = call('POST', `${orderId}/cancel`);
    await eventually(async () => expect(await callsSlowed()).toBe(1), { intervalMs: 20 });
    await handOver(orderId, 'reconcile:2');
    const { status, body } = await cancelling;
    expect([status, body.status]).toEqual([200, 'cancelled']);
    const runs = stack.client.workflow.list({ query: `WorkflowId = 'crypto-order/${orderId}'` });
    await eventually(async () => {
      const failed: number[] = [];
      for await (const { runId } of runs) failed.push((await story(orderId, runId)).failedTasks);
      expect(failed).toContain(1);
    });
    await eventually(async () => {
      const { rows } = await stack.pool.query('select status from order_events where order_id = $1', [orderId]);
      expect(rows).toEqual([{ status: 'pending' }, { status: 'cancelled' }]);
    });
  });
});

describe('a run in which two steps are tried at once', () => {
  it('breaks none of its tasks when the one ends the order, and the other with it', async () => {
    const starts = await Promise.all(Array.from({ length: 12 }, async () => startOf(await newOrder())));
    const runs = createOrderRuns(stack.client);
    // A word that is settled already ends the second run at once, while that run is still loading the order.
    await Promise.all(starts.map((start) => runs.handOver(start, { kind: 'cancel', id: start.orderId })));
    const statuses = async () =>
      Promise.all(starts.map(async ({ orderId }) => (await run(orderId).describe()).status.name));
    await eventually(async () => expect(new Set(await statuses())).toEqual(new Set(['COMPLETED'])));
    const answers = await Promise.all(starts.map((start) => runs.cancel(start, start.orderId)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['cancelled']));
    const failed = await Promise.all(starts.map(async ({ orderId }) => (await story(orderId)).failedTasks));
    expect(failed).toEqual(starts.map(() => 0));
  }, 60_000);
});

describe('a worker that is stopped in a first try', () => {
  it('ends it first: the checkout gets its address', async () => {
    await slow('POST /payment', 1_500);
    const { answer, orderId } = await beginCheckout();
    await eventually(async () => expect(await callsSlowed()).toBe(1), { intervalMs: 20 });
    await stack.stopWorker();
    const stored = (await call('GET', orderId)).body;
    await stack.startWorker();
    expect(stored.payment_address).toBeTypeOf('string');
    expect((await answer).body.payment_address).toBe(stored.payment_address);
    expect(await minted(orderId)).toBe(1);
  });
});

describe('IPNs that come while one is being settled', () => {
  it('are answered by one reading', async () => {
    const orderId = await newOrder();
    await slow('GET /payment/:id', 1_000);
    await stack.sim('/pay', { order_id: orderId, step: '100 milliseconds' });
    await eventually(async () => expect((await call('GET', orderId)).body.status).toBe('paid'), { timeoutMs: 20_000 });
    await eventually(async () => {
      const { rows } = await stack.pool.query(
        'select count(*)::integer as came, count(handled_at)::integer as handled from provider_events where order_id = $1',
        [orderId],
      );
      expect(rows).toEqual([{ came: 4, handled: 4 }]);
    });
    expect(await callsSlowed()).toBe(2); // the first, and those that came meanwhile
  });
});

it('every invariant holds', () => eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 }));
