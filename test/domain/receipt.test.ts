import { describe, expect, it } from 'vitest';
import type { CoinAmount } from '../../src/domain/money.js';
import type { RecordedPayment } from '../../src/domain/payments/deposits.js';
import { acceptanceOf, receiptJson, sellerOf } from '../../src/domain/receipt.js';

const paid = {
  orderId: 'ord_0123456789ab',
  product: 'team_manual',
  priceCents: 4900,
  priceCurrency: 'USD',
  paymentId: '5333977169123456789',
  paidAt: '2026-11-25T12:34:56.789Z',
  createdAt: '2026-11-25T12:00:00.000Z',
};

const coins = (text: string) => text as CoinAmount;
const refunded = { role: 'child', providerStatus: 'refunded' } as const;

function deposit(arrived: string, over: Partial<RecordedPayment> = {}): RecordedPayment {
  return { role: 'bound', providerStatus: 'finished', coin: 'usdttrc20', arrived: coins(arrived), ...over };
}

describe('the receipt', () => {
  it('is compact JSON, its keys in this order, issued when paid', () => {
    expect(receiptJson(paid)).toBe(
      '{"order_id":"ord_0123456789ab","issued_at":"2026-11-25T12:34:56.789Z","status":"paid","product":"team_manual",' +
        '"price_cents":4900,"price_currency":"USD","payment_id":"5333977169123456789",' +
        '"paid_at":"2026-11-25T12:34:56.789Z","created_at":"2026-11-25T12:00:00.000Z"}',
    );
  });

  it('names no payment where none is known', () => {
    expect(receiptJson({ ...paid, paymentId: null })).toContain('"payment_id":null,');
  });

  it('does not depend on the order in which its facts are given', () => {
    const reversed = Object.fromEntries(Object.entries(paid).reverse()) as typeof paid;
    expect(receiptJson(reversed)).toBe(receiptJson(paid));
  });

  it('says what came and who took it for the whole, and is unchanged where the price was paid', () => {
    const accepted = acceptanceOf(
      { payCurrency: 'usdttrc20', payAmount: coins('49.005') },
      [deposit('24.5')],
      'support',
    );
    expect(receiptJson({ ...paid, accepted })).toBe(
      receiptJson(paid).replace(
        /}$/,
        ',"accepted":{"by":"support","received":[{"amount":"24.5","currency":"usdttrc20"}],' +
          '"owed":{"amount":"49.005","currency":"usdttrc20"}}}',
      ),
    );
    expect(receiptJson({ ...paid, accepted: null })).toBe(receiptJson(paid));
  });

  it.each([
    ['the whole sum in two parts, however late', [deposit('24.505'), deposit('24.5', { role: 'child' })], null],
    ['more than was owed', [deposit('50')], null],
    ['a part of it, the rest sent back', [deposit('24.5'), deposit('24.505', refunded)], [['24.5', 'usdttrc20']]],
    ['another coin', [deposit('0.02', { coin: 'eth', role: 'child' })], [['0.02', 'eth']]],
    [
      'a part, and another coin',
      [deposit('1'), deposit('0.02', { coin: 'eth' })],
      [
        ['1', 'usdttrc20'],
        ['0.02', 'eth'],
      ],
    ],
    ['nothing that is on record', [], []],
  ] as const)('of %s: what was received', (_what, payments, received) => {
    const accepted = acceptanceOf({ payCurrency: 'usdttrc20', payAmount: coins('49.005') }, payments, 'policy');
    const amounts = accepted?.received.map(({ amount, currency }) => [amount, currency]) ?? null;
    expect(amounts).toEqual(received);
  });

  it('carries nothing else of the order, such as a note', () => {
    const row = { ...paid, customerNote: 'please hurry', internalNote: 'vip', status: 'partial' };
    expect(receiptJson(row)).toBe(receiptJson(paid));
  });
});

describe('the seller on it', () => {
  const silent = {
    ...{ displayName: null, accentColour: null, supportAddress: null, legalName: null, postalAddress: null },
    ...{ taxId: null, receiptFooter: null },
  };

  it('is called by the legal name, else by the display name, and is nobody without either', () => {
    expect(sellerOf({ ...silent, legalName: 'Shop GmbH', displayName: 'Shop' })).toEqual({ name: 'Shop GmbH' });
    expect(sellerOf({ ...silent, displayName: 'Shop' })).toEqual({ name: 'Shop' });
    expect(sellerOf({ ...silent, taxId: 'DE1' })).toBeNull();
  });

  it('has address, tax id and footer where they are known', () => {
    const known = { ...silent, legalName: 'S', postalAddress: 'a\nb', taxId: 'DE1', receiptFooter: 'HRB' };
    expect(sellerOf(known)).toEqual({ name: 'S', postal_address: 'a\nb', tax_id: 'DE1', footer: 'HRB' });
  });

  it('and all else that a bookkeeper asks for comes after the first keys, and only where there is some', () => {
    const paidWith = { currency: 'btc', owed: '1', received: '1', rate: '0.1' };
    const whole = { seller: { name: 'S' }, customerReference: 'r', paidWith, deposits: [] };
    expect(receiptJson({ ...paid, ...whole })).toBe(
      receiptJson(paid).replace(
        /}$/,
        ',"seller":{"name":"S"},"customer_reference":"r","paid_with":{"currency":"btc","owed":"1","received":"1","rate":"0.1"}}',
      ),
    );
    expect(receiptJson({ ...paid, seller: null, customerReference: null, paidWith: null })).toBe(receiptJson(paid));
  });
});
