import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY, LOGIN, OTHER_KEY, openStage, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const price = { price_amount: 49, price_currency: 'usd', pay_currency: 'usdttrc20', order_id: 'ord_x' };

describe('creating a payment', () => {
  it('answers 201 with the id as a string, amounts as numbers and ISO dates', async () => {
    const answer = await stage.provider('POST', '/payment', { body: { ...price, order_description: 'Team, monthly' } });
    expect(answer.status).toBe(201);
    expect(answer.text).toMatch(/"payment_id":"[4-6]\d{9}"/);
    expect(answer.text).toContain('"pay_amount":49.024513,');
    expect(answer.json).toMatchObject({
      payment_status: 'waiting',
      price_amount: 49,
      price_currency: 'usd',
      pay_currency: 'usdttrc20',
      order_id: 'ord_x',
      order_description: 'Team, monthly',
      payin_extra_id: null,
    });
    expect(answer.json.pay_address).toMatch(/^T[1-9A-HJ-NP-Za-km-z]{33}$/);
    const madeMs = Date.parse(answer.json.created_at);
    expect(Date.parse(answer.json.expiration_estimate_date) - madeMs).toBe(20 * 60_000);
    expect(Date.parse(String(answer.json.valid_until)) - madeMs).toBe(7 * 24 * 3_600_000);
    expect(answer.headers.get('cf-ray')).toMatch(/^[0-9a-f]{16}-SIM$/);
  });

  it.each([
    ['49', 'usd', 'usdttrc20', '49.024513'],
    ['49.95', 'gbp', 'btc', '0.00105728'],
    ['100', 'gbp', 'eth', '0.04233334'],
    ['19', 'usd', 'xrp', '38'],
    ['10', 'ils', 'xlm', '27'],
    ['49', 'usd', 'xno', '40.833333333333333333333333333334'],
  ])('asks for %s %s in %s as %s, rounded up to the decimals of the coin', async (amount, currency, coin, expected) => {
    const body = `{"price_amount":${amount},"price_currency":"${currency}","pay_currency":"${coin}","order_id":"o"}`;
    const answer = await stage.provider('POST', '/payment', { body });
    expect(answer.text).toContain(`"pay_amount":${expected},`);
  });

  it('gives memo coins a memo and every payment an address of its own', async () => {
    const first = await stage.mint({ pay_currency: 'xrp' });
    const second = await stage.mint({ pay_currency: 'xrp' });
    expect(first.payin_extra_id).toMatch(/^\d{6,}$/);
    expect(second.payin_extra_id).not.toBe(first.payin_extra_id);
    expect(second.pay_address).not.toBe(first.pay_address);
    expect(second.payment_id).not.toBe(first.payment_id);
  });

  it.each([
    [{ price_amount: 4.99 }, 400, 'AMOUNT_MINIMAL_ERROR', /less than minimal/],
    [{ price_amount: 2001, pay_currency: 'xno' }, 400, 'AMOUNT_MAXIMAL_ERROR', /maximum/],
    [{ pay_currency: 'doge' }, 400, 'CURRENCY_UNAVAILABLE', /DOGE/],
    [{ pay_currency: 'nosuch' }, 400, 'CURRENCY_UNAVAILABLE', /NOSUCH/],
    [{ price_amount: '49' }, 400, 'INVALID_REQUEST_PARAMS', /price_amount/],
    [{ price_amount: 0 }, 400, 'INVALID_REQUEST_PARAMS', /price_amount/],
    [{ price_currency: 'zzz' }, 400, 'INVALID_REQUEST_PARAMS', /price_currency/],
    [{ ipn_callback_url: 'not a url' }, 400, 'INVALID_REQUEST_PARAMS', /ipn_callback_url/],
    [{ case: 'maybe' }, 400, 'INVALID_REQUEST_PARAMS', /case/],
  ])('refuses %j with %i %s', async (wrong, status, code, message) => {
    const mintsBefore = (await stage.ledger('mint')).length;
    const { json } = await stage.provider('POST', '/payment', { body: { ...price, ...wrong } });
    expect(json).toMatchObject({ status: false, statusCode: status, code });
    expect(json.message).toMatch(message);
    expect(await stage.ledger('mint')).toHaveLength(mintsBefore);
  });

  it('makes two payments of the same create sent twice', async () => {
    const first = await stage.mint({ order_id: 'ord_twice' });
    const second = await stage.mint({ order_id: 'ord_twice' });
    expect(second.payment_id).not.toBe(first.payment_id);
    const { json } = await stage.control('GET', '/payments?order_id=ord_twice');
    expect(json.payments.map((it) => it.payment_id)).toEqual([second.payment_id, first.payment_id]);
  });

  it('refuses a body that is no JSON', async () => {
    const answer = await stage.provider('POST', '/payment', { body: '{"price_amount":' });
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('INVALID_REQUEST_PARAMS');
  });
});

describe('reading a payment', () => {
  it('shows the id as a number', async () => {
    const made = await stage.mint();
    const answer = await stage.provider('GET', `/payment/${made.payment_id}`);
    expect(answer.text).toContain(`"payment_id":${made.payment_id},`);
    expect(answer.json).toMatchObject({ payment_status: 'waiting', actually_paid: 0, actually_paid_at_fiat: 0 });
    expect(answer.json.parent_payment_id).toBeNull();
    expect(answer.json).not.toHaveProperty('fee');
  });

  it('keeps every digit of a 19-digit id', async () => {
    await stage.control('PUT', '/settings', { id_digits: 19 });
    const made = await stage.mint();
    await stage.control('PUT', '/settings', { id_digits: 10 });
    expect(made.payment_id).toMatch(/^[4-6]\d{18}$/);
    const answer = await stage.provider('GET', `/payment/${made.payment_id}`);
    expect(answer.text).toContain(`"payment_id":${made.payment_id},`);
  });

  it('refuses an id that is not digits and knows no others', async () => {
    expect((await stage.provider('GET', '/payment/abc')).json).toMatchObject({ statusCode: 400 });
    expect((await stage.provider('GET', '/payment/1234567')).json).toMatchObject({ statusCode: 404 });
  });
});

