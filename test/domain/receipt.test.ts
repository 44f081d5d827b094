import { describe, expect, it } from 'vitest';
import { receiptJson } from '../../src/domain/receipt.js';

const paid = {
  orderId: 'ord_0123456789ab',
  product: 'team_manual',
  priceCents: 4900,
  priceCurrency: 'USD',
  paymentId: '5333977169123456789',
  paidAt: '2026-11-25T12:34:56.789Z',
  createdAt: '2026-11-25T12:00:00.000Z',
};

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

  it('carries nothing else of the order, such as a note', () => {
    const row = { ...paid, customerNote: 'please hurry', internalNote: 'vip', status: 'partial' };
    expect(receiptJson(row)).toBe(receiptJson(paid));
  });
});
