import type { Order } from '../../sdk/src/index.js';

/** The envelope of a pending order, as the API answers it. */
export function anOrder(changes: Partial<Order> = {}): Order {
  return {
    order_id: 'ord_0123456789ab',
    product: 'team_manual',
    price_cents: 4900,
    price_currency: 'USD',
    payment_id: '5524759814',
    status: 'pending',
    customer_note: null,
    events: [{ status: 'pending', at: '2026-11-24T10:00:00.000Z', source: 'create' }],
    expires_at: '2026-11-24T11:00:00.000Z',
    created_at: '2026-11-24T10:00:00.000Z',
    updated_at: '2026-11-24T10:00:00.000Z',
    paid_at: null,
    is_final: false,
    next_action: 'pay',
    late_payments: [],
    customer_reference: null,
    metadata: {},
    description: null,
    version: 1,
    payment_address: 'TXa1b2c3',
    pay_currency: 'usdttrc20',
    pay_amount: 49.005,
    pay_amount_text: '49.005000',
    pay_extra_id: null,
    network: 'trx',
    actually_paid: '0',
    amount_due: '49.005000',
    top_up_amount: null,
    stub_reason: null,
    stub_minimum: null,
    stub_minimum_currency: null,
    payment_url: 'http://127.0.0.1:8080/pay/token',
    money: {
      ...{ pay_currency: 'usdttrc20', network: 'trx', owed: '49.005000', arrived: '0', missing: '49.005', excess: '0' },
      deposits: [],
    },
    ...changes,
  };
}
