import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

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
});
