import { describe, expect, it } from 'vitest';
import { nothingNew, type Meaning } from '../../src/domain/facts/meaning.js';
import type { SeenPayment } from '../../src/domain/facts/seen-payment.js';
import type { AllowedDecision, OrderEvent, OrderStatus } from '../../src/domain/order.js';
import { answerForCoins, casesNeeded, type Receiving } from '../../src/domain/cases/unusual-money.js';
import { bound, coins, terms } from '../support/a-payment.js';

const none = {
  paymentId: terms.paymentId,
  arrived: coins('0'),
  applied: coins('0'),
  excess: coins('0'),
  unapplied: coins('0'),
};
const unapplied = { ...none, arrived: coins('40'), unapplied: coins('40') };
const excess = { ...none, arrived: coins('140'), applied: coins('100'), excess: coins('40') };

const seen = (over: Partial<SeenPayment> = {}): SeenPayment => ({
  view: bound('finished', '40'),
  share: unapplied,
  role: 'bound',
  late: false,
  trouble: 'more',
  isSentBack: false,
  ...over,
});

const order = (status: OrderStatus, over: Partial<Receiving> = {}): Receiving => ({
  status,
  payAddress: terms.payAddress,
  payCurrency: terms.payCurrency,
  ...over,
});

const stayed = (move: AllowedDecision['move']): AllowedDecision => ({ kind: 'stayed', from: 'pending', move });
const opensCase = stayed({ opens: 'case' });
const opensLate = stayed({ opens: 'case', late: true });
const meant = (event: OrderEvent, ...payments: SeenPayment[]): Meaning => ({
  ...nothingNew('ipn'),
  event,
  seen: payments,
});

const unbound = { payAddress: null, payCurrency: null };

describe('the kind of the case of coins that no price absorbed', () => {
  const kinds: readonly [what: string, kind: string, order: Receiving, event: OrderEvent, Partial<SeenPayment>][] = [
    ['of another mint', 'second_payment', order('pending'), 'underpaid', { role: 'second' }],
    [
      'of no mint of ours, where an address is shown',
      'orphan_payment',
      order('pending'),
      'payment_finished',
      { role: 'orphan' },
    ],
    [
      'of no mint of ours, before any is shown',
      'orphan_payment',
      order('pending', unbound),
      'underpaid',
      { role: 'orphan' },
    ],
    [
      'of no mint of ours, after an end without one',
      'late_payment',
      order('failed', unbound),
      'underpaid',
      { role: 'orphan' },
    ],
    ['of no mint of ours, after an end with one', 'orphan_payment', order('failed'), 'underpaid', { role: 'orphan' }],
    ['too late for an order that is open', 'late_payment', order('pending'), 'underpaid', { late: true }],
    ['of an order that failed', 'late_payment', order('failed'), 'underpaid', {}],
    ['of an order that is paid', 'second_payment', order('paid'), 'underpaid', {}],
    ['too many', 'overpaid', order('pending'), 'overpaid', { share: excess }],
    ['beside those that are too many', 'second_payment', order('pending'), 'overpaid', {}],
    ['too many, though not the whole is', 'second_payment', order('pending'), 'payment_finished', { share: excess }],
    [
      'of another coin',
      'wrong_asset',
      order('pending'),
      'underpaid',
      { view: bound('finished', '3', { payCurrency: 'btc' }) },
    ],
    [
      'of whatever coin, where none is asked for',
      'underpaid',
      order('pending', { payCurrency: null }),
      'underpaid',
      {},
    ],
    ['in figures that do not fit', 'amount_mismatch', order('pending'), 'amount_mismatch', {}],
    ['too few', 'underpaid', order('pending'), 'underpaid', {}],
  ];

  it.each(kinds)('%s: %s', (_what, kind, receiving, event, over) => {
    const payment = seen(over);
    expect(casesNeeded(receiving, meant(event, payment), opensCase)).toEqual([{ kind, payment, isNew: true }]);
  });
});

