import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

type Answer = Awaited<ReturnType<Stack['live']['call']>>['body'];

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { PAY_WINDOW: '4 seconds', POLL_GRACE: '1 hour' } });
}, 120_000);
afterAll(() => stack?.close());

async function orderWhen(orderId: string, status: string): Promise<Answer> {
  return eventually(async () => {
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${orderId}`);
    expect(body.status).toBe(status);
    return body;
  });
}

async function openCases(orderId: string): Promise<string[]> {
  const { rows } = await stack.pool.query(
    'select kind from support_cases where order_id = $1 and resolved_at is null order by opened_at',
    [orderId],
  );
  return rows.map((row) => row.kind);
}

describe('the end of the pay window', () => {
  it('fails an unpaid order as expired, and late coins open a case in a second run', async () => {
    const { body: order } = await stack.live.checkout();
    const failed = await orderWhen(order.order_id, 'failed');
    expect(failed.events.at(-1)).toMatchObject({ status: 'failed', source: 'expired' });
    expect(failed).toMatchObject({ is_final: true, expires_at: null, payment_address: null });

    await stack.sim('/pay', { order_id: order.order_id });
    await eventually(async () => {
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
      expect(body.status).toBe('failed');
      expect(body.late_payments).toHaveLength(1);
      expect(body.late_payments[0]).toMatchObject({ pay_currency: 'usdttrc20', provider_status: 'finished' });
      expect(body.next_action).toBe('contact_support');
    });
    expect(await openCases(order.order_id)).toEqual(['late_payment']);
  });

  it('is stopped by coins that only the last read sees', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id, ipn: 'drop' });
    const paid = await orderWhen(order.order_id, 'paid');
    expect(paid.events.at(-1)).toMatchObject({ status: 'paid', source: 'poll' });
  });
});

describe('the end of the pay window of an order whose payer chooses the coin', () => {
  it('is expired where nobody chose: he could have', async () => {
    const { body: order } = await stack.live.checkout({ coin_choice: 'payer' });
    const failed = await orderWhen(order.order_id, 'failed');
    expect(failed.events.at(-1)).toMatchObject({ status: 'failed', source: 'expired' });
    expect(await openCases(order.order_id)).toEqual([]);
  });

  it('is stopped by coins on an address that was shown before, which only the last look sees', async () => {
    const { body: order } = await stack.live.checkout({ coin_choice: 'payer' });
    const choose = (coin: string) =>
      stack.live.call('POST', `/v1/billing/crypto-orders/${order.order_id}/coin`, { pay_currency: coin });
    const first = await choose('btc');
    expect(first.body.payment_address).toEqual(expect.any(String));
    expect((await choose('ltc')).body.payment_address).toEqual(expect.any(String));
    await stack.sim('/pay', { payment_id: first.body.payment_id, ipn: 'drop' });
    const paid = await orderWhen(order.order_id, 'paid');
    expect(paid.events.at(-1)).toMatchObject({ status: 'paid', source: 'poll' });
    expect(paid.payment_id).toBe(first.body.payment_id);
  });
});

describe('a cancellation', () => {
  it('ends a pending order once; a second one is refused with the state', async () => {
    const { body: order } = await stack.live.checkout();
    const path = `/v1/billing/crypto-orders/${order.order_id}/cancel`;
    expect((await stack.live.call('POST', path)).body).toMatchObject({ status: 'cancelled' });
    const again = await stack.live.call('POST', path);
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ resource: 'crypto_order', field: 'status' });
    expect(again.body.detail).toContain('cancelled');

    await stack.sim('/pay', { order_id: order.order_id });
    await eventually(async () => expect(await openCases(order.order_id)).toEqual(['late_payment']));
  });
});

it('keeps every invariant', async () => {
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
});
