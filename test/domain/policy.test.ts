import { describe, expect, it } from 'vitest';
import { defaultTolerance, weigh } from '../../src/domain/money.js';
import {
  defaultPolicy,
  judgeLate,
  partialWindowMs,
  toleranceOf,
  type LateMoney,
  type Policy,
} from '../../src/domain/cases/policy.js';
import { coins } from '../support/a-payment.js';

const policy = (over: Partial<Policy> = {}): Policy => ({ ...defaultPolicy, ...over });
const price = { cents: 10_000, currency: 'USD' };
const owed = coins('100');
const weighed = (arrived: string, over: Partial<Policy>) =>
  weigh(coins(arrived), owed, toleranceOf(policy(over), price, defaultTolerance));

describe('the tolerance of a policy', () => {
  it.each([
    ['99', {}, 'enough'],
    ['98.999999', {}, 'short'],
    ['101', {}, 'enough'],
    ['101.000001', {}, 'over'],
    ['95', { tolerancePercent: '5' }, 'enough'],
    ['94.99', { tolerancePercent: '5' }, 'short'],
    ['105', { tolerancePercent: '5' }, 'enough'],
    ['99.999999', { tolerancePercent: '0' }, 'short'],
    ['100', { tolerancePercent: '0' }, 'enough'],
    ['100.000001', { tolerancePercent: '0' }, 'over'],
    ['98', { tolerancePercent: '5', toleranceCapCents: 200 }, 'enough'], // 2.00 of 100.00
    ['97.99', { tolerancePercent: '5', toleranceCapCents: 200 }, 'short'],
    ['95', { tolerancePercent: '5', toleranceCapCents: 5_000 }, 'enough'],
    ['99.5', { toleranceCapCents: 50 }, 'enough'], // the installation's percentage, capped
    ['99.49', { toleranceCapCents: 50 }, 'short'],
    ['150', { overpaid: 'keep' }, 'enough'],
    ['98', { overpaid: 'keep' }, 'short'],
  ] as const)('of 100 owed, %s with %j is %s', (arrived, over, weight) => {
    expect(weighed(arrived, over)).toBe(weight);
  });

  it('is a cap of money, so a dearer order may miss a smaller share', () => {
    const capped = policy({ tolerancePercent: '10', toleranceCapCents: 100 });
    expect(toleranceOf(capped, { cents: 500, currency: 'USD' }, defaultTolerance)).toEqual({
      under: '0.1',
      over: '0.1',
    });
    expect(toleranceOf(capped, { cents: 30_000, currency: 'USD' }, defaultTolerance)).toEqual({
      under: '0.003333333333',
      over: '0.003333333333',
    });
  });
});

it.each([
  [null, 604_800_000],
  [90, 5_400_000],
])('a partial window of %s minutes', (minutes, ms) => {
  expect(partialWindowMs(policy({ partialWindowMinutes: minutes }), 604_800_000)).toBe(ms);
});

describe('late money', () => {
  const late = { withinMinutes: 30, rateBandPercent: '2' };
  const money: LateMoney = {
    status: 'failed',
    failedReason: 'expired',
    closedAt: '2026-11-25T12:00:00.000Z',
    lateAt: '2026-11-25T12:30:00.000Z',
    owed,
    quoteNow: coins('102'),
  };

  it('is taken within the minutes and the band, both inclusive', () => {
    expect(judgeLate(policy({ late }), money)).toEqual({ kind: 'accepted', minutes: 30, drift: '2' });
    expect(judgeLate(policy({ late }), { ...money, quoteNow: coins('98') })).toMatchObject({ drift: '2' });
    expect(judgeLate(policy({ late }), { ...money, lateAt: '2026-11-25T11:59:59.000Z' })).toMatchObject({ minutes: 0 });
  });

  it.each([
    ['without such a rule', { late: null }, {}, 'the policy takes no late money'],
    ['a millisecond too late', {}, { lateAt: '2026-11-25T12:30:00.001Z' }, 'more than 30 minutes late'],
    ['when the rate fell too far', {}, { quoteNow: coins('102.000001') }, 'the rate moved by more than 2 %'],
    ['when the rate rose too far', {}, { quoteNow: coins('97.999999') }, 'the rate moved by more than 2 %'],
    ['without a rate', {}, { quoteNow: null }, 'the rate is not known'],
    ['for a cancelled order', {}, { status: 'cancelled', failedReason: null }, 'the order did not expire'],
    ['for an order the provider ended', {}, { failedReason: 'ipn' }, 'the order did not expire'],
    ['for a paid order', {}, { status: 'paid', failedReason: null }, 'the order did not expire'],
  ] as const)('is left to a person %s', (_what, rule, over, why) => {
    expect(judgeLate(policy({ late, ...rule }), { ...money, ...over })).toEqual({ kind: 'refused', why });
  });
});
