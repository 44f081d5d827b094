import { describe, expect, it } from 'vitest';
import type { PaymentRole } from '../../src/domain/payments/deposits.js';
import { moneySummary, orderMoney } from '../../src/domain/payments/order-money.js';
import { coins } from '../support/a-payment.js';

const order = { payCurrency: 'usdttrc20', payAmount: coins('100'), payAmountText: '100.00', network: 'trx' };

function payment(arrived: string, over: { role?: PaymentRole; providerStatus?: string; coin?: string } = {}) {
  return {
    ...{ paymentId: '1', role: 'bound' as PaymentRole, providerStatus: 'finished', coin: 'usdttrc20' },
    ...{ arrived: coins(arrived), applied: coins(arrived), excess: coins('0'), unapplied: coins('0') },
    ...{ transactionHash: null, firstSeenAt: '2026-11-25T12:00:00.000Z' },
    ...over,
  };
}

describe('the money of an order', () => {
  it.each([
    ['nothing came', [], { arrived: '0', missing: '100', excess: '0' }],
    ['a part', [payment('99.5')], { arrived: '99.5', missing: '0.5', excess: '0' }],
    ['two transfers', [payment('60'), payment('40', { role: 'child' })], { arrived: '100', missing: '0', excess: '0' }],
    ['too much', [payment('130.25')], { arrived: '130.25', missing: '0', excess: '30.25' }],
    ['sent back', [payment('100', { providerStatus: 'refunded' })], { arrived: '0', missing: '100', excess: '0' }],
    ['another coin', [payment('100', { coin: 'usdc' })], { arrived: '0', missing: '100', excess: '0' }],
    ['a second payment', [payment('100'), payment('7', { role: 'second' })], { arrived: '100', missing: '0' }],
  ])('%s: owed is either there or missing, and what is beyond it is excess', (_, payments, expected) => {
    const coin = { pay_currency: 'usdttrc20', network: 'trx', owed: '100.00' };
    expect(moneySummary(order, payments)).toMatchObject({ ...coin, ...expected });
  });

  it('is unknown where there never was an address', () => {
    const never = { payCurrency: null, payAmount: null, payAmountText: null, network: null };
    expect(moneySummary(never, [payment('5')])).toEqual({
      ...{ pay_currency: null, network: null, owed: null },
      ...{ arrived: '0', missing: null, excess: null },
    });
  });

  it('lists every payment that brought coins, in its own coin and with its place, and no other', () => {
    const foreign = { ...payment('3', { role: 'orphan', coin: 'btc' }), applied: coins('0'), unapplied: coins('3') };
    const { deposits } = orderMoney(order, [payment('0'), { ...foreign, paymentId: '2', transactionHash: '0xab' }]);
    expect(deposits).toEqual([
      {
        ...{ payment_id: '2', provider_status: 'finished', pay_currency: 'btc', arrived: '3', applied: '0' },
        ...{ excess: '0', unapplied: '3', transaction_hash: '0xab', at: '2026-11-25T12:00:00.000Z' },
      },
    ]);
  });
});
