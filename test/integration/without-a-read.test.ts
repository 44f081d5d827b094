import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '4 seconds', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

const get = async (orderId: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${orderId}`)).body;

async function newOrder(): Promise<string> {
  const { body } = await stack.live.checkout();
  expect(body.payment_address, 'minted').toBeTypeOf('string');
  return body.order_id as string;
}

async function statusIs(orderId: string, status: string): Promise<void> {
  await eventually(async () => expect((await get(orderId)).status).toBe(status), { timeoutMs: 30_000 });
}

/** How many IPNs of the order came, and how many of them were dealt with. */
async function inbox(orderId: string): Promise<{ came: number; handled: number }> {
  const { rows } = await stack.pool.query<{ came: number; handled: number }>(
    `select count(*)::integer as came, count(handled_at)::integer as handled from provider_events where order_id = $1`,
    [orderId],
  );
  return rows[0] ?? { came: 0, handled: 0 };
}

describe('a signed finished IPN', () => {
  it('alone, while the provider cannot be asked, shows money on its way and never pays', async () => {
    const orderId = await newOrder();
    await stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'http_500', match: { order_id: orderId } });
    await stack.sim('/pay', { order_id: orderId, then: ['finished'] });
    await statusIs(orderId, 'confirming');
    await eventually(async () => expect((await inbox(orderId)).handled).toBe(1));
    expect((await get(orderId)).status).toBe('confirming');
    const { rows } = await stack.pool.query('select 1 from entitlements where order_id = $1', [orderId]);
    expect(rows).toEqual([]);

    await stack.sim('/faults', undefined, 'DELETE');
    await eventually(async () => expect((await get(orderId)).status).toBe('paid'), { timeoutMs: 90_000 });
    expect((await get(orderId)).events.at(-1)).toMatchObject({ status: 'paid', source: 'poll' });
  }, 120_000);

  it('ahead of what the provider itself says changes nothing (example 25)', async () => {
    const orderId = await newOrder();
    const { payments } = await stack.sim<{ payments: Record<string, unknown>[] }>(`/payments?order_id=${orderId}`);
    const payment = payments[0] ?? {};
    const body = JSON.stringify({
      payment_id: Number(payment['payment_id']),
      payment_status: 'finished',
      order_id: orderId,
      price_amount: 49,
      price_currency: 'usd',
      pay_amount: Number(payment['pay_amount']),
      pay_currency: payment['pay_currency'],
      actually_paid: Number(payment['pay_amount']),
      updated_at: Date.now(),
    });
    const { http_status } = await stack.sim<{ http_status: number }>('/ipn', {
      url: `${stack.apiUrl}/v1/webhooks/nowpayments`,
      body,
      sign: 'A',
    });
    expect(http_status).toBe(200);
    await eventually(async () => expect(await inbox(orderId)).toEqual({ came: 1, handled: 1 }), {
      timeoutMs: 45_000, // it is asked again after 2, 5 and 15 seconds
    });
    expect(await get(orderId)).toMatchObject({ status: 'pending', late_payments: [] });
  }, 60_000);
});

describe('a re-deposit that cannot be read', () => {
  it('never completes the sum: support decides', async () => {
    const orderId = await newOrder();
    await stack.sim('/settings', { child_read: '404' }, 'PUT');
    await stack.sim('/scenarios/partial', { order_id: orderId });
    await statusIs(orderId, 'partial');
    await stack.sim('/scenarios/topup', { order_id: orderId, ipn: 'send' });
    await eventually(async () => {
      const { came, handled } = await inbox(orderId);
      expect(came).toBeGreaterThan(4);
      expect(handled).toBe(came);
    });
    expect((await get(orderId)).status).toBe('partial');
    const { rows } = await stack.pool.query(
      `select kind from support_cases where order_id = $1 and resolved_at is null`,
      [orderId],
    );
    expect(rows.length).toBeGreaterThanOrEqual(1);
    await stack.sim('/settings', { child_read: 'ok' }, 'PUT');
  }, 60_000);

  it('and every invariant holds', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});
