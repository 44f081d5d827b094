import { describe, expect, it } from 'vitest';
import { aGateway, anAccount, aProvider, html, json, raw } from './provider-double.js';

const wanted = { price: { cents: 4900, currency: 'USD' }, coin: 'USDTTRC20' };

describe('what a price costs in a coin now', () => {
  it('is asked for in exact text and kept with every digit', async () => {
    const provider = await aProvider({ 'GET estimate': raw(200, '{"estimated_amount":49.100000000000000001}') });
    expect(await aGateway().estimate(anAccount(provider.url), wanted)).toEqual({
      kind: 'known',
      coins: '49.100000000000000001',
    });
    const asked = new URL(`http://provider${provider.heard[0]!.url}`);
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      amount: '49.00',
      currency_from: 'usd',
      currency_to: 'usdttrc20',
    });
  });

  it.each([
    ['an HTML page', html],
    ['a refusal', json(400, { message: 'Currency was not found' })],
    ['an answer without it', json(200, {})],
    ['a negative amount', json(200, { estimated_amount: -1 })],
  ])('is unknown from %s', async (_what, reply) => {
    const provider = await aProvider({ 'GET estimate': reply });
    expect(await aGateway().estimate(anAccount(provider.url), wanted)).toMatchObject({
      kind: 'unknown',
      message: expect.any(String),
    });
  });
});
