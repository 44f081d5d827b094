import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderNotPaidError, Quittance, parseWebhook, verifyWebhookSignature, type Order } from '../../sdk/src/index.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';
import { startReceiver, type Received, type Receiver } from '../webhooks/receiver.js';
import { fetchAsPrinted, hurriedTimer, runPrinted } from './printed-code.js';

const ordersPath = '/v1/billing/crypto-orders';

let receiver: Receiver;
let stack: Stack;
let client: Quittance;
beforeAll(async () => {
  receiver = await startReceiver((response) => response.writeHead(204).end());
  stack = await startStack({ env: { WEBHOOK_ALLOW_TARGETS: receiver.target } });
  client = new Quittance({ apiKey: stack.live.key, baseUrl: stack.apiUrl });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await receiver?.close();
});

type Json = Awaited<ReturnType<Stack['live']['call']>>['body'];

const scope = () => ({
  API_KEY: stack.live.key,
  fetch: fetchAsPrinted({ apiUrl: stack.apiUrl, key: stack.live.key }),
  ...hurriedTimer,
});
const mint = () => runPrinted<Json>('mint-a-checkout', scope(), 'order');
const waitAsPrinted = (orderId: string) =>
  runPrinted<Json>(
    'wait-for-settlement',
    { ...scope(), orderId, apiKey: stack.live.key },
    'await waitForSettlement(orderId, apiKey)',
  );

describe('step 1: mint a checkout', () => {
  it('answers order_id and payment_address to the code as printed', async () => {
    const order = await mint();
    expect(order).toMatchObject({
      product: 'team_manual',
      price_cents: 4900,
      price_currency: 'USD',
      status: 'pending',
    });
    expect(order.order_id).toMatch(/^ord_[0-9a-f]{12}$/);
    expect(order).toMatchObject({ provider: 'nowpayments', payment_address: expect.stringMatching(/^T\w{33}$/) });
  });

  it('answers the original order, marked as a replay, when the post is repeated with its key', async () => {
    const first = await stack.live.checkout({}, 'purchase-1');
    const again = await stack.live.checkout({}, 'purchase-1');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('1');
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
  });

  it('mints a duplicate when the post is repeated without a key', async () => {
    const post = () =>
      stack.live.call('POST', '/v1/billing/crypto-checkout', {
        ...{ product: 'team_manual', price_cents: 4900, price_currency: 'USD' },
      });
    const [first, second] = [await post(), await post()];
    expect(second.body.order_id).not.toBe(first.body.order_id);
    expect(second.body.payment_address).not.toBe(first.body.payment_address);
  });

  it('answers null with provider stub where no payment can be made', async () => {
    const { status, body } = await stack.live.checkout({ price_cents: 100 }); // below the account's least charge
    expect(status).toBe(201);
    expect(body).toMatchObject({ provider: 'stub', payment_address: null, next_action: 'contact_support' });
  });

  it('does the same through the SDK', async () => {
    const body = { product: 'team_manual', price_cents: 4900, price_currency: 'USD' };
    const order = await client.cryptoOrders.createCheckout(body, { idempotencyKey: 'purchase-2' });
    expect(order.payment_address).toMatch(/^T/);
    expect(await client.cryptoOrders.createCheckout(body, { idempotencyKey: 'purchase-2' })).toEqual(order);
  });
});

describe('step 2: show the customer the payment address', () => {
  it('has the address, the currency and a window of 60 minutes', async () => {
    const order = await mint();
    expect(order.payment_address).toMatch(/^\w+$/); // one word: a QR code holds it verbatim
    expect(order.pay_currency).toBe('usdttrc20');
    const minutes = (Date.parse(order.expires_at) - Date.parse(order.created_at)) / 60_000;
    expect(Math.floor(minutes)).toBe(60); // counted from the mint, a moment after the order
  });

  it('has the amount in units of the coin, digit for digit what the provider asked for', async () => {
    const order = await mint();
    const answer = await fetch(`${stack.apiUrl}${ordersPath}/${order.order_id}`, {
      headers: { authorization: `Bearer ${stack.live.key}` },
    });
    const { payments } = await stack.sim<{ payments: { pay_amount: string }[] }>(
      `/payments?order_id=${order.order_id}`,
    );
    expect(order.pay_amount_text).toBe(String(payments[0]?.pay_amount));
    expect(await answer.text()).toContain(`"pay_amount":${order.pay_amount_text},`);
  });

  it('shows them again to whoever asks for the order', async () => {
    const order = await mint();
    const { body } = await stack.live.call('GET', `${ordersPath}/${order.order_id}`);
    const { payment_address, pay_currency, pay_amount_text, expires_at } = order;
    expect(body).toMatchObject({ payment_address, pay_currency, pay_amount_text, expires_at });
  });
});

