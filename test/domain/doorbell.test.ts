import { describe, expect, it } from 'vitest';
import type { KnownPayment } from '../../src/domain/payments/deposits.js';
import { isWorthRinging } from '../../src/domain/facts/doorbell.js';
import type { PaymentId } from '../../src/domain/ids.js';
import type { CoinAmount } from '../../src/domain/money.js';
import type { OrderStatus } from '../../src/domain/order.js';

const known = (providerStatus: string, arrived: string): KnownPayment => ({
  paymentId: '1' as PaymentId,
  providerStatus,
  arrived: arrived as CoinAmount,
  applied: arrived as CoinAmount,
  excess: '0' as CoinAmount,
  unapplied: '0' as CoinAmount,
});
const rings = (
  status: OrderStatus,
  word: string,
  over: { paymentId?: string; actuallyPaid?: string; payCurrency?: string } = {},
  record?: KnownPayment,
) =>
  isWorthRinging(
    { status, paymentId: '1', payCurrency: 'usdttrc20' },
    { paymentId: '1', status: word, actuallyPaid: null, payCurrency: 'usdttrc20', ...over },
    record,
  );

describe('a notice that can change nothing is not handed over', () => {
  it.each<[OrderStatus, string]>([
    ['pending', 'waiting'],
    ['confirming', 'waiting'],
    ['confirming', 'confirming'],
    ['confirming', 'confirmed'],
    ['confirming', 'sending'],
    ['partial', 'sending'],
    ['paid', 'confirming'],
    ['failed', 'waiting'],
    ['failed', 'expired'],
    ['cancelled', 'expired'],
    ['paid', 'expired'],
  ])('%s order, %s without new coins', (status, word) => expect(rings(status, word)).toBe(false));

  it.each<OrderStatus>(['paid', 'failed', 'cancelled'])('%s order, failed with a sum that is on record', (status) => {
    expect(rings(status, 'failed', { actuallyPaid: '0' })).toBe(false);
    expect(rings(status, 'failed', { actuallyPaid: '0.1' }, known('failed', '0.1'))).toBe(false);
  });

  it('a finished one that is on record already', () => {
    expect(rings('paid', 'finished', { actuallyPaid: '49' }, known('finished', '49'))).toBe(false);
  });
});

describe('whatever may be news is handed over', () => {
  it.each<[OrderStatus, string]>([
    ['pending', 'confirming'],
    ['pending', 'finished'],
    ['confirming', 'finished'],
    ['confirming', 'partially_paid'],
    ['confirming', 'failed'],
    ['pending', 'failed'],
    ['pending', 'expired'],
    ['partial', 'expired'],
    ['paid', 'refunded'],
    ['failed', 'confirming'],
    ['cancelled', 'finished'],
    ['pending', 'hovering'],
    ['failed', 'failed'], // it names no sum: there may be coins
  ])('%s order, %s', (status, word) => expect(rings(status, word)).toBe(true));

  it('more coins than are on record, under any word', () => {
    expect(rings('pending', 'waiting', { actuallyPaid: '0.1' })).toBe(true);
    expect(rings('paid', 'finished', { actuallyPaid: '50' }, known('finished', '49'))).toBe(true);
    expect(rings('failed', 'failed', { actuallyPaid: '0.1' })).toBe(true); // a crumb under the floor is somebody's money
    expect(rings('paid', 'failed', { actuallyPaid: '50' }, known('finished', '49'))).toBe(true);
  });

  it('an end without more coins on a closed order, but not of the payment that is bound', () => {
    expect(rings('failed', 'expired', { paymentId: '2' })).toBe(true);
  });

  it('another payment, and another coin', () => {
    expect(rings('paid', 'finished', { paymentId: '2' }, known('finished', '49'))).toBe(true);
    expect(rings('confirming', 'sending', { payCurrency: 'usdterc20' })).toBe(true);
  });

  it('a finished one on a paid order that support moved, without a record of it', () => {
    expect(rings('paid', 'finished', {}, known('partially_paid', '10'))).toBe(true);
  });
});