describe('keys', () => {
  it('refuses an unknown key with 403', async () => {
    const answer = await stage.provider('GET', '/currencies', { key: 'who' });
    expect(answer.json).toMatchObject({ statusCode: 403, code: 'INVALID_API_KEY' });
  });

  it('shows a key none of the payments of another', async () => {
    const mine = await stage.mint({ order_id: 'ord_mine' });
    const theirs = await stage.mint({ order_id: 'ord_theirs' }, OTHER_KEY);
    expect((await stage.provider('GET', `/payment/${theirs.payment_id}`, { key: KEY })).status).toBe(404);
    expect((await stage.provider('GET', `/payment/${mine.payment_id}`, { key: OTHER_KEY })).status).toBe(404);
    expect((await stage.provider('GET', `/payment/${theirs.payment_id}`, { key: OTHER_KEY })).status).toBe(200);
    const list = await stage.provider('GET', '/payment/?limit=500', { key: OTHER_KEY, token: await stage.logIn() });
    expect(list.json.data.map((it) => it.order_id)).toEqual(['ord_theirs']);
  });

  it('lists only with a token, which lives five minutes', async () => {
    expect((await stage.provider('GET', '/payment/')).json).toMatchObject({ statusCode: 401, code: 'AUTH_REQUIRED' });
    const wrong = await stage.provider('POST', '/auth', { body: { ...LOGIN, password: 'wrong' } });
    expect(wrong.status).toBe(403);
    const token = await stage.logIn();
    expect((await stage.provider('GET', '/payment/', { token })).status).toBe(200);
    expect((await stage.provider('GET', '/payment/', { token: `${token}x` })).status).toBe(401);
    await stage.control('POST', '/clock', { advance: '5 minutes' });
    expect((await stage.provider('GET', '/payment/', { token })).status).toBe(401);
  });
});

describe('currencies and prices', () => {
  it('offers the coins that can be paid; doge is ticked but not payable', async () => {
    const { json } = await stage.provider('GET', '/currencies?fixed_rate=false');
    expect(json.currencies).toEqual('btc eth ltc trx usdttrc20 usdterc20 usdcerc20 xrp xlm xno'.split(' '));
    const full = (await stage.provider('GET', '/full-currencies')).json.currencies;
    const ticked = (await stage.provider('GET', '/merchant/coins')).json.selectedCurrencies;
    expect(ticked).toContain('DOGE');
    expect(full.find((coin) => coin.code === 'DOGE')).toMatchObject({ available_for_payment: false });
    expect(full.find((coin) => coin.code === 'XRP')).toMatchObject({ extra_id_exists: true, network: 'xrp' });
    expect(full.find((coin) => coin.code === 'XNO')).toMatchObject({ is_maxlimit: true });
  });

  it('tells the floor and an estimate', async () => {
    const floor = await stage.provider(
      'GET',
      '/min-amount?currency_from=btc&currency_to=usdttrc20&fiat_equivalent=usd',
    );
    expect(floor.json).toMatchObject({ currency_from: 'btc', min_amount: 0.00016667, fiat_equivalent: 10.01 });
    const worth = await stage.provider('GET', '/estimate?amount=49&currency_from=usd&currency_to=ltc');
    expect(worth.json).toMatchObject({ amount_from: 49, estimated_amount: 0.6125 });
    expect((await stage.provider('GET', '/estimate?amount=-1&currency_from=usd&currency_to=ltc')).status).toBe(400);
  });

  it('gives a new quote only after the old one has run out', async () => {
    const made = await stage.mint();
    const early = await stage.provider('POST', `/payment/${made.payment_id}/update-merchant-estimate`);
    expect(early.json).toMatchObject({ id: made.payment_id, expiration_estimate_date: made.expiration_estimate_date });
    await stage.control('POST', '/clock', { advance: '21 minutes' });
    const later = await stage.provider('POST', `/payment/${made.payment_id}/update-merchant-estimate`);
    expect(Date.parse(later.json.expiration_estimate_date)).toBeGreaterThan(Date.parse(made.expiration_estimate_date));
  });
});

describe('invoices', () => {
  it('answers a price as text, and mints when the payer has chosen a coin', async () => {
    const invoice = await stage.provider('POST', '/invoice', { body: { ...price, pay_currency: undefined } });
    expect(invoice.json).toMatchObject({ price_amount: '49', order_id: 'ord_x', pay_currency: null });
    expect(invoice.json).not.toHaveProperty('pay_address');
    const body = { iid: invoice.json.id, pay_currency: 'ltc' };
    const payment = await stage.provider('POST', '/invoice-payment', { body });
    expect(payment.json).toMatchObject({ pay_amount: 0.6125, order_id: 'ord_x' });
    const read = await stage.provider('GET', `/payment/${payment.json.payment_id}`);
    expect(read.text).toContain(`"invoice_id":${invoice.json.id},`);
    const foreign = await stage.provider('POST', '/invoice-payment', { body, key: OTHER_KEY });
    expect(foreign.status).toBe(404);
  });
});
