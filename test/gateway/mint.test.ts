import { describe, expect, it } from 'vitest';
import { aGateway, aMint, anAccount, aProvider, created, json, raw } from './provider-double.js';

async function minted(answer: object, request: Partial<typeof aMint> = {}) {
  const provider = await aProvider({ 'POST payment': json(201, answer) });
  const outcome = await aGateway().mint(anAccount(provider.url), { ...aMint, ...request });
  return { outcome, heard: provider.heard };
}

describe('a mint', () => {
  it('sends the price digit by digit, our order id, and nothing about the customer', async () => {
    const { heard } = await minted(created);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({
      method: 'POST',
      url: '/v1/payment',
      headers: { 'x-api-key': 'KEY-OF-THE-TEST', 'content-type': 'application/json', 'accept-encoding': 'identity' },
      body: '{"price_amount":49.00,"price_currency":"usd","pay_currency":"usdttrc20","order_id":"ord_0123456789ab","order_description":"team_manual","ipn_callback_url":"https://pay.example.com/v1/webhooks/nowpayments","is_fixed_rate":false,"is_fee_paid_by_user":false}',
    });
    expect(heard[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    [{ cents: 1, currency: 'USD' }, '0.01'],
    [{ cents: 4900, currency: 'JPY' }, '4900'],
    [{ cents: 4900, currency: 'KWD' }, '4.900'],
    [{ cents: 9_007_199_254_740_991, currency: 'EUR' }, '90071992547409.91'],
  ])('of %o asks for %s', async (price, text) => {
    const { heard } = await minted(created, { price });
    expect(heard[0]?.body).toContain(`{"price_amount":${text},`);
  });

  it('gives what the payer needs, amounts as the provider wrote them', async () => {
    const text = JSON.stringify(created).replace('49.024513', '49.024513000000000001');
    const provider = await aProvider({ 'POST payment': raw(201, text) });
    expect(await aGateway().mint(anAccount(provider.url), aMint)).toEqual({
      kind: 'minted',
      payment: {
        paymentId: '5745459419',
        payAddress: 'TAb12cd34ef56gh78jk9xAb12cd34ef56g',
        payAmount: '49.024513000000000001',
        payCurrency: 'usdttrc20',
        payExtraId: null,
        network: 'trx',
        providerExpiresAt: '2026-11-24T20:20:00.000Z',
        raw: text,
      },
    });
  });

  it('does not mind the case of a coin', async () => {
    const { outcome, heard } = await minted({ ...created, pay_currency: 'USDTTRC20' }, { payCurrency: 'UsdtTrc20' });
    expect(outcome).toMatchObject({ kind: 'minted', payment: { payCurrency: 'usdttrc20' } });
    expect(heard[0]?.body).toContain('"pay_currency":"usdttrc20"');
  });

  it.each([
    ['another order', { order_id: 'ord_ba9876543210' }, 'wrong answer: it names another order'],
    ['no order', { order_id: null }, 'wrong answer: it names another order'],
    ['our order in capitals', { order_id: 'ORD_0123456789AB' }, 'wrong answer: it names another order'],
    ['another coin', { pay_currency: 'trx' }, 'wrong answer: it names another coin'],
    ['the coin on another network', { pay_currency: 'usdterc20' }, 'wrong answer: it names another coin'],
    ['another price', { price_amount: 48.99 }, 'wrong answer: it names another price'],
    ['no price', { price_amount: null }, 'wrong answer: it names another price'],
    ['another price currency', { price_currency: 'eur' }, 'wrong answer: it names another price currency'],
    ['nothing to pay', { pay_amount: '0' }, 'wrong answer: it has no amount to pay'],
    ['nothing to pay, in decimals', { pay_amount: '0.000' }, 'wrong answer: it has no amount to pay'],
    ['no amount', { pay_amount: null }, 'wrong answer: it has no amount to pay'],
    ['no address', { pay_address: null }, 'wrong answer: it has no address'],
    [
      'an address of another network',
      { pay_address: `0x${'ab'.repeat(20)}` },
      'wrong answer: its address is none of usdttrc20',
    ],
    ['a parent', { parent_payment_id: 5745459418 }, 'wrong answer: it is a re-deposit of another payment'],
    ['the status finished', { payment_status: 'finished' }, 'a new payment that is already finished'],
    ['the status WAITING', { payment_status: 'WAITING' }, 'a new payment that is already WAITING'],
  ])('whose answer has %s is not shown: unknown, with an alarm', async (_name, change, message) => {
    const { outcome } = await minted({ ...created, ...change });
    expect(outcome).toEqual({ kind: 'unknown', message, alarm: true, paymentId: '5745459419' });
  });

  it.each([
    ['no payment id', { payment_id: undefined }],
    ['an empty payment id', { payment_id: '' }],
    ['a payment id of letters', { payment_id: 'abc' }],
    ['no status', { payment_status: undefined }],
    ['a negative amount', { pay_amount: -1 }],
    ['an amount of words', { pay_amount: 'NaN' }],
    ['an address with blanks', { pay_address: 'TAb12cd34 f56gh78jk9xAb12cd34ef56g' }],
  ])('whose answer has %s is unusable: unknown, with an alarm', async (_name, change) => {
    const { outcome } = await minted({ ...created, ...change });
    expect(outcome).toMatchObject({ kind: 'unknown', alarm: true, paymentId: null });
  });

  it('keeps forty decimals exactly', async () => {
    const amount = `0.${'1'.repeat(40)}`;
    expect((await minted({ ...created, pay_amount: amount })).outcome).toMatchObject({
      payment: { payAmount: amount },
    });
  });

  it.each([
    ['eth', `0x${'aB'.repeat(20)}`, true],
    ['usdterc20', `0x${'ab'.repeat(19)}`, false],
    ['btc', `bc1q${'q'.repeat(38)}`, true],
    ['btc', `T${'A'.repeat(33)}`, false],
    ['ltc', `ltc1q${'q'.repeat(38)}`, true],
    ['xno', `nano_1${'1'.repeat(59)}`, true],
    ['sol', 'AnythingThatLooksLikeAnAddress', true],
  ])('of %s takes the address %s: %s', async (coin, address, fits) => {
    const { outcome } = await minted(
      { ...created, pay_currency: coin, network: null, pay_address: address },
      { payCurrency: coin },
    );
    expect(outcome.kind).toBe(fits ? 'minted' : 'unknown');
  });
});

describe('a memo coin', () => {
  const xrp = { ...created, pay_currency: 'xrp', pay_address: `r${'A'.repeat(33)}`, network: 'xrp' };

  it('without its memo is not shown: coins sent without it are not seen', async () => {
    for (const memo of [null, '', undefined]) {
      const { outcome } = await minted({ ...xrp, payin_extra_id: memo }, { payCurrency: 'xrp' });
      expect(outcome).toMatchObject({ kind: 'unknown', alarm: true, message: 'wrong answer: xrp came without a memo' });
    }
  });

  it('comes with its memo', async () => {
    const { outcome } = await minted({ ...xrp, payin_extra_id: '1042' }, { payCurrency: 'xrp' });
    expect(outcome).toMatchObject({ kind: 'minted', payment: { payExtraId: '1042' } });
  });

  it('may be one that only the coin list names', async () => {
    const listed = { code: 'hbar', network: 'hbar', enable: true, available_for_payment: true, extra_id_exists: true };
    const answer = { ...created, pay_currency: 'hbar', pay_address: '0.0.1234567890', network: 'hbar' };
    const provider = await aProvider({
      'GET full-currencies': json(200, { currencies: [listed] }),
      'GET merchant/coins': json(200, { selectedCurrencies: ['HBAR'] }),
      'POST payment': json(201, answer),
    });
    const gateway = aGateway();
    const account = anAccount(provider.url);
    expect(await gateway.canPay(account, 'hbar')).toMatchObject({ kind: 'yes', coin: { needsMemo: true } });
    expect(await gateway.mint(account, { ...aMint, payCurrency: 'hbar' })).toMatchObject({
      kind: 'unknown',
      alarm: true,
    });
  });
});

describe('a refusal to mint', () => {
  const refusal = (code: string, message: string) => json(400, { status: false, statusCode: 400, code, message });

  it('below the minimum is final, and tells the floor', async () => {
    const provider = await aProvider({
      'POST payment': refusal('AMOUNT_MINIMAL_ERROR', 'Crypto amount 1 is less than minimal'),
      'GET min-amount': raw(200, '{"currency_from":"usdttrc20","currency_to":"btc","min_amount":5.001500000000000001}'),
    });
    const outcome = await aGateway().mint(anAccount(provider.url, { payoutCoin: 'btc' }), aMint);
    expect(outcome).toEqual({
      kind: 'refused',
      reason: 'below_minimum',
      message: '400 AMOUNT_MINIMAL_ERROR Crypto amount 1 is less than minimal',
      floor: '5.001500000000000001',
      worth: null,
    });
  });

  it.each([
    ['EUR', '4.61', ['eur']],
    ['XOF', null, ['xof', 'usd']], // no rate for it: the floor is told in the coin
  ])("tells the floor in the order's own currency, %s", async (currency, worth, asked) => {
    const provider = await aProvider({
      'POST payment': refusal('AMOUNT_MINIMAL_ERROR', 'amountTo is too small'),
      'GET min-amount': (response, heard) => {
        const isKnown = !heard.url.includes('fiat_equivalent=xof');
        const reply = isKnown ? json(200, { min_amount: 5, fiat_equivalent: 4.61 }) : refusal('X', 'no such currency');
        reply(response, heard);
      },
    });
    const price = { cents: 1, currency };
    const outcome = await aGateway().mint(anAccount(provider.url), { ...aMint, price });
    expect(outcome).toMatchObject({ reason: 'below_minimum', floor: '5', worth });
    const fiats = provider.heard.flatMap(({ url }) => /fiat_equivalent=(\w+)/.exec(url)?.[1] ?? []);
    expect(fiats).toEqual(asked);
  });

  it('below the minimum stands when the floor cannot be had', async () => {
    const provider = await aProvider({ 'POST payment': refusal('AMOUNT_MINIMAL_ERROR', 'too little') });
    expect(await aGateway().mint(anAccount(provider.url), aMint)).toMatchObject({
      reason: 'below_minimum',
      floor: null,
    });
  });

  it('above the maximum is remembered for a day, for this coin and as much or more', async () => {
    let now = 0;
    const provider = await aProvider({ 'POST payment': refusal('X', 'amount is over the maximum') });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url);
    const ask = (cents: number, payCurrency = 'xno') =>
      gateway.mint(account, { ...aMint, payCurrency, price: { cents, currency: 'USD' } });
    expect(await ask(300_000)).toMatchObject({ kind: 'refused', reason: 'above_maximum' });
    expect(await ask(300_000)).toMatchObject({ kind: 'refused', reason: 'above_maximum' });
    expect(await ask(400_000)).toMatchObject({ kind: 'refused', reason: 'above_maximum' });
    expect(provider.heard).toHaveLength(1);
    await ask(299_999);
    await ask(300_000, 'trx');
    expect(provider.heard).toHaveLength(3);
    now = 24 * 60 * 60_000;
    await ask(299_999);
    expect(provider.heard).toHaveLength(4);
  });

  it('of a coin that is off fetches the list of coins again', async () => {
    const listed = { code: 'usdttrc20', enable: true, available_for_payment: true };
    const provider = await aProvider({
      'GET full-currencies': [
        json(200, { currencies: [listed, { ...listed, code: 'trx' }] }),
        json(200, { currencies: [{ ...listed, code: 'trx' }] }),
      ],
      'GET merchant/coins': json(200, { selectedCurrencies: ['usdttrc20', 'trx'] }),
      'POST payment': refusal('CURRENCY_UNAVAILABLE', 'Currency usdttrc20 is unavailable'),
    });
    const gateway = aGateway();
    const account = anAccount(provider.url);
    expect(await gateway.canPay(account, 'usdttrc20')).toMatchObject({ kind: 'yes' });
    expect(await gateway.mint(account, aMint)).toMatchObject({ kind: 'refused', reason: 'coin_unavailable' });
    expect(await gateway.canPay(account, 'usdttrc20')).toEqual({ kind: 'no' });
  });

  it.each([
    [400, 'INVALID_REQUEST_PARAMS'],
    [404, 'NOT_FOUND'],
    [422, 'X'],
  ])('with %i %s is our defect', async (status, code) => {
    const provider = await aProvider({ 'POST payment': json(status, { code, message: 'no' }) });
    expect(await aGateway().mint(anAccount(provider.url), aMint)).toMatchObject({
      kind: 'refused',
      reason: 'rejected',
    });
  });
});
