import { describe, expect, it } from 'vitest';
import { aGateway, anAccount, aProvider, html, json } from './provider-double.js';

const patienceMs = 5_000;
const price = { cents: 2_500, currency: 'EUR' };
const listed = {
  'GET full-currencies': json(200, {
    currencies: [
      {
        code: 'xno',
        network: 'XNO',
        enable: true,
        available_for_payment: true,
        extra_id_exists: false,
        precision: 30,
        network_precision: '30',
      },
    ],
  }),
  'GET merchant/coins': json(200, { selectedCurrencies: ['xno'] }),
};
const figures = (least: number) => ({
  'GET estimate': json(200, { estimated_amount: 100.000000003 }), // for 100 euros, which are asked for whatever the price
  'GET min-amount': json(200, { min_amount: least }),
});

describe('the coins that a price may be paid in', () => {
  it('have what the price is about, of one question for all prices, rounded up to what people read', async () => {
    const provider = await aProvider({ ...listed, ...figures(2) });
    const [gateway, account] = [aGateway(), anAccount(provider.url)];
    const offer = { code: 'xno', network: 'xno', needsMemo: false, decimals: 30, minimum: '2', isTooSmall: false };
    expect(await gateway.coinOffers(account, price, patienceMs)).toEqual([{ ...offer, estimate: '25.00000001' }]);
    const asked = provider.heard.length;
    const twice = await gateway.coinOffers(account, { ...price, cents: 5_000 }, patienceMs);
    expect(twice).toEqual([{ ...offer, estimate: '50.00000001' }]);
    expect(provider.heard).toHaveLength(asked);
  });

  it('are shown as too small a price where the provider takes more', async () => {
    const provider = await aProvider({ ...listed, ...figures(25.1) });
    const offers = await aGateway().coinOffers(anAccount(provider.url), price, patienceMs);
    expect(offers).toMatchObject([{ estimate: '25.00000001', minimum: '25.1', isTooSmall: true }]);
  });

  it('are there without figures that cannot be had', async () => {
    const provider = await aProvider({ ...listed, 'GET estimate': html, 'GET min-amount': html });
    const offers = await aGateway().coinOffers(anAccount(provider.url), price, patienceMs);
    expect(offers).toMatchObject([{ code: 'xno', estimate: null, minimum: null, isTooSmall: false }]);
  });

  it('are unknown while their list cannot be had', async () => {
    const provider = await aProvider({ ...listed, ...figures(2), 'GET full-currencies': html });
    expect(await aGateway().coinOffers(anAccount(provider.url), price, patienceMs)).toBeNull();
  });
});
