import { describe, expect, it } from 'vitest';
import type { PaymentRole } from '../../src/domain/payments/deposits.js';
import { paidWith, payingDeposits } from '../../src/domain/told/receipt-money.js';
import { coins } from '../support/a-payment.js';

const at = '2026-11-25T12:00:00.000Z';
const order = {
  ...{ priceCents: 4900, priceCurrency: 'USD', payCurrency: 'usdttrc20', network: 'trx' },
  ...{ payAmount: coins('49.49'), payAmountText: '49.490' },
};

function payment(applied: string, excess = '0', over: { role?: PaymentRole; coin?: string; status?: string } = {}) {
  const { role = 'bound', coin = 'usdttrc20', status = 'finished' } = over;
  const arrived = coins(String(Number(applied) + Number(excess)));
  return {
    ...{ paymentId: '1', role, coin, providerStatus: status, firstSeenAt: at, transactionHash: null },
    ...{ arrived, applied: coins(applied), excess: coins(excess), unapplied: coins('0') },
  };
}

describe('how a price was paid in coins', () => {
  it('is what was owed and came, with the rate of the quote, and nothing that is zero', () => {
    expect(paidWith(order, [payment('49.49')])).toEqual({
      ...{ currency: 'usdttrc20', network: 'trx', owed: '49.490', received: '49.49', rate: '1.01' },
    });
  });

  it('names what was waived, and what was too much', () => {
    expect(paidWith(order, [payment('49')])).toMatchObject({ received: '49', waived: '0.49' });
    expect(paidWith(order, [payment('49.49', '0.5')])).toMatchObject({ received: '49.99', excess: '0.5' });
  });

  it('waives nothing where other coins were taken for the whole', () => {
    const paid = paidWith(order, [payment('0.02', '0', { coin: 'eth' })]);
    expect(paid).toMatchObject({ received: '0' });
    expect(paid).not.toHaveProperty('waived');
  });

  it.each([
    ['JPY', 4900, '0.0101'],
    ['KWD', 4900, '10.1'],
  ])('has a rate for one major unit of %s', (priceCurrency, priceCents, rate) => {
    expect(paidWith({ ...order, priceCurrency, priceCents }, [])?.rate).toBe(rate);
  });

  it('is not said of an order that never had an address', () => {
    const never = { ...order, payCurrency: null, payAmount: null, payAmountText: null, network: null };
    expect(paidWith(never, [])).toBeNull();
  });
});

describe('the transfers of a receipt', () => {
  it('are those that pay the order, each whole, with coin and network, and its transaction where it is known', () => {
    const foreign = { ...payment('3', '0', { role: 'child', coin: 'btc' }), paymentId: '2', transactionHash: '0xab' };
    expect(payingDeposits(order, [payment('49', '1'), foreign])).toEqual([
      { payment_id: '1', currency: 'usdttrc20', network: 'trx', amount: '50', at },
      { payment_id: '2', currency: 'btc', amount: '3', transaction_hash: '0xab', at },
    ]);
  });

  it('leave out what was sent back, and coins that pay nothing', () => {
    const unapplied = { ...payment('0'), arrived: coins('5'), unapplied: coins('5') };
    expect(payingDeposits(order, [payment('49', '0', { status: 'refunded' }), unapplied])).toEqual([]);
  });
});
