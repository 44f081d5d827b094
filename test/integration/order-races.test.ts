import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrderRuns } from '../../src/temporal/order-runs.js';
import { findOrder } from '../../src/db/orders/orders.js';
import { orderStart } from '../../src/temporal/order-start.js';
import { legalSteps } from '../../src/domain/order.js';
import { queues, stateQuery } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

const windowMs = 6_000;
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ stepMs: 5, env: { PAY_WINDOW: '6 seconds', POLL_GRACE: '1 hour' } });
}, 120_000);
afterAll(() => stack?.close());

const get = async (orderId: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${orderId}`)).body;
const legal = new Set(legalSteps().map(({ from, to, source }) => `${from} ${to} ${source}`));

/** Resolves at an instant of this machine's clock, which the stack shares. */
async function until(atMs: number): Promise<void> {
  await eventually(() => expect(Date.now()).toBeGreaterThanOrEqual(atMs), { timeoutMs: 30_000, intervalMs: 5 });
}

interface Ended {
  readonly status: string;
  readonly cancel: number;
  readonly path: string[];
}

/** One order whose payment, cancellation and expiry come together, `aheadMs` before its window ends. */
async function race(aheadMs: number): Promise<Ended> {
  const { body: order } = await stack.live.checkout();
  const path = `/v1/billing/crypto-orders/${order.order_id}`;
  await until(Date.parse(order.expires_at as string) - aheadMs);
  const [answer] = await Promise.all([
    stack.live.call('POST', `${path}/cancel`),
    stack.sim('/pay', { order_id: order.order_id, then: ['finished'] }),
  ]);
  const ended = await eventually(
    async () => {
      const body = await get(order.order_id as string);
      expect(body.is_final).toBe(true);
      // Coins that were too late are on the order as such, whatever ended it.
      if (body.status !== 'paid') expect(body.late_payments).toHaveLength(1);
      return body;
    },
    { timeoutMs: 30_000 },
  );
  const statuses = (ended.events as { status: string; source: string }[]).map(({ status, source }) => [status, source]);
  return {
    status: ended.status as string,
    cancel: answer.status,
    path: statuses.map(([status, source], at) => `${statuses[at - 1]?.[0] ?? '-'} ${status} ${source}`),
  };
}

describe('payment, cancellation and expiry at once', () => {
  it('end every order in one way, by a legal path, and the caller hears which', async () => {
    const ended = await Promise.all([0, 10, 20, 30, 40, 60, 80, 120, 200, windowMs / 2].map(race));
    const tally = new Map<string, number>();
    for (const { status, cancel, path } of ended) {
      expect(path.filter((step) => !legal.has(step))).toEqual([]);
      expect(path.filter((step) => / (paid|failed|cancelled) /.test(step))).toHaveLength(1);
      expect([status, cancel]).toEqual([status, status === 'cancelled' ? 200 : 409]);
      tally.set(status, (tally.get(status) ?? 0) + 1);
    }
    console.log(`[races] ${[...tally].map(([status, n]) => `${n} ${status}`).join(', ')}`);
  }, 90_000);

  it('leave every invariant standing', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});

describe('a history that grows long', () => {
  it('goes on in a fresh run, with the same deadline', async () => {
    const slow = await startStack({ env: { PAY_WINDOW: '1 hour', POLL_GRACE: '50 minutes' } });
    try {
      const { body: order } = await slow.live.checkout();
      const row = await findOrder(slow.pool, order.order_id as string);
      if (!row) throw new Error('no order');
      const start = orderStart(row, { clocks: slow.config.clocks, queues });
      const runs = createOrderRuns(slow.client);
      const handle = slow.client.workflow.getHandle(`crypto-order/${row.id}`);
      const first = await handle.describe();
      // Temporal suggests a fresh run at 4 MiB: a long id gets there with few facts.
      for (let n = 0; n < 100; n += 1) {
        await runs.handOver(start, { kind: 'reconcile', id: `${n}:${'x'.repeat(64 * 1024)}` });
      }
      const second = await eventually(
        async () => {
          const run = await handle.describe();
          expect(run.runId).not.toBe(first.runId);
          return run;
        },
        { timeoutMs: 60_000 },
      );
      const before = await slow.client.workflow.getHandle(handle.workflowId, first.runId).describe();
      expect([before.status.name, second.status.name]).toEqual(['CONTINUED_AS_NEW', 'RUNNING']);
      await eventually(async () => {
        expect((await handle.query(stateQuery))?.deadline).toBe(order.expires_at);
      });
      await slow.sim('/pay', { order_id: row.id, then: ['finished'] });
      await eventually(async () => {
        const { body } = await slow.live.call('GET', `/v1/billing/crypto-orders/${row.id}`);
        expect(body.status).toBe('paid');
      });
    } finally {
      await slow.close();
    }
  }, 120_000);
});