describe('a case is new', () => {
  const isNew = (over: Partial<SeenPayment>, meaning: Partial<Meaning> = {}) =>
    casesNeeded(order('paid'), { ...meant('nothing_new', seen(over)), ...meaning }, opensCase).map((each) => [
      each.kind,
      each.isNew,
    ]);
  const refunded = { view: bound('refunded', '40') };

  it('where coins are more than on record, and else one more line', () => {
    expect(isNew({ trouble: 'more' })).toEqual([['second_payment', true]]);
    expect(isNew({ trouble: 'known' })).toEqual([['second_payment', false]]);
    expect(isNew({ trouble: 'none' })).toEqual([]);
  });

  it('where a signed word is all that tells of coins', () => {
    const unread = { unread: {} as NonNullable<Meaning['unread']> };
    expect(isNew({ trouble: 'none' }, unread)).toEqual([['second_payment', true]]);
  });

  it('for a refund that is news, or whose coins are more than on record', () => {
    expect(isNew({ ...refunded, trouble: 'none', isSentBack: true })).toEqual([['refunded', true]]);
    expect(isNew({ ...refunded, trouble: 'more' })).toEqual([['refunded', true]]);
    expect(isNew({ ...refunded, trouble: 'known' })).toEqual([['refunded', false]]);
    expect(isNew({ ...refunded, trouble: 'none', share: none })).toEqual([['refunded', false]]);
  });
});

describe('without coins that need one', () => {
  const quiet = seen({ trouble: 'none', share: none });

  it('the event names the case, of the first payment, and none where it has no name', () => {
    const needed = (status: OrderStatus, event: OrderEvent, decision: AllowedDecision, ...payments: SeenPayment[]) =>
      casesNeeded(order(status), meant(event, ...payments), decision);
    expect(needed('pending', 'amount_mismatch', opensCase, quiet)).toEqual([
      { kind: 'amount_mismatch', payment: quiet, isNew: true },
    ]);
    expect(needed('pending', 'amount_mismatch', opensCase)).toEqual([
      { kind: 'amount_mismatch', payment: null, isNew: true },
    ]);
    expect(needed('failed', 'underpaid', opensLate, quiet)).toEqual([
      { kind: 'late_payment', payment: quiet, isNew: true },
    ]);
    expect(needed('pending', 'nothing_new', opensCase, quiet)).toEqual([]);
    expect(needed('pending', 'amount_mismatch', stayed({}), quiet)).toEqual([]);
  });

  it('no event names one where any payment has coins, which are in order', () => {
    const paying = seen({ trouble: 'none', share: { ...none, arrived: coins('100'), applied: coins('100') } });
    expect(casesNeeded(order('pending'), meant('overpaid', quiet, paying), opensCase)).toEqual([]);
  });

  it('a kind that the event does not name is new, and of the order', () => {
    const meaning = { ...meant('nothing_new'), caseKind: 'slow_confirmation' } as const;
    expect(casesNeeded(order('confirming'), meaning, stayed({}))).toEqual([
      { kind: 'slow_confirmation', payment: null, isNew: true },
    ]);
  });
});

describe('the case of coins has its answer', () => {
  const paying = seen({ trouble: 'none', share: { ...none, arrived: coins('100'), applied: coins('100') } });

  it('where they were sent back, or pay the order now', () => {
    expect(answerForCoins({ status: 'failed' }, seen({ isSentBack: true }))).toBe('the provider sent the coins back');
    expect(answerForCoins({ status: 'paid' }, paying)).toBe('the coins pay the order now');
  });

  it('and not while they trouble somebody, pay nothing, or are none', () => {
    expect(answerForCoins({ status: 'confirming' }, paying)).toBeNull();
    expect(answerForCoins({ status: 'paid' }, { ...paying, trouble: 'known' })).toBeNull();
    expect(answerForCoins({ status: 'paid' }, { ...paying, share: none })).toBeNull();
  });
});
