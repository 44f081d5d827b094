import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Quittance, parseWebhook } from '../../sdk/src/index.js';
import { eventually } from '../support/eventually.js';
import type { Merchant } from '../support/merchant.js';
import { startStack, type Stack } from '../support/stack.js';
import { startReceiver, type Receiver } from '../webhooks/receiver.js';

let receiver: Receiver;
let stack: Stack;
beforeAll(async () => {
  receiver = await startReceiver((response) => response.writeHead(204).end());
  stack = await startStack({ env: { WEBHOOK_ALLOW_TARGETS: receiver.target } });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await receiver?.close();
});

/** A checkout and what the order's own reader sees of it: an IPN names the payment that the order is bound to. */
async function placed(merchant: Merchant) {
  const { body } = await merchant.checkout();
  const { body: order } = await merchant.call('GET', `/v1/billing/crypto-orders/${body.order_id}`);
  expect(order.payment_id).toMatch(/^\d+$/);
  return order;
}

const applyIpn = (caller: Merchant, order: Record<string, unknown>, body: object) =>
  caller.call('POST', `/v1/admin/crypto-orders/${String(order.order_id)}/apply-ipn`, {
    payment_id: order.payment_id,
    ...body,
  });

describe('step 5: the confidence test', () => {
  it('drives a test order to paid with the test key alone: webhook, order, receipt, and no coin', async () => {
    const { status, body: endpoint } = await stack.test.call('POST', '/v1/webhooks', {
      url: receiver.url,
      events: ['crypto.order.paid', 'crypto.order.failed'],
    });
    expect(status).toBe(201);
    const order = await placed(stack.test);
    const applied = await applyIpn(stack.test, order, { provider_status: 'finished' });
    expect({ ...applied, headers: null }).toMatchObject({ status: 200, body: { status: 'paid', is_final: true } });
    expect(applied.body.events.at(-1)).toMatchObject({ status: 'paid', source: 'support' });

    const delivery = await eventually(() => {
      expect(receiver.received).toHaveLength(1);
      return receiver.received[0]!;
    });
    expect(await parseWebhook({ ...delivery, secret: endpoint.secret })).toMatchObject({
      type: 'crypto.order.paid',
      data: { order_id: order.order_id },
    });
    const client = new Quittance({ apiKey: stack.test.key, baseUrl: stack.apiUrl });
    expect(await client.cryptoOrders.waitForSettlement(order.order_id)).toMatchObject({ status: 'paid' });
    expect(await client.cryptoOrders.receipt(order.order_id)).toMatchObject({ status: 'paid' });
    const { payments } = await stack.sim<{ payments: { actually_paid: unknown }[] }>(
      `/payments?order_id=${order.order_id}`,
    );
    expect(payments.map(({ actually_paid }) => Number(actually_paid))).toEqual([0]);
  });

  it('drives a test order to failed, and an underpaid one to partial', async () => {
    const first = await placed(stack.test);
    const failed = await applyIpn(stack.test, first, { provider_status: 'failed' });
    expect(failed.body).toMatchObject({ status: 'failed' });
    const second = await placed(stack.test);
    const partial = await applyIpn(stack.test, second, {
      provider_status: 'partially_paid',
      actually_paid: '1.5',
      pay_amount: second.pay_amount_text,
      pay_currency: second.pay_currency,
    });
    expect(partial.body).toMatchObject({ status: 'partial' });
  });

  it('changes nothing when it names a payment of nobody', async () => {
    const order = await placed(stack.test);
    const { status, body } = await applyIpn(stack.test, order, { provider_status: 'finished', payment_id: '1' });
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'pending', payment_id: order.payment_id } });
  });

  it("works with an administrator's key on a test order, as the guide has it", async () => {
    const order = await placed(stack.test);
    const { status, body } = await applyIpn(stack.admin, order, { provider_status: 'finished' });
    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'paid', livemode: false } });
  });

  it('never pays a live order', async () => {
    const order = await placed(stack.live);
    const fake = { provider_status: 'finished' };
    expect((await applyIpn(stack.live, order, fake)).status).toBe(403);
    expect((await applyIpn(stack.admin, order, fake)).status).toBe(403);
    expect((await applyIpn(stack.test, order, fake)).status).toBe(404); // another mode's order is not there
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
    expect(body.status).toBe('pending');
  });
});
