import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindAddress, moveOrder, payOrder } from '../../support/an-order.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const list = '/v1/billing/crypto-orders';
let api: TestApp;
let key: string;

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
});
afterAll(() => api.close());

const get = (url: string, as = key) => api.call(as, 'GET', url);

async function insertPayment(orderId: string, over: object): Promise<void> {
  const row = {
    mode: 'live',
    order_id: orderId,
    role: 'bound',
    provider_status: 'partially_paid',
    coin: 'usdttrc20',
    arrived: '0',
    applied: '0',
    unapplied: '0',
    late_at: null,
    ...over,
  };
  const names = Object.keys(row);
  await api.deps.pool.query(
    `insert into payments (${names.join(', ')}, first_seen_at, updated_at)
     values (${names.map((_, n) => `$${n + 1}`).join(', ')}, now(), now())`,
    Object.values(row),
  );
}

describe('an order', () => {
  it('reads as its envelope, without account and internal note', async () => {
    const placed = await api.placed(key, { customer_reference: 'cart-7', metadata: { cart: '7', constructor: 'x' } });
    const answer = await get(`${list}/${placed.order_id}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      order_id: placed.order_id,
      product: 'team_manual',
      price_cents: 4900,
      price_currency: 'USD',
      payment_id: expect.stringMatching(/^\d+$/),
      status: 'pending',
      customer_note: null,
      events: [{ status: 'pending', at: placed.created_at, source: 'create' }],
      expires_at: placed.expires_at,
      created_at: placed.created_at,
      updated_at: expect.any(String),
      paid_at: null,
      is_final: false,
      next_action: 'pay',
      late_payments: [],
      customer_reference: 'cart-7',
      metadata: { cart: '7', constructor: 'x' },
      description: null,
      version: 1,
      payment_address: placed.payment_address,
      pay_currency: 'usdttrc20',
      pay_amount: 49.1,
      pay_amount_text: '49.10',
      pay_extra_id: null,
      network: 'trx',
      actually_paid: '0',
      amount_due: '49.1',
      top_up_amount: null,
      stub_reason: null,
      stub_minimum: null,
      stub_minimum_currency: null,
      payment_url: placed.payment_url,
      money: {
        ...{ pay_currency: 'usdttrc20', network: 'trx', owed: '49.10', arrived: '0', missing: '49.1', excess: '0' },
        deposits: [],
      },
    });
  });

  it('that is partial shows what arrived, and as payable what is missing or nothing', async () => {
    const { order_id, payment_address } = await api.placed(key);
    const { payment_id } = (await get(`${list}/${order_id}`)).json();
    await moveOrder(api.deps.pool, order_id, { to: 'partial' });
    await insertPayment(order_id, { payment_id, arrived: '20.05', unapplied: '20.05' });
    expect((await get(`${list}/${order_id}`)).json()).toMatchObject({
      status: 'partial',
      next_action: 'top_up',
      payment_address,
      pay_amount: 29.05,
      pay_amount_text: '29.05',
      actually_paid: '20.05',
      amount_due: '29.05',
      top_up_amount: '29.05',
      expires_at: null,
      version: 2,
      events: [{ source: 'create' }, { status: 'partial', source: 'ipn' }],
    });
    await insertPayment(order_id, { payment_id: '77', role: 'child', coin: 'btc', arrived: '1', unapplied: '1' });
    expect((await get(`${list}/${order_id}`)).json()).toMatchObject({
      next_action: 'contact_support',
      payment_address: null,
      pay_currency: null,
      pay_amount: null,
      pay_amount_text: null,
      actually_paid: '20.05',
      amount_due: null,
      top_up_amount: null,
    });
  });

  it('that is paid has no address any more', async () => {
    const { order_id } = await api.placed(key);
    await payOrder(api.deps.pool, order_id);
    const order = (await get(`${list}/${order_id}`)).json();
    expect(order).toMatchObject({ status: 'paid', is_final: true, next_action: 'none', payment_address: null });
    expect(order).toMatchObject({ pay_amount: null, actually_paid: null, amount_due: null, expires_at: null });
    expect(order.paid_at).toBe(order.events[1].at);
  });

  it('that failed and then got money names it and sends to support', async () => {
    const { order_id } = await api.placed(key);
    await moveOrder(api.deps.pool, order_id, { to: 'failed', source: 'expired' });
    const at = '2026-11-24T10:00:00.000Z';
    await insertPayment(order_id, { payment_id: '88', arrived: '49.10', unapplied: '49.10', late_at: at });
    expect((await get(`${list}/${order_id}`)).json()).toMatchObject({
      status: 'failed',
      next_action: 'contact_support',
      late_payments: [
        { payment_id: '88', provider_status: 'partially_paid', actually_paid: '49.10', pay_currency: 'usdttrc20', at },
      ],
    });
  });

  it('of another account or mode, or of nobody: 404, the same body (example 40)', async () => {
    const { order_id } = await api.placed(key);
    const foreign = await api.newKey({ accountId: await api.newAccount() });
    const testMode = await api.newKey({ mode: 'test' });
    const paths = ['', '/receipt', '/receipt.txt', '/receipt.pdf'].map(
      (end) => ['GET', `${list}/${order_id}${end}`] as const,
    );
    const calls = [...paths, ['PATCH', `${list}/${order_id}`], ['POST', `${list}/${order_id}/cancel`]] as const;
    const unknown = (await get(`${list}/ord_000000000000`)).json();
    for (const as of [foreign, testMode]) {
      for (const [method, url] of calls) {
        const body = method === 'PATCH' ? { body: { customer_note: 'mine' } } : {};
        const answer = await api.call(as, method, url, body);
        expect(answer.statusCode).toBe(404);
        expect({ ...answer.json(), instance: '' }).toEqual({ ...unknown, instance: '' });
      }
    }
  });

  it.each(['nonsense', 'ord_', 'ord_00000000000G', 'ord_000000000000%00'])('called %s: 404', async (id) => {
    expect((await get(`${list}/${id}`)).statusCode).toBe(404);
  });

  it('with an id of 101 characters: 400', async () => {
    expect((await get(`${list}/${'x'.repeat(100)}`)).statusCode).toBe(404);
    expect((await get(`${list}/${'x'.repeat(101)}`)).statusCode).toBe(400);
  });
});

describe('a note', () => {
  const note = (id: string, customer_note: unknown) =>
    api.call(key, 'PATCH', `${list}/${id}`, { body: { customer_note } });

  it('of 500 is taken, 501 refused, empty is null; no event (example 44)', async () => {
    const { order_id } = await api.placed(key);
    const noted = await note(order_id, '😀'.repeat(500));
    expect(noted.statusCode).toBe(200);
    expect(noted.json()).toMatchObject({ customer_note: '😀'.repeat(500), version: 2 });
    expect(noted.json().events.length).toBe(1);
    expect(Date.parse(noted.json().updated_at)).toBeGreaterThanOrEqual(Date.parse(noted.json().created_at));
    const tooLong = await note(order_id, 'x'.repeat(501));
    expect(tooLong.statusCode).toBe(400);
    expect(Object.keys(tooLong.json().issues.fieldErrors)).toEqual(['customer_note']);
    expect((await note(order_id, '')).json().customer_note).toBeNull();
    expect((await note(order_id, null)).json().customer_note).toBeNull();
  });

  it('is taken in any state and kept as it is', async () => {
    const { order_id } = await api.placed(key);
    await payOrder(api.deps.pool, order_id);
    const text = '\u202e\u001b[31m=cmd|!A0 <svg onload=alert(1)>';
    expect((await note(order_id, text)).json()).toMatchObject({ customer_note: text, status: 'paid' });
  });

  it.each([{}, { customer_note: 7 }, { customer_note: 'a\u0000b' }])('in %j: 400', async (body) => {
    const { order_id } = await api.placed(key);
    expect((await api.call(key, 'PATCH', `${list}/${order_id}`, { body })).statusCode).toBe(400);
  });
});

describe('cancelling', () => {
  const cancel = (id: string) => api.call(key, 'POST', `${list}/${id}/cancel`);

  it('a pending order: 200 cancelled; again: 409 (example 38)', async () => {
    api.runs.onCancel = async ({ orderId }) => {
      await moveOrder(api.deps.pool, orderId, { to: 'cancelled', source: 'cancel' });
      return { kind: 'moved', status: 'cancelled', reason: null };
    };
    const { order_id } = await api.placed(key);
    const answer = await cancel(order_id);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: 'cancelled', is_final: true, payment_address: null });
    expect((await cancel(order_id)).statusCode).toBe(409);
  });

  it.each(['confirming', 'partial', 'paid', 'failed'] as const)('a %s order: 409 with the state', async (to) => {
    const { order_id } = await api.placed(key);
    await moveOrder(api.deps.pool, order_id, { to });
    const answer = await cancel(order_id);
    expect(answer.json()).toMatchObject({ status: 409, resource: 'crypto_order', field: 'status' });
    expect(answer.json().detail).toMatch(new RegExp(`${to}.*[Ss]upport`));
  });

  it('an order that was paid meanwhile: 409 with its state', async () => {
    api.runs.onCancel = async () => ({ kind: 'refused', status: 'paid', reason: 'paid' });
    const { order_id } = await api.placed(key);
    const answer = await cancel(order_id);
    expect(answer.statusCode).toBe(409);
    expect(answer.json().detail).toContain('paid');
  });

  it('while Temporal is away: 503 with retry-after, nothing changed', async () => {
    const { order_id } = await api.placed(key);
    api.runs.isAway = true;
    const answer = await cancel(order_id);
    api.runs.isAway = false;
    expect(answer.json()).toMatchObject({
      status: 503,
      type: 'https://errors.driftstack.dev/feature-unavailable',
    });
    expect(answer.headers['retry-after']).toBe('2');
    expect((await get(`${list}/${order_id}`)).json().status).toBe('pending');
  });
});

describe('a bound order', () => {
  it('keeps its first payment', async () => {
    const order = await api.placed(key);
    await bindAddress(api.deps, order.order_id);
    expect((await get(`${list}/${order.order_id}`)).json().payment_address).toBe(order.payment_address);
  });
});
