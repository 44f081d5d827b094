import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
  afterEach(() => stack.sim('/settings', { child_read: 'ok' }, 'PUT'));

  /** Half came and can be read; the other half cannot. */
  async function halfUnread(): Promise<string> {
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
    return orderId;
  }

  it('never completes the sum: support decides, and nobody asks for nothing or for what came', async () => {
    const orderId = await halfUnread();
    const order = await get(orderId);
    expect(order).toMatchObject({
      status: 'partial',
      next_action: 'contact_support',
      payment_address: null,
      pay_amount_text: null,
      actually_paid: '49.024513',
      amount_due: null,
      top_up_amount: null,
    });
    const page = await (await fetch(`${stack.apiUrl}${new URL(order.payment_url).pathname}`)).text();
    expect(page).toContain('Your payment is being looked at');
    expect(page).not.toContain('pay-address');
    const { rows } = await stack.pool.query(
      `select kind from support_cases where order_id = $1 and resolved_at is null`,
      [orderId],
    );
    expect(rows.length).toBeGreaterThanOrEqual(1);
  }, 60_000);

  it('counts as soon as reconcile can read it, and the order heals by itself', async () => {
    const orderId = await halfUnread();
    await stack.sim('/settings', { child_read: 'ok' }, 'PUT');
    // Nobody has read it for a quarter of a minute; the half hour of the others is not waited for.
    await stack.pool.query(`update orders set provider_checked_at = now() - interval '16 seconds' where id = $1`, [
      orderId,
    ]);
    expect((await stack.admin.call('POST', '/v1/admin/reconcile', {})).status).toBe(202);
    await statusIs(orderId, 'paid');
  }, 60_000);

  it('on a payment that waits still gives the order an amount, a case and an end', async () => {
    const orderId = await newOrder();
    await stack.sim('/settings', { child_read: '404', wrong_asset_shape: 'child' }, 'PUT');
    await stack.sim('/pay', { order_id: orderId, coin: 'usdterc20', amount: '49.024513', ipn: 'drop' });
    const child = await eventually(async () => {
      const { payments } = await stack.sim<{ payments: Record<string, string>[] }>(`/payments?order_id=${orderId}`);
      return payments.find((payment) => payment['parent_payment_id'])!;
    });
    const ipn = {
      payment_id: Number(child['payment_id']),
      parent_payment_id: Number(child['parent_payment_id']),
      payment_status: 'finished',
      order_id: orderId,
      pay_currency: 'usdttrc20', // as if it were the order's own coin
      actually_paid: 49.024513,
    };
    await stack.sim('/ipn', { url: `${stack.apiUrl}/v1/webhooks/nowpayments`, body: JSON.stringify(ipn), sign: 'A' });
    await statusIs(orderId, 'partial');
    expect(await get(orderId)).toMatchObject({ actually_paid: '49.024513', next_action: 'contact_support' });
    const { rows } = await stack.pool.query(
      `select c.kind, c.actually_paid, o.partial_until > now() as ends from support_cases c
       join orders o on o.id = c.order_id where o.id = $1`,
      [orderId],
    );
    expect(rows).toEqual([{ kind: 'underpaid', actually_paid: '49.024513', ends: true }]);
  }, 60_000);

  it('and every invariant holds', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});
