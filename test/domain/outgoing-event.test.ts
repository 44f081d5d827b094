import { describe, expect, it } from 'vitest';
import { describedWebhooks, eventDataSchemas } from '../../src/api/webhooks/webhook-events.js';
import { caseKinds } from '../../src/domain/cases/support-case.js';
import {
  caseEventData,
  orderCaseEventData,
  surplusEventData,
  surplusEventOf,
} from '../../src/domain/cases/case-event.js';
import {
  caseEscalated,
  deliveredTypes,
  eventBody,
  eventData,
  eventOfStatus,
  eventTypes,
  orderEventTypes,
  surplusEventTypes,
  type EventOrder,
} from '../../src/domain/outgoing-event.js';

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
  metadata: { plan: 'team' },
  nextAction: 'top_up',
  version: 4,
  payCurrency: 'usdttrc20',
  payAmountText: '49.1',
  actuallyPaid: '20',
  amountDue: '29.1',
  latePayments: [late],
  money: {
    pay_currency: 'usdttrc20',
    network: 'trx',
    owed: '49.1',
    arrived: '20',
    missing: '29.1',
    excess: '0',
  },
};
const at = '2026-11-25T12:34:56.789Z';
const what = {
  order_id: 'ord_0123456789ab',
  product: 'team_manual',
  price_cents: 4900,
  price_currency: 'USD',
  payment_id: '5000',
};
const whole = {
  ...what,
  status: 'partial',
  customer_reference: 'customer-7',
  metadata: { plan: 'team' },
  version: 4,
  at,
  money: order.money,
};

/** Parsed by the schema of the API's document: neither a field too few nor one too many. */
const asDescribed = (type: keyof typeof eventDataSchemas, data: unknown) =>
  expect(eventDataSchemas[type].parse(data)).toEqual(data);

describe('the document of the API', () => {
  it.each(orderEventTypes)('describes %s as it is sent', (type) => {
    const reason = type === 'crypto.order.partial' ? 'underpaid' : 'expired';
    asDescribed(type, eventData(type, order, { at, reason }));
  });

  it('describes events of cases as they are sent, and every type', () => {
    const about = { id: 'case_1', kind: 'overpaid', paymentId: null, actuallyPaid: '1', payCurrency: null } as const;
    const one = { ...about, openedAt: at, resolution: null };
    for (const type of ['crypto.order.case.opened', 'crypto.order.case.resolved'] as const) {
      asDescribed(type, orderCaseEventData(order, one, at));
    }
    for (const type of surplusEventTypes) asDescribed(type, surplusEventData(type, { order, one, excess: '2', at }));
    const escalated = { ...about, orderId: null, openedAt: at, deadlineAt: at, escalatedAt: at };
    asDescribed(caseEscalated, caseEventData(escalated));
    expect(Object.keys(describedWebhooks()).sort()).toEqual([...deliveredTypes].sort());
  });
});

describe('more money than an order wanted', () => {
  const coins = { paymentId: '7', actuallyPaid: '12.5', payCurrency: 'usdttrc20' };
  const one = { id: 'case_1', kind: 'overpaid' as const, ...coins, openedAt: at, resolution: null };

  it('is named by an event of its own, an excess and a second payment; other cases have none', () => {
    const named = Object.fromEntries(caseKinds.map((kind) => [kind, surplusEventOf(kind)]).filter(([, type]) => type));
    expect(named).toEqual({ overpaid: 'crypto.order.overpaid', second_payment: 'crypto.order.second_payment' });
  });

  it('tells what came for the order and how much of it is too much', () => {
    expect(surplusEventData('crypto.order.overpaid', { order, one, excess: '2.5', at })).toEqual({
      ...whole,
      case_id: 'case_1',
      pay_currency: order.payCurrency,
      pay_amount_text: order.payAmountText,
      actually_paid: order.actuallyPaid,
      excess: '2.5',
    });
  });

  it('tells of a second payment which, how much, and in what', () => {
    expect(surplusEventData('crypto.order.second_payment', { order, one, excess: '0', at })).toEqual({
      ...whole,
      case_id: 'case_1',
      second_payment: { payment_id: '7', actually_paid: '12.5', pay_currency: 'usdttrc20' },
    });
  });
});

describe('what an event tells', () => {
  it('paid: the order as it now stands, and when', () => {
    expect(eventData('crypto.order.paid', order, { at })).toEqual({ ...whole, paid_at: at });
  });

  it.each(['expired', 'ipn', 'mint_failed', 'declined'] as const)('failed: when, and the reason %s', (reason) => {
    expect(eventData('crypto.order.failed', order, { at, reason })).toEqual({ ...whole, reason, failed_at: at });
  });

  it.each(['crypto.order.confirming', 'crypto.order.cancelled', 'crypto.order.refunded'] as const)(
    '%s: the order as it now stands',
    (type) => expect(eventData(type, order, { at })).toEqual(whole),
  );

  it.each([
    ['underpaid', 'top_up'],
    ['wrong_asset', 'contact_support'],
  ] as const)('partial because of %s: also what came, what is missing and what to do', (reason, nextAction) => {
    expect(eventData('crypto.order.partial', { ...order, nextAction }, { at, reason })).toEqual({
      ...whole,
      reason,
      next_action: nextAction,
      pay_currency: 'usdttrc20',
      pay_amount_text: '49.1',
      actually_paid: '20',
      amount_due: '29.1',
    });
  });

  it('late_payment: also every late deposit', () => {
    expect(eventData('crypto.order.late_payment', order, { at })).toEqual({ ...whole, late_payments: [late] });
  });

  it('a case: the order, and how the case began and ended, without what people wrote', () => {
    const one = {
      id: 'case_1',
      kind: 'overpaid',
      paymentId: '5001',
      actuallyPaid: '98.2',
      payCurrency: 'usdttrc20',
      openedAt: '2026-11-25T12:00:00.000Z',
      resolution: null,
    } as const;
    const quoted = {
      id: 'case_1',
      kind: 'overpaid',
      payment_id: '5001',
      actually_paid: '98.2',
      pay_currency: 'usdttrc20',
      opened_at: '2026-11-25T12:00:00.000Z',
      resolved_at: null,
      resolution: null,
    };
    expect(orderCaseEventData(order, one, at)).toEqual({ ...whole, case: quoted });
    const word = { action: 'decline', reason: 'sent back by hand', actor: 'operator:mira', approvedBy: null, at };
    expect(orderCaseEventData(order, { ...one, resolution: word }, at)).toEqual({
      ...whole,
      case: { ...quoted, resolved_at: at, resolution: 'decline' },
    });
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

  it('twelve types that a merchant can subscribe to, test.ping not among them', () => {
    expect([...eventTypes]).toEqual([
      'crypto.order.paid',
      'crypto.order.failed',
      'crypto.order.confirming',
      'crypto.order.partial',
      'crypto.order.cancelled',
      'crypto.order.refunded',
      'crypto.order.late_payment',
      'crypto.order.overpaid',
      'crypto.order.second_payment',
      'crypto.order.case.opened',
      'crypto.order.case.resolved',
      'support.case.escalated',
    ]);
  });
});
