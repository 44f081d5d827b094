import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';
import { startReceiver, type Receiver } from '../webhooks/receiver.js';

let stack: Stack;
let receiver: Receiver;
let worker: WorkerProcess;
let isHanging = true;
beforeAll(async () => {
  receiver = await startReceiver((response) => {
    if (!isHanging) response.writeHead(204).end();
  });
  stack = await startStack({ withoutWorker: true, env: { WEBHOOK_ALLOW_TARGETS: receiver.target } });
  worker = await startWorkerProcess(stack.env);
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await receiver?.close();
  await stack?.close();
});

const statusOf = async (id: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body.status;

describe('a worker killed between the settle and its completion', () => {
  it('leaves one grant, one receipt, one event with the same bytes, and a run that completes', async () => {
    const endpoint = await stack.live.call('POST', '/v1/webhooks', {
      url: `${receiver.url}/hook`,
      events: ['crypto.order.paid'],
    });
    expect(endpoint.status).toBe(201);
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id });
    // Settled and committed; the same activity is now waiting for the receiver to answer.
    await eventually(() => expect(receiver.received).toHaveLength(1), { timeoutMs: 30_000 });
    expect(await statusOf(order.order_id)).toBe('paid');
    const run = stack.client.workflow.getHandle(`crypto-order/${order.order_id}`);
    expect((await run.describe()).status.name).toBe('RUNNING');

    await worker.kill();
    isHanging = false;
    await stack.pool.query('update deliveries set claimed_until = now()'); // a minute passes for the dead worker's claim
    worker = await startWorkerProcess(stack.env);

    // The heartbeat misses, and the attempt is repeated.
    await eventually(async () => expect((await run.describe()).status.name).toBe('COMPLETED'), { timeoutMs: 90_000 });
    await eventually(
      async () => {
        const { rows } = await stack.pool.query('select status from deliveries');
        expect(rows).toEqual([{ status: 'delivered' }]);
      },
      { timeoutMs: 90_000 },
    );
    const [first, second] = receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    const { rows } = await stack.pool.query(
      `select (select count(*) from entitlements) as grants, (select count(*) from receipts) as receipts,
         (select count(*) from outgoing_events where type = 'crypto.order.paid') as events,
         (select count(*) from order_events where status = 'paid') as moves`,
    );
    expect(rows).toEqual([{ grants: 1, receipts: 1, events: 1, moves: 1 }]);
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  }, 240_000);
});

describe('a worker killed while orders are on their way', () => {
  it('loses and doubles none of them', async () => {
    const orders = await Promise.all(Array.from({ length: 12 }, () => stack.live.checkout()));
    const ids = orders.map(({ body }) => body.order_id as string);
    await Promise.all(ids.map((id) => stack.sim('/pay', { order_id: id })));
    await eventually(async () => expect(await Promise.all(ids.map(statusOf))).toContain('paid'), { intervalMs: 10 });
    await worker.kill();
    worker = await startWorkerProcess(stack.env);
    await eventually(async () => expect(new Set(await Promise.all(ids.map(statusOf)))).toEqual(new Set(['paid'])), {
      timeoutMs: 120_000,
      intervalMs: 500,
    });
    await eventually(() => expectInvariants(stack), { timeoutMs: 90_000, intervalMs: 1_000 });
  }, 240_000);
});
