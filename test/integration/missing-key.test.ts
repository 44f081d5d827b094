import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmName } from '../../src/domain/alarms.js';
import { expectInvariants } from '../support/invariants.js';
import { openByHand, placedOrder, settleByHand } from '../support/opening.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ withoutWorker: true });
}, 120_000);
afterAll(() => stack?.close());

const noticeOf = (orderId: string) => ({
  payment_id: 7_000_000_001,
  payment_status: 'waiting',
  order_id: orderId,
  price_amount: 49,
  price_currency: 'usd',
  pay_address: 'TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf',
  pay_currency: 'usdttrc20',
  pay_amount: 49,
  actually_paid: 0,
  purchase_id: '5000000001',
});

async function storedNotice(orderId: string): Promise<string> {
  const id = randomUUID();
  await stack.pool.query(
    `insert into provider_events (id, fingerprint, kind, form, payment_id, order_id, payment_status, raw, headers)
     values ($1, $2, 'payment', 'A', '7000000001', $3, 'waiting', $4, '{}')`,
    [id, id, orderId, Buffer.from(JSON.stringify(noticeOf(orderId)))],
  );
  return id;
}

describe('a worker without the key that the checkout found', () => {
  it('wakes a person and leaves the order waiting; a worker that has the key gives it its address', async () => {
    const { id } = await placedOrder(stack);
    const without = await openByHand(stack, id, { withoutKey: true, mostAttempts: 2 });
    expect(without.alarms).toEqual(['provider_key_missing', 'provider_key_missing']);
    expect(without.order).toMatchObject({ status: 'pending', provider: 'nowpayments', stubReason: null });
    expect((await openByHand(stack, id)).order.payAddress).toMatch(/^T/);
  });

  it('keeps an IPN of an order that has no address yet, instead of calling it nothing new', async () => {
    const { id } = await placedOrder(stack);
    const fact = { kind: 'ipn', id: await storedNotice(id) } as const;
    const raised: AlarmName[] = [];
    const withoutKey = {
      providerAccount: async () => null,
      alarms: { raise: (name: AlarmName) => void raised.push(name) },
    };
    await expect(settleByHand(stack, id, fact, withoutKey)).rejects.toMatchObject({ type: 'ProviderRefuses' });
    expect(new Set(raised)).toEqual(new Set(['provider_key_missing']));
    const { rows } = await stack.pool.query('select handled_at from provider_events where id = $1', [fact.id]);
    expect(rows).toEqual([{ handled_at: null }]);
    expect((await settleByHand(stack, id, fact)).outcome).toMatchObject({ kind: 'stayed' });
  });

  it('keeps the end of the window of an order that it cannot read', async () => {
    const { id } = await placedOrder(stack);
    const { order } = await openByHand(stack, id);
    const late = new Date(Date.parse(order.expiresAt) + 1_000).toISOString();
    const fact = { kind: 'window_closed', id: `window_closed:${order.expiresAt}`, deadline: order.expiresAt } as const;
    const settling = settleByHand(stack, id, fact, { providerAccount: async () => null, now: async () => late });
    await expect(settling).rejects.toMatchObject({ type: 'ProviderRefuses' });
  });
});

it('keeps every invariant', () => expectInvariants(stack));
