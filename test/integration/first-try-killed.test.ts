import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.js';
import { startReceiver, type Receiver } from '../webhooks/receiver.js';

let stack: Stack;
let receiver: Receiver;
let worker: WorkerProcess;
beforeAll(async () => {
  receiver = await startReceiver((response) => response.writeHead(204).end());
  stack = await startStack({
    withoutWorker: true,
    env: { WEBHOOK_ALLOW_TARGETS: receiver.target, RECONCILE_EVERY: '10 hours', POLL_GRACE: '30 minutes' },
  });
  worker = await startWorkerProcess(stack.env);
  await stack.live.call('POST', '/v1/webhooks', { url: `${receiver.url}/hook`, events: ['crypto.order.paid'] });
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await receiver?.close();
  await stack?.close();
});

const get = async (id: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body;
const calls = async () => (await stack.sim<{ faults: { seen: number }[] }>('/faults')).faults[0]!.seen;

/** A task is the dead worker's for ten seconds; then another runs it again, its local steps with it. */
async function killWorker(): Promise<void> {
  await worker.kill();
  await stack.sim('/faults', undefined, 'DELETE');
  worker = await startWorkerProcess(stack.env);
}

/** An order's rows, of each kind that there must be one of. */
async function counted(id: string) {
  const { rows } = await stack.pool.query(
    `select (select count(*)::integer from payments where order_id = $1) as payments,
       (select count(*)::integer from entitlements where order_id = $1) as grants,
       (select count(*)::integer from receipts where order_id = $1) as receipts,
       (select count(*)::integer from outgoing_events where order_id = $1 and type = 'crypto.order.paid') as events`,
    [id],
  );
  return rows[0];
}

async function payAndCount(id: string): Promise<void> {
  await stack.sim('/pay', { order_id: id, then: ['finished'] });
  await eventually(async () => expect((await get(id)).status).toBe('paid'), { timeoutMs: 60_000 });
  expect(await counted(id)).toEqual({ payments: 1, grants: 1, receipts: 1, events: 1 });
}

describe('a worker killed in the first try of opening an order', () => {
  it.each([
    ['before the provider has done anything', 'before'],
    ['after the provider has made the payment, and has not said so', 'after'],
  ])(
    '%s: one payment comes of it',
    async (_, effect) => {
      await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'latency', ms: 20_000, effect });
      const asked = stack.live.checkout();
      await eventually(async () => expect(await calls()).toBe(1), { timeoutMs: 20_000, intervalMs: 20 });
      await killWorker();
      const id = (await asked).body.order_id as string;
      await eventually(async () => expect((await get(id)).payment_address).toBeTypeOf('string'), {
        timeoutMs: 90_000,
        intervalMs: 250,
      });
      await payAndCount(id);
    },
    180_000,
  );
});

describe('a worker killed in the first try of settling', () => {
  it('while the provider is being read: paid once', async () => {
    const id = (await stack.live.checkout()).body.order_id as string;
    await stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'latency', ms: 20_000 });
    await stack.sim('/pay', { order_id: id, then: ['finished'] });
    await eventually(async () => expect(await calls()).toBe(1), { timeoutMs: 20_000, intervalMs: 20 });
    await killWorker();
    await eventually(async () => expect((await get(id)).status).toBe('paid'), { timeoutMs: 90_000, intervalMs: 250 });
    expect(await counted(id)).toEqual({ payments: 1, grants: 1, receipts: 1, events: 1 });
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(0), { timeoutMs: 30_000 });
  }, 180_000);
});

it('every invariant holds', () => eventually(() => expectInvariants(stack), { timeoutMs: 30_000, intervalMs: 500 }));
