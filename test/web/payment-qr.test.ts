import { describe, expect, it } from 'vitest';
import { paymentUri, qrPath } from '../../src/web/pay/payment-qr.js';

const bitcoin = {
  address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
  extraId: null,
  currency: 'btc',
  network: 'btc',
  amount: '0.00415207',
};
const ether = {
  address: '0x52908400098527886E0F7030069857D2E4169EE7',
  extraId: null,
  currency: 'eth',
  network: 'eth',
  amount: '0.083041520700000001',
};

describe('payment URIs', () => {
  it('follow BIP21 for bitcoin and its kin', () => {
    expect(paymentUri(bitcoin)).toBe('bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.00415207');
    const litecoin = { ...bitcoin, currency: 'ltc', network: 'ltc', address: 'LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz' };
    expect(paymentUri(litecoin)).toBe('litecoin:LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz?amount=0.00415207');
  });

  it.each(['', 'bitcoincash:'])(
    'follow BIP21 for bitcoin cash, whose address may be sent with its name: %s',
    (prefix) => {
      const address = `${prefix}qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a`;
      expect(paymentUri({ ...bitcoin, currency: 'bch', network: 'bch', address })).toBe(
        'bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a?amount=0.00415207',
      );
    },
  );

  it('follow EIP-681 for ether, in wei to the last digit', () => {
    expect(paymentUri(ether)).toBe('ethereum:0x52908400098527886E0F7030069857D2E4169EE7@1?value=83041520700000001');
    expect(paymentUri({ ...ether, amount: '2' })).toContain('?value=2000000000000000000');
  });

  it.each([
    ['a token on Ethereum', { ...ether, currency: 'usdterc20' }],
    ['a token on Tron', { ...bitcoin, currency: 'usdttrc20', network: 'trx' }],
    ['ether on another chain', { ...ether, network: 'base' }],
    ['a coin with a memo', { ...bitcoin, extraId: '7' }],
    ['an address that is not an account', { ...ether, address: 'vitalik.eth' }],
    ['an address with a query in it', { ...bitcoin, address: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=9' }],
    ['an amount finer than the coin', { ...bitcoin, amount: '0.000000001' }],
    ['an amount of nothing', { ...bitcoin, amount: '0.0' }],
    ['an amount with an exponent', { ...ether, amount: '1e-3' }],
    ['an unknown coin', { ...bitcoin, currency: 'constructor', network: 'constructor' }],
  ])('are not made for %s', (_, payable) => {
    expect(paymentUri(payable)).toBeNull();
  });
});

describe('QR codes', () => {
  it('are one path, with the three finders in their corners', () => {
    const { path, width } = qrPath(bitcoin.address);
    expect(width).toBe(29);
    expect(path.startsWith('M0 0h7v1h-7z')).toBe(true);
    expect(path).toContain(`M${width - 7} 0h7v1h-7z`);
    expect(path).toContain(`M0 ${width - 1}h7v1h-7z`);
  });
});