describe('step 3: observe settlement', () => {
  let secret: string;
  beforeAll(async () => {
    const { status, body } = await stack.live.call('POST', '/v1/webhooks', {
      url: receiver.url,
      events: ['crypto.order.paid', 'crypto.order.failed'],
    });
    expect({ status, body }).toMatchObject({ status: 201 });
    secret = body.secret;
  });

  const deliveryOf = (orderId: string): Promise<Received> =>
    eventually(() => {
      const found = receiver.received.find(({ body }) => body.includes(orderId));
      if (!found) throw new Error(`no delivery for ${orderId}`);
      return found;
    });

  it('delivers crypto.order.paid, which verifies by hand, with the SDK and as a Standard Webhook', async () => {
    const order = await mint();
    await stack.sim('/pay', { order_id: order.order_id });
    const { body, headers } = await deliveryOf(order.order_id);

    const header = String(headers['x-driftstack-signature']);
    const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
    expect(v1).toBe(createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'));
    expect(Math.abs(Date.now() / 1000 - Number(t))).toBeLessThan(300);
    expect(await verifyWebhookSignature({ body, header, secret })).toBe(true);
    expect(await verifyWebhookSignature({ body: body.replace('4900', '4901'), header, secret })).toBe(false);
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body));

    const event = await parseWebhook({ body, headers, secret });
    expect(event).toEqual({
      id: headers['x-driftstack-event-id'],
      type: 'crypto.order.paid',
      created_at: expect.any(String),
      data: {
        order_id: order.order_id,
        product: 'team_manual',
        price_cents: 4900,
        price_currency: 'USD',
        payment_id: expect.stringMatching(/^\d+$/),
        paid_at: expect.any(String),
        version: expect.any(Number),
        status: 'paid',
        customer_reference: null,
        metadata: {},
        at: expect.any(String),
        money: {
          ...{ pay_currency: order.pay_currency, network: order.network, owed: order.pay_amount_text },
          ...{ arrived: String(Number(order.pay_amount_text)), missing: '0', excess: '0' },
        },
      },
    });
    expect(headers['x-driftstack-event-type']).toBe('crypto.order.paid');
  });

  it('delivers crypto.order.failed when the provider gives the payment up', async () => {
    const order = await mint();
    await stack.sim('/scenarios/fail', { order_id: order.order_id });
    const { body, headers } = await deliveryOf(order.order_id);
    expect(await parseWebhook({ body, headers, secret })).toMatchObject({
      type: 'crypto.order.failed',
      data: { order_id: order.order_id, reason: 'ipn', failed_at: expect.any(String) },
    });
  });

  it('is seen by the polling loop as printed', async () => {
    const order = await mint();
    const waiting = waitAsPrinted(order.order_id);
    await stack.sim('/pay', { order_id: order.order_id });
    expect(await waiting).toMatchObject({ order_id: order.order_id, status: 'paid', is_final: true });
  });

  it('ends the polling loop as printed with "order failed"', async () => {
    const order = await mint();
    const waiting = waitAsPrinted(order.order_id);
    await Promise.all([
      expect(waiting).rejects.toThrow('order failed'),
      stack.sim('/scenarios/fail', { order_id: order.order_id }),
    ]);
  });

  it('is awaited by the SDK: paid is answered, failed is thrown with the order', async () => {
    const [good, bad] = [await mint(), await mint()];
    const paid = client.cryptoOrders.waitForSettlement(good.order_id, { pollMs: 50 });
    const failed = client.cryptoOrders.waitForSettlement(bad.order_id, { pollMs: 50 });
    const failure = failed.catch((error: unknown) => error);
    await stack.sim('/pay', { order_id: good.order_id });
    await stack.sim('/scenarios/fail', { order_id: bad.order_id });
    expect(await paid).toMatchObject({ order_id: good.order_id, status: 'paid' });
    expect(await failure).toBeInstanceOf(OrderNotPaidError);
    expect(await failure).toMatchObject({ order: { order_id: bad.order_id, status: 'failed' } });
  });

  it('grants nothing while the payment is confirming or partial', async () => {
    const [confirming, partial] = [await mint(), await mint()];
    await stack.sim('/scenarios/confirm_slowly', { order_id: confirming.order_id, hold: '1 hour' });
    await stack.sim('/scenarios/partial', { order_id: partial.order_id });
    await eventually(async () => {
      expect(await client.cryptoOrders.get(confirming.order_id)).toMatchObject({ status: 'confirming' });
      expect(await client.cryptoOrders.get(partial.order_id)).toMatchObject({ status: 'partial' });
    });
    const { rows } = await stack.pool.query('select order_id from entitlements where order_id = any ($1)', [
      [confirming.order_id, partial.order_id],
    ]);
    expect(rows).toEqual([]);
  });
});

