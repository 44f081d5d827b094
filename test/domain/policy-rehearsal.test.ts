import { describe, expect, it } from 'vitest';
import { defaultTolerance } from '../../src/domain/money.js';
import { defaultPolicy, type Policy } from '../../src/domain/cases/policy.js';
import { rehearse, type PastDeposit, type PastOrder } from '../../src/domain/cases/policy-rehearsal.js';
import { coins } from '../support/a-payment.js';

const installation = { tolerance: defaultTolerance, partialWindowMs: 7 * 24 * 3_600_000 };

const deposit = (arrived: string, over: Partial<PastDeposit> = {}): PastDeposit => ({
  role: 'bound',
  providerStatus: 'finished',
  coin: 'usdttrc20',
  arrived: coins(arrived),
  seenAt: '2026-11-01T12:10:00.000Z',
  lateAt: null,
  lateQuote: null,
  ...over,
});

const order = (deposits: PastDeposit[], over: Partial<PastOrder> = {}): PastOrder => ({
  orderId: 'ord_0123456789ab',
  priceCents: 10_000,
  priceCurrency: 'USD',
  status: 'paid',
  expiresAt: '2026-11-01T13:00:00.000Z',
  partialAt: null,
  endedAt: null,
  endedBy: null,
  paidAt: null,
  payCurrency: 'usdttrc20',
  payAmount: coins('100'),
  deposits,
  ...over,
});

const outcome = (past: PastOrder, over: Partial<Policy> = {}) =>
  rehearse({ ...defaultPolicy, ...over }, past, installation);

describe('a rehearsed policy', () => {
  it.each([
    [{}, 'partial'],
    [{ tolerancePercent: '3' }, 'paid'],
    [{ tolerancePercent: '3', toleranceCapCents: 100 }, 'partial'],
  ] as const)('with %j makes 97 of 100 %s', (over, expected) => {
    expect(outcome(order([deposit('97')], { status: 'partial' }), over).outcome).toBe(expected);
  });

  it('asks a person about an excess, or keeps it', () => {
    expect(outcome(order([deposit('150')]))).toMatchObject({ outcome: 'paid', overpaid: true });
    expect(outcome(order([deposit('150')]), { overpaid: 'keep' })).toMatchObject({ outcome: 'paid', overpaid: false });
  });

  it('never grants on a lone partially_paid, and does on the sum with a re-deposit', () => {
    const half = deposit('50', { providerStatus: 'partially_paid' });
    expect(outcome(order([{ ...half, arrived: coins('100') }])).outcome).toBe('partial');
    const rest = deposit('50', { role: 'child', seenAt: '2026-11-03T12:00:00.000Z' });
    const partialAt = '2026-11-01T12:10:00.000Z';
    expect(outcome(order([half, rest], { partialAt })).outcome).toBe('paid');
    // Two days are beyond a window of one: the same top-up would have been late.
    expect(outcome(order([half, rest], { partialAt }), { partialWindowMinutes: 1_440 })).toEqual({
      outcome: 'late',
      overpaid: false,
      why: 'the policy takes no late money',
    });
  });

  it('waits longer for a rest that came after the old window', () => {
    const half = deposit('50', { providerStatus: 'partially_paid' });
    const seenAt = '2026-11-09T12:00:00.000Z';
    const rest = deposit('50', { role: 'child', seenAt, lateAt: seenAt });
    const past = order([half, rest], {
      status: 'failed',
      partialAt: '2026-11-01T12:10:00.000Z',
      endedAt: '2026-11-08T12:10:00.000Z',
      endedBy: 'expired',
    });
    expect(outcome(past).outcome).toBe('late');
    expect(outcome(past, { partialWindowMinutes: 14 * 1_440 }).outcome).toBe('paid');
  });

  describe('with a rule for late money', () => {
    const late = { withinMinutes: 30, rateBandPercent: '1' };
    const lateAt = '2026-11-01T13:20:00.000Z';
    const expired = { status: 'failed', endedAt: '2026-11-01T13:00:00.000Z', endedBy: 'expired' } as const;
    const whole = (over: Partial<PastDeposit> = {}) => deposit('100', { lateAt, lateQuote: coins('100.5'), ...over });

    it('takes what came in time for it, also where a person had taken it', () => {
      expect(outcome(order([whole()], expired)).outcome).toBe('late');
      expect(outcome(order([whole()], expired), { late }).outcome).toBe('paid_late');
      const honoured = { ...expired, status: 'paid', paidAt: '2026-11-02T09:00:00.000Z' } as const;
      expect(outcome(order([whole()], honoured), { late }).outcome).toBe('paid_late');
      expect(outcome(order([whole()], { ...honoured, paidAt: lateAt }), { late }).outcome).toBe('paid_late');
    });

    it.each([
      ['a rate nobody asked for', whole({ lateQuote: null }), expired, 'the rate is not known'],
      ['a rate outside the band', whole({ lateQuote: coins('102') }), expired, 'the rate moved by more than 1 %'],
      ['a part', whole({ arrived: coins('90') }), expired, 'less than the price'],
      ['too much', whole({ arrived: coins('120') }), expired, 'more than the price'],
      ['a cancelled order', whole(), { ...expired, endedBy: 'cancelled' }, 'the order did not expire'],
    ] as const)('leaves to a person: %s', (_what, money, over, why) => {
      expect(outcome(order([money], over), { late })).toEqual({ outcome: 'late', overpaid: false, why });
    });

    it('does not count a second payment of a paid order', () => {
      const paid = order([deposit('100'), whole({ role: 'child' })], { paidAt: '2026-11-01T12:10:00.000Z' });
      expect(outcome(paid, { late })).toEqual({ outcome: 'paid', overpaid: false, why: null });
    });
  });

  it.each([
    ['another coin', [deposit('190', { coin: 'trx' })], 'unclear'],
    ['a stray payment', [deposit('100', { role: 'orphan' })], 'unclear'],
    ['coins on their way', [deposit('100', { providerStatus: 'confirming' })], 'unpaid'],
    ['nothing', [], 'unpaid'],
  ] as const)('makes of %s: %s', (_what, deposits, expected) => {
    expect(outcome(order([...deposits])).outcome).toBe(expected);
  });
});
