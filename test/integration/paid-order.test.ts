import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOrder } from '../../src/db/orders/orders.js';
import { orderStart } from '../../src/temporal/order-start.js';
import { createOrderRuns } from '../../src/temporal/order-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(() => stack?.close());

describe('an order, end to end', () => {
  it('goes from checkout to paid, grants once and freezes a receipt', async () => {
    const { status, body: order } = await stack.live.checkout();
    expect(status).toBe(201);
    expect(order).toMatchObject({ provider: 'nowpayments', status: 'pending', pay_currency: 'usdttrc20' });
    expect(order.payment_address).toMatch(/^T/);

    await stack.sim('/pay', { order_id: order.order_id });
    const paid = await eventually(async () => {
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
      expect(body.status).toBe('paid');
      return body;
    });
    expect([paid.events[0].status, paid.events.at(-1).status]).toEqual(['pending', 'paid']);
    const { rows } = await stack.pool.query(
      `select (select count(*) from entitlements) as grants, (select count(*) from receipts) as receipts,
        (select count(*) from outgoing_events where type = 'crypto.order.paid') as events`,
    );
    expect(rows).toEqual([{ grants: 1, receipts: 1, events: 1 }]);
  });

  it('refuses a cancellation after the end, in a second run', async () => {
    const { rows } = await stack.pool.query('select id from orders');
    const order = await findOrder(stack.pool, rows[0].id);
    if (!order) throw new Error('the order of the test before is gone');
    const run = stack.client.workflow.getHandle(`crypto-order/${order.id}`);
    await eventually(async () => expect((await run.describe()).status.name).toBe('COMPLETED'));
    const first = (await run.describe()).runId;
    const runs = createOrderRuns(stack.client);
    const start = orderStart(order, { clocks: stack.config.clocks, queues });
    expect(await runs.cancel(start, 'cancel-1')).toMatchObject({ kind: 'refused', status: 'paid' });
    expect((await run.describe()).runId).not.toBe(first);
    const after = await stack.pool.query(`select count(*) as moves from order_events where status = 'paid'`);
    expect(after.rows).toEqual([{ moves: 1 }]);
  });
});
