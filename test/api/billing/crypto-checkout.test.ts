import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsOf } from '../../support/counters.js';
import { moveOrder, payOrder } from '../../support/an-order.js';
import { guideBody, testApp, type TestApp } from '../../support/test-app.js';

const path = '/v1/billing/crypto-checkout';
let api: TestApp;
let key: string;

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
});
afterAll(() => api.close());

const checkout = (over: object = {}, headers: Record<string, string | string[]> = {}, as = key) =>
  api.call(as, 'POST', path, { body: { ...guideBody, ...over }, headers });

describe('a checkout', () => {
  it('of the guide: 201, 4900 USD echoed, pending, with an address and an hour to pay (example 1)', async () => {
    const answer = await checkout();
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store, private');
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
    const order = answer.json();
    expect(order).toEqual({
      order_id: expect.stringMatching(/^ord_[0-9a-f]{12}$/),
      product: 'team_manual',
      price_cents: 4900,
      price_currency: 'USD',
      status: 'pending',
      provider: 'nowpayments',
      payment_address: expect.stringMatching(/^TXaddress/),
      pay_currency: 'usdttrc20',
      pay_amount: 49.1,
      pay_amount_text: '49.10',
      pay_extra_id: null,
      network: 'trx',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      expires_at: expect.any(String),
      stub_reason: null,
      stub_minimum: null,
      stub_minimum_currency: null,
      payment_url: expect.stringMatching(/^https:\/\/pay\.example\.com\/pay\/[\w-]{32}$/),
      is_final: false,
      next_action: 'pay',
    });
    const minutes = (Date.parse(order.expires_at) - Date.parse(order.created_at)) / 60_000;
    expect(Math.floor(minutes)).toBe(60); // counted from the address, a moment after the order
  });

  it('shows the amount as a number with the digits of the provider', async () => {
    const answer = await checkout();
    expect(answer.body).toContain('"pay_amount":49.10,"pay_amount_text":"49.10"');
  });

  it('below the floor of the account: 201 stub, nulls, pending (example 2)', async () => {
    const answer = await checkout({ price_cents: 1999 });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      provider: 'stub',
      stub_reason: 'below_minimum',
      stub_minimum: '20',
      stub_minimum_currency: 'USD',
      status: 'pending',
      payment_address: null,
      pay_currency: null,
      pay_amount: null,
      next_action: 'contact_support',
    });
    expect(answer.headers['retry-after']).toBeUndefined();
  });

  it('at the floor is minted', async () => {
    expect((await checkout({ price_cents: 2000 })).json().provider).toBe('nowpayments');
  });

  it.each([
    [{ product: 'gold' }, 'product'],
    [{ price_currency: 'usd' }, 'price_currency'],
    [{ price_cents: 4900.5 }, 'price_cents'],
    [{ pay_currency: 'usdt-trc20' }, 'pay_currency'],
    [{ customer_reference: '' }, 'customer_reference'],
    [{ customer_reference: 'x'.repeat(129) }, 'customer_reference'],
    [{ metadata: { cart: 7 } }, 'metadata'],
    [{ metadata: { cart: { id: '7' } } }, 'metadata'],
    [{ metadata: { cart: 'x'.repeat(501) } }, 'metadata'],
    [{ metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 'v'])) }, 'metadata'],
    [{ success_url: 'http://shop.example.com' }, 'success_url'],
    [{ success_url: 'https://user:pw@shop.example.com/' }, 'success_url'],
    [{ success_url: 'javascript:alert(1)' }, 'success_url'],
    [{ return_url: 'http://shop.example.com' }, 'return_url'],
    [{ cancel_url: 'ftp://127.0.0.1/' }, 'cancel_url'],
    [{ return_url: 'http://127.0.0.1.shop.example.com/' }, 'return_url'],
    [{ description: '' }, 'description'],
    [{ description: ' \t ' }, 'description'],
    [{ description: 'x'.repeat(201) }, 'description'],
    [{ description: 'Two\nlines' }, 'description'],
    [{ description: 'turned \u202e around' }, 'description'],
  ])('with %j: 400 that names %s (example 3)', async (over, field) => {
    const answer = await checkout(over);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = answer.json();
    expect(problem).toMatchObject({ type: 'https://errors.driftstack.dev/validation-failed', status: 400 });
    expect(Object.keys(problem.issues.fieldErrors)).toEqual([field]);
    expect(problem.instance).toBe(answer.headers['x-request-id']);
  });

  it.each(['http://localhost:3000/ok', 'http://127.0.0.1:3000/ok?a=1', 'http://[::1]/ok'])(
    'takes %s for a way back while nothing moves real coins, and refuses it where something does',
    async (url) => {
      for (const field of ['success_url', 'return_url', 'cancel_url']) {
        expect((await checkout({ [field]: url })).statusCode).toBe(201);
      }
      const real = await testApp({ settings: { production: true } });
      try {
        const body = { ...guideBody, return_url: url };
        const answer = await real.call(await real.newKey(), 'POST', '/v1/billing/crypto-checkout', { body });
        expect(answer.json().detail).toBe('return_url: expected an https URL without user information');
      } finally {
        await real.close();
      }
    },
  );

  it('keeps what its payer shall read: in the envelope, and on the page', async () => {
    const given = '  12 rolls <b>“Plus”</b>, 管理, delivered 😀 ';
    const { order_id, payment_url } = (await checkout({ description: given })).json();
    const { body } = await api.call(key, 'GET', `/v1/billing/crypto-orders/${order_id}`);
    expect(JSON.parse(body).description).toBe(given.trim());
    const page = (await api.app.inject(new URL(payment_url).pathname)).body;
    expect(page).toContain('<p class="description"><bdi>12 rolls &lt;b>“Plus”&lt;/b>, 管理, delivered 😀</bdi></p>');
    expect((await checkout({ description: '😀'.repeat(200) })).statusCode).toBe(201);
  });

  it('takes lengths in code points', async () => {
    expect((await checkout({ customer_reference: '😀'.repeat(128) })).statusCode).toBe(201);
    expect((await checkout({ customer_reference: '😀'.repeat(129) })).statusCode).toBe(400);
  });

  it('asks for 4900 JPY as 4900 (example 4)', async () => {
    const order = (await checkout({ price_currency: 'JPY' })).json();
    const { rows } = await api.deps.pool.query('select price_cents, price_currency from orders where id = $1', [
      order.order_id,
    ]);
    expect(rows).toEqual([{ price_cents: 4900, price_currency: 'JPY' }]);
  });

  it('ignores a status and names it back (example 5)', async () => {
    const answer = await checkout({ status: 'paid', order_id: 'ord_000000000000', 'a,b\r\nc': 1 });
    expect(answer.statusCode).toBe(201);
    expect(answer.json().status).toBe('pending');
    expect(answer.headers['x-driftstack-unknown-fields']).toBe('status,order_id,a%2Cb%0D%0Ac');
  });

  it.each([
    [{ customer_email: 'a@example.com' }, 'customer_email', 'customer_reference'],
    [{ redirect_url: 'https://shop.example.com/' }, 'redirect_url', 'return_url'],
    [{ currency: 'EUR' }, 'currency', 'price_currency'],
    [{ amount: 4900 }, 'amount', 'price_cents'],
    [{ payCurrency: 'btc' }, 'payCurrency', 'pay_currency'],
    [{ 'pay-currency': 'btc' }, 'pay-currency', 'pay_currency'],
    [{ metdata: {} }, 'metdata', 'metadata'],
    [{ metadatas: {} }, 'metadatas', 'metadata'],
    [{ metadeta: {} }, 'metadeta', 'metadata'],
    [{ metadtaa: {} }, 'metadtaa', 'metadata'],
    [{ sucess_url: 'https://shop.example.com/' }, 'sucess_url', 'success_url'],
  ])('%j is 400: %s is nearly a field, and would have no effect', async (over, name, meant) => {
    const answer = await checkout(over);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().issues.fieldErrors).toEqual({ [name]: [`not a field: is ${meant} meant?`] });
  });

  it.each(['payment_id', 'ipn_callback_url', 'is_fixed_rate', 'products_count', 'id'])(
    'ignores %s, which is no field by a long way, and names it back',
    async (name) => {
      const answer = await checkout({ [name]: 'x' });
      expect(answer.statusCode).toBe(201);
      expect(answer.headers['x-driftstack-unknown-fields']).toBe(name);
    },
  );

  it('for another account by header: 400 (example 6)', async () => {
    const answer = await checkout({}, { 'x-driftstack-account': 'acc_1' });
    expect(answer.json()).toMatchObject({ status: 400, type: 'https://errors.driftstack.dev/bad-request' });
  });

  it('whose mint is slow: 201 nowpayments, null address, retry-after; the replay has it (example 9)', async () => {
    const { onOpen } = api.runs;
    api.runs.onOpen = async () => {};
    const first = await checkout({}, { 'idempotency-key': 'slow' });
    api.runs.onOpen = onOpen;
    expect(first.statusCode).toBe(201);
    expect(first.headers['retry-after']).toBe('2');
    expect(first.json()).toMatchObject({ provider: 'nowpayments', payment_address: null, next_action: 'wait' });
    const replay = await checkout({}, { 'idempotency-key': 'slow' });
    expect(replay.json().order_id).toBe(first.json().order_id);
    expect(replay.json().payment_address).toMatch(/^TXaddress/);
    expect(replay.headers['retry-after']).toBeUndefined();
  });

  it('while Temporal is away: 201 with null address and retry-after', async () => {
    api.runs.isAway = true;
    const answer = await checkout();
    api.runs.isAway = false;
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json()).toMatchObject({ provider: 'nowpayments', payment_address: null });
  });

  it('withholds an address that was changed in the database', async () => {
    const order = await api.placed(key);
    await api.deps.pool.query(`update orders set pay_address = 'TXthief' where id = $1`, [order.order_id]);
    const answer = await api.call(key, 'GET', `/v1/billing/crypto-orders/${order.order_id}`);
    expect(answer.json()).toMatchObject({ payment_address: null, next_action: 'contact_support' });
    expect(await countsOf(api.deps.metrics.alarms)).toEqual({ pay_address_changed: 1 });
  });
});