describe('step 4: show the customer the receipt', () => {
  let paid: Order;
  beforeAll(async () => {
    const order = await mint();
    await stack.sim('/pay', { order_id: order.order_id });
    paid = await client.cryptoOrders.waitForSettlement(order.order_id, { pollMs: 50 });
  });

  const form = async (suffix: string) => {
    const response = await fetch(`${stack.apiUrl}${ordersPath}/${paid.order_id}/receipt${suffix}`, {
      headers: { authorization: `Bearer ${stack.live.key}` },
    });
    const { status, headers } = response;
    return { status, type: headers.get('content-type'), headers, bytes: Buffer.from(await response.arrayBuffer()) };
  };

  it('is JSON', async () => {
    const { status, type, bytes } = await form('');
    expect({ status, type }).toEqual({ status: 200, type: 'application/json; charset=utf-8' });
    expect(JSON.parse(bytes.toString())).toMatchObject({
      ...{ order_id: paid.order_id, status: 'paid', product: 'team_manual', price_cents: 4900, price_currency: 'USD' },
      ...{ issued_at: paid.paid_at, paid_at: paid.paid_at, created_at: paid.created_at, payment_id: paid.payment_id },
    });
    expect(await client.cryptoOrders.receipt(paid.order_id)).toEqual(JSON.parse(bytes.toString()));
  });

  it('is plain text', async () => {
    const { status, type, bytes } = await form('.txt');
    expect({ status, type }).toEqual({ status: 200, type: 'text/plain; charset=utf-8' });
    expect(bytes.toString()).toContain(`Order: ${paid.order_id}\n`);
    expect(bytes.toString()).toContain('Amount: 49.00 USD\n');
    expect(await client.cryptoOrders.receiptText(paid.order_id)).toBe(bytes.toString());
  });

  it('is a PDF, as an attachment', async () => {
    const { status, type, headers, bytes } = await form('.pdf');
    expect({ status, type }).toEqual({ status: 200, type: 'application/pdf' });
    expect(headers.get('content-disposition')).toBe(`attachment; filename="receipt-${paid.order_id}.pdf"`);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(Buffer.from(await client.cryptoOrders.receiptPdf(paid.order_id)).equals(bytes)).toBe(true);
  });

  it('never changes, whatever happens to the order', async () => {
    const before = await Promise.all(['', '.txt', '.pdf'].map(form));
    await client.cryptoOrders.updateNote(paid.order_id, { customer_note: 'please send an invoice' });
    const after = await Promise.all(['', '.txt', '.pdf'].map(form));
    expect(after.map(({ bytes }) => bytes)).toEqual(before.map(({ bytes }) => bytes));
  });

  it('is refused before the order is paid', async () => {
    const { body: open } = await stack.live.checkout();
    const { status, body } = await stack.live.call('GET', `${ordersPath}/${open.order_id}/receipt`);
    expect(status).toBe(409);
    expect(body).toMatchObject({ resource: 'crypto_order', field: 'status' });
  });
});
