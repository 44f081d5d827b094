import { describe, expect, it } from 'vitest';
import { aGateway, anAccount, aProvider, html, json, raw } from './provider-double.js';

const coin = (code: string, more: object = {}) => ({
  code,
  ticker: 'x',
  network: 'TRX',
  enable: true,
  available_for_payment: true,
  extra_id_exists: false,
  precision: 8,
  network_precision: '6',
  ...more,
});
const lists = (currencies: object[], selectedCurrencies: string[]) => ({
  'GET full-currencies': json(200, { currencies }),
  'GET merchant/coins': json(200, { selectedCurrencies }),
});

describe('the coins an account can be paid in', () => {
  it('are those the merchant ticked that are on and payable now', async () => {
    const provider = await aProvider(
      lists(
        [
          coin('usdttrc20'),
          coin('TRX'),
          coin('doge', { available_for_payment: false }),
          coin('ltc', { enable: false }),
          coin('btc'),
        ],
        ['USDTTRC20', 'trx', 'doge', 'ltc', 'gone'],
      ),
    );
    const gateway = aGateway();
    const account = anAccount(provider.url);
    expect(await gateway.canPay(account, 'USDTTRC20')).toEqual({
      kind: 'yes',
      coin: { code: 'usdttrc20', network: 'trx', needsMemo: false, decimals: 6 },
    });
    expect(await gateway.canPay(account, 'trx')).toMatchObject({ kind: 'yes' });
    for (const code of ['doge', 'ltc', 'btc', 'gone', '__proto__']) {
      expect(await gateway.canPay(account, code)).toEqual({ kind: 'no' });
    }
    expect(provider.heard).toHaveLength(2);
  });

  it('do without a coin that cannot be read', async () => {
    const provider = await aProvider(
      lists([coin('no code'), coin('trx', { precision: 'many' }), {}], ['trx', 'no code']),
    );
    expect(await aGateway().canPay(anAccount(provider.url), 'trx')).toMatchObject({
      kind: 'yes',
      coin: { decimals: 6 },
    });
  });

  it('are unknown when a list cannot be had', async () => {
    const provider = await aProvider({ ...lists([coin('trx')], ['trx']), 'GET merchant/coins': html });
    expect(await aGateway().canPay(anAccount(provider.url), 'trx')).toMatchObject({ kind: 'unknown' });
  });

  it('are fetched again after ten minutes, and the old list serves a day of outage', async () => {
    let now = 0;
    const provider = await aProvider({
      'GET full-currencies': [json(200, { currencies: [coin('trx')] }), html],
      'GET merchant/coins': json(200, { selectedCurrencies: ['trx'] }),
    });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url);
    await gateway.canPay(account, 'trx');
    now = 599_999;
    await gateway.canPay(account, 'trx');
    expect(provider.heard).toHaveLength(2);
    now = 600_000;
    expect(await gateway.canPay(account, 'trx')).toMatchObject({ kind: 'yes' });
    expect(provider.heard).toHaveLength(4);
    now = 24 * 60 * 60_000;
    expect(await gateway.canPay(account, 'trx')).toMatchObject({ kind: 'unknown' });
  });

  it('are unknown when the list is empty, however often: nobody sells for no coin', async () => {
    const provider = await aProvider(lists([coin('trx')], []));
    const gateway = aGateway();
    const account = anAccount(provider.url);
    const doubt = 'the list of coins is empty';
    expect(await gateway.canPay(account, 'trx')).toEqual({ kind: 'unknown', message: doubt, doubt });
    expect(await gateway.canPay(account, 'trx')).toMatchObject({ kind: 'unknown' });
    expect(provider.heard).toHaveLength(4);
  });

  it('stay those of the last good list when an empty one comes, which is asked for again after a minute', async () => {
    let now = 0;
    const ticked = (codes: string[]) => json(200, { selectedCurrencies: codes });
    const provider = await aProvider({
      ...lists([coin('trx'), coin('btc')], []),
      'GET merchant/coins': [ticked(['trx']), ticked([]), ticked([]), ticked(['btc'])],
    });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url);
    expect(await gateway.canPay(account, 'trx')).toMatchObject({ kind: 'yes' });
    now = 10 * 60_000;
    const doubt = 'the list of coins is empty';
    expect(await gateway.canPay(account, 'trx')).toMatchObject({ kind: 'yes', doubt });
    expect(await gateway.canPay(account, 'btc')).toEqual({ kind: 'no', doubt });
    expect(provider.heard).toHaveLength(4);
    now += 60_000;
    expect(await gateway.canPay(account, 'trx')).toMatchObject({ kind: 'yes', doubt });
    expect(provider.heard).toHaveLength(6);
    now += 60_000;
    expect(await gateway.canPay(account, 'trx')).toEqual({ kind: 'no' });
    expect(await gateway.canPay(account, 'btc')).not.toHaveProperty('doubt');
  });

  it('are few at once only when two readings say so', async () => {
    let now = 0;
    const codes = Array.from({ length: 12 }, (_, index) => `coin${index}`);
    const provider = await aProvider({
      ...lists(
        codes.map((code) => coin(code)),
        [],
      ),
      'GET merchant/coins': [json(200, { selectedCurrencies: codes }), json(200, { selectedCurrencies: ['coin0'] })],
    });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url);
    await gateway.canPay(account, 'coin5');
    now = 10 * 60_000;
    expect(await gateway.canPay(account, 'coin5')).toMatchObject({
      kind: 'yes',
      doubt: 'the list of coins shrank from 12 to 1',
    });
    now += 60_000;
    expect(await gateway.canPay(account, 'coin5')).toEqual({ kind: 'no' });
  });

  it('may fill 2 MiB, and no more', async () => {
    const padded = (bytes: number) => raw(200, JSON.stringify({ currencies: [coin('trx')] }).padEnd(bytes, ' '));
    const ticked = json(200, { selectedCurrencies: ['trx'] });
    const big = await aProvider({ 'GET full-currencies': padded(2 * 1024 * 1024), 'GET merchant/coins': ticked });
    expect(await aGateway().canPay(anAccount(big.url), 'trx')).toMatchObject({ kind: 'yes' });
    const bigger = await aProvider({
      'GET full-currencies': padded(2 * 1024 * 1024 + 1),
      'GET merchant/coins': ticked,
    });
    expect(await aGateway().canPay(anAccount(bigger.url), 'trx')).toMatchObject({ kind: 'unknown' });
  });
});