describe('abuse limits', () => {
  it('refuse the third order at max_pending 2, replay stored keys, and do not use up the key (example 11)', async () => {
    const limited = await api.newKey({ accountId: await api.newAccount({ max_pending: 2 }) });
    const first = await checkout({}, { 'idempotency-key': 'a' }, limited);
    await checkout({}, { 'idempotency-key': 'b' }, limited);
    const third = await checkout({}, { 'idempotency-key': 'c' }, limited);
    expect(third.json()).toMatchObject({
      status: 409,
      type: 'https://errors.driftstack.dev/conflict',
      resource: 'crypto_order',
      field: 'status',
      limit: 2,
    });
    expect((await checkout({}, { 'idempotency-key': 'a' }, limited)).statusCode).toBe(201);
    await moveOrder(api.deps.pool, first.json().order_id, { to: 'cancelled', source: 'cancel' });
    const again = await checkout({}, { 'idempotency-key': 'c' }, limited);
    expect(again.statusCode).toBe(201);
    expect(again.headers['idempotent-replayed']).toBeUndefined();
  });

  it('let exactly as many through when all come at once', async () => {
    const limited = await api.newKey({ accountId: await api.newAccount({ max_pending: 3 }) });
    const answers = await Promise.all(Array.from({ length: 10 }, () => checkout({}, {}, limited)));
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([201, 201, 201, ...Array(7).fill(409)]);
  });

  it('count unpaid orders of a day by created_at, paid ones never', async () => {
    const limited = await api.newKey({ accountId: await api.newAccount({ max_unpaid_24h: 1 }) });
    const order = await api.placed(limited);
    expect((await checkout({}, {}, limited)).json()).toMatchObject({ status: 409, field: 'created_at', limit: 1 });
    await payOrder(api.deps.pool, order.order_id);
    expect((await checkout({}, {}, limited)).statusCode).toBe(201);
  });

  const afterOneMint = async (outcome: string) => {
    const limited = await api.newKey({ accountId: await api.newAccount({ max_mints_24h: 1 }) });
    const order = await api.placed(limited);
    await api.deps.pool.query(
      `insert into mint_intents (order_id, attempt, key_label, started_at, outcome) values ($1, 1, 'test', now(), $2)`,
      [order.order_id, outcome],
    );
    return checkout({}, {}, limited);
  };

  it.each(['open', 'bound', 'unseen', 'absent'])('count by payment_id a mint of a day that is %s', async (outcome) => {
    expect((await afterOneMint(outcome)).json()).toMatchObject({ status: 409, field: 'payment_id', limit: 1 });
  });

  it.each(['not_sent', 'refused'])('do not count a mint that is %s: no payment came of it', async (outcome) => {
    expect((await afterOneMint(outcome)).statusCode).toBe(201);
  });
});

describe('a quote', () => {
  it('of api_scale: 149900 USD, no order (example 12)', async () => {
    const before = await api.deps.pool.query('select count(*) from orders');
    const answer = await api.call(key, 'POST', `${path}/quote`, { body: { product: 'api_scale' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ product: 'api_scale', price_cents: 149900, price_currency: 'USD' });
    expect((await api.deps.pool.query('select count(*) from orders')).rows).toEqual(before.rows);
  });

  it('in a currency that is not listed: 400', async () => {
    const answer = await api.call(key, 'POST', `${path}/quote`, {
      body: { product: 'api_scale', price_currency: 'JPY' },
    });
    expect(answer.json().issues.fieldErrors).toEqual({ price_currency: ['not on the price list of this product'] });
  });
});
