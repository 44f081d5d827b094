import { describe, expect, it } from 'vitest';
import { isWorthReading, nextRing, type Rung } from '../../src/domain/payments/listed.js';
import type { KnownPayment } from '../../src/domain/payments/deposits.js';
import { bound, coins, paymentId } from '../support/a-payment.js';

const nothing = coins('0');
const known = (providerStatus: string, arrived = '0'): KnownPayment => ({
  paymentId: paymentId('5000'),
  providerStatus,
  arrived: coins(arrived),
  applied: coins(arrived),
  excess: nothing,
  unapplied: nothing,
});

describe('a line of the list', () => {
  it.each([
    ['more than on record', 'pending', known('waiting'), bound('confirming'), true],
    ['the same', 'pending', known('waiting'), bound('waiting'), false],
    ['less: the list lags', 'confirming', known('confirming'), bound('waiting'), false],
    ['more coins under the same word', 'partial', known('partially_paid', '50'), bound('partially_paid', '70'), true],
    ['what a paid order knows', 'paid', known('finished', '100'), bound('finished', '100'), false],
    ['more coins for a paid order', 'paid', known('finished', '100'), bound('finished', '150'), true],
    ['coins for an order that is over', 'failed', known('waiting'), bound('finished', '100'), true],
    ['the end of a payment that brought nothing', 'failed', known('waiting'), bound('expired'), false],
    ['that a paid order was sent back its coins', 'paid', known('finished', '100'), bound('refunded', '100'), true],
    ['that late coins were sent back', 'failed', known('finished', '100'), bound('refunded', '100'), true],
    ['again what was sent back', 'paid', known('refunded', '100'), bound('refunded', '100'), false],
    ['a payment nobody asked for, without coins', 'pending', undefined, bound('waiting', null), false],
    ['a payment nobody asked for, with coins', 'pending', undefined, bound('waiting', '1'), true],
  ] as const)('that says %s', (_, status, record, view, isWorth) => {
    expect(isWorthReading(status, record, view)).toBe(isWorth);
  });
});

describe('a ring', () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 10, 24, 20, minutes)).toISOString();
  const last = (times: number): Rung => ({ content: '5000:finished:100', times, rungAt: at(0) });

  it('is the first for anything new', () => {
    expect(nextRing(undefined, '5000:finished:100', at(0))).toBe(1);
    expect(nextRing({ ...last(4), content: '5000:confirming:' }, '5000:finished:100', at(0))).toBe(1);
  });

  it.each([
    [1, 1, null],
    [1, 2, 2],
    [2, 3, null],
    [2, 4, 3],
    [3, 8, 4],
    [6, 59, null],
    [6, 60, 7],
    [40, 60, 41],
  ])('that came to nothing %i times is, after %i minutes, number %s', (times, minutes, number) => {
    expect(nextRing(last(times), '5000:finished:100', at(minutes))).toBe(number);
  });
});