describe('the floor of a coin', () => {
  const answer = raw(
    200,
    '{"currency_from":"trx","currency_to":"btc","min_amount":12.000000000000000001,"fiat_equivalent":3.1}',
  );

  it('is asked for towards the payout coin', async () => {
    const provider = await aProvider({ 'GET min-amount': answer });
    expect(await aGateway().floorOf(anAccount(provider.url, { payoutCoin: 'btc' }), 'TRX')).toEqual({
      kind: 'known',
      floor: '12.000000000000000001',
      fiat: '3.1',
    });
    expect(provider.heard[0]?.url).toBe(
      '/v1/min-amount?currency_from=trx&currency_to=btc&fiat_equivalent=usd&is_fixed_rate=false&is_fee_paid_by_user=false',
    );
  });

  it('is towards the coin itself when nobody said what is paid out', async () => {
    const provider = await aProvider({ 'GET min-amount': answer });
    await aGateway().floorOf(anAccount(provider.url), 'trx');
    expect(provider.heard[0]?.url).toContain('currency_from=trx&currency_to=trx');
  });

  it('is kept for five minutes, not longer, also when it cannot be had again', async () => {
    let now = 0;
    const provider = await aProvider({ 'GET min-amount': [answer, html] });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url);
    await Promise.all([gateway.floorOf(account, 'trx'), gateway.floorOf(account, 'trx')]);
    now = 299_999;
    expect(await gateway.floorOf(account, 'trx')).toMatchObject({ kind: 'known' });
    expect(provider.heard).toHaveLength(1);
    now = 300_000;
    expect(await gateway.floorOf(account, 'trx')).toMatchObject({ kind: 'unknown' });
  });

  it.each(['{"min_amount":-1}', '{"min_amount":null}', '{}'])('is unknown from %s', async (text) => {
    const provider = await aProvider({ 'GET min-amount': raw(200, text) });
    expect(await aGateway().floorOf(anAccount(provider.url), 'trx')).toMatchObject({ kind: 'unknown' });
  });
});

describe('a checkup', () => {
  const well = {
    'GET status': json(200, { message: 'OK' }),
    'POST auth': json(200, { token: 'aaa.bbb.ccc' }),
    ...lists([coin('usdttrc20'), coin('trx')], ['usdttrc20', 'trx']),
  };
  const login = { email: 'shop@example.com', password: 'x' };

  it('says that all is well', async () => {
    const provider = await aProvider(well);
    expect(await aGateway().check(anAccount(provider.url, login))).toEqual({
      reachable: true,
      key: 'accepted',
      login: 'accepted',
      coins: ['trx', 'usdttrc20'],
      messages: [],
    });
    expect(provider.heard[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it('says what a missing login costs nobody else', async () => {
    const provider = await aProvider(well);
    expect(await aGateway().check(anAccount(provider.url))).toMatchObject({ key: 'accepted', login: 'missing' });
  });

  it('says that a key is not accepted', async () => {
    const provider = await aProvider({
      ...well,
      'GET merchant/coins': json(403, { code: 'INVALID_API_KEY', message: 'Invalid' }),
    });
    expect(await aGateway().check(anAccount(provider.url, login))).toMatchObject({
      reachable: true,
      key: 'refused',
      coins: null,
      messages: expect.arrayContaining(['403 INVALID_API_KEY Invalid']) as string[],
    });
  });

  it('says that nobody answers', async () => {
    expect(await aGateway().check(anAccount('http://127.0.0.1:9/v1', login))).toMatchObject({
      reachable: false,
      key: 'unknown',
      login: 'unknown',
      coins: null,
    });
  });
});
