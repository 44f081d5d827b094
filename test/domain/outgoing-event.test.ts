import { describe, expect, it } from 'vitest';
import { eventBody, eventData, eventOfStatus, eventTypes, type EventOrder } from '../../src/domain/outgoing-event.js';

const late = {
  payment_id: '5001',
  provider_status: 'finished',
  actually_paid: '49.1',
  pay_currency: 'usdttrc20',
  at: '2026-11-25T14:00:00.000Z',
};
const order: EventOrder = {
  orderId: 'ord_0123456789ab',
  product: 'team_manual',
  priceCents: 4900,
  priceCurrency: 'USD',
  paymentId: '5000',
  status: 'partial',
  customerReference: 'customer-7',
  version: 4,
  payCurrency: 'usdttrc20',
  payAmountText: '49.1',
  actuallyPaid: '20',
  amountDue: '29.1',
  latePayments: [late],
};
const at = '2026-11-25T12:34:56.789Z';
const what = {
  order_id: 'ord_0123456789ab',
  product: 'team_manual',
  price_cents: 4900,
  price_currency: 'USD',
  payment_id: '5000',
};
const whole = { ...what, status: 'partial', customer_reference: 'customer-7', version: 4, at };

describe('what an event tells', () => {
  it('paid: when, and the version', () => {
    expect(eventData('crypto.order.paid', order, { at })).toEqual({ ...what, paid_at: at, version: 4 });
  });

  it.each(['expired', 'ipn', 'mint_failed'] as const)('failed: when, and the reason %s', (reason) => {
    expect(eventData('crypto.order.failed', order, { at, reason })).toEqual({
      ...what,
      reason,
      failed_at: at,
      version: 4,
    });
  });

  it.each(['crypto.order.confirming', 'crypto.order.cancelled', 'crypto.order.refunded'] as const)(
    '%s: the order as it now stands',
    (type) => expect(eventData(type, order, { at })).toEqual(whole),
  );

  it('partial: also what came and what is missing', () => {
    expect(eventData('crypto.order.partial', order, { at })).toEqual({
      ...whole,
      pay_currency: 'usdttrc20',
      pay_amount_text: '49.1',
      actually_paid: '20',
      amount_due: '29.1',
    });
  });

  it('late_payment: also every late deposit', () => {
    expect(eventData('crypto.order.late_payment', order, { at })).toEqual({ ...whole, late_payments: [late] });
  });

  it('an order that never had a payment has a null payment_id', () => {
    expect(eventData('crypto.order.failed', { ...order, paymentId: null }, { at, reason: 'expired' })).toMatchObject({
      payment_id: null,
    });
  });
});

describe('the body', () => {
  it('is these bytes, keys in this order, whatever else the event carries', () => {
    const event = { createdAt: at, data: { b: 1, a: 2 }, type: 'crypto.order.paid', id: 'e-1', secret: 'no' };
    expect(eventBody(event)).toBe(
      '{"id":"e-1","type":"crypto.order.paid","created_at":"2026-11-25T12:34:56.789Z","data":{"b":1,"a":2}}',
    );
  });
});

describe('a new status announces', () => {
  it.each([
    ['pending', null],
    ['confirming', 'crypto.order.confirming'],
    ['partial', 'crypto.order.partial'],
    ['paid', 'crypto.order.paid'],
    ['failed', 'crypto.order.failed'],
    ['cancelled', 'crypto.order.cancelled'],
  ] as const)('%s: %s', (status, type) => {
    expect(eventOfStatus(status)).toBe(type);
  });

  it('eight types that a merchant can subscribe to, test.ping not among them', () => {
    expect([...eventTypes]).toEqual([
      'crypto.order.paid',
      'crypto.order.failed',
      'crypto.order.confirming',
      'crypto.order.partial',
      'crypto.order.cancelled',
      'crypto.order.refunded',
      'crypto.order.late_payment',
      'support.case.escalated',
    ]);
  });
});
