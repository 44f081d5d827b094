import { describe, expect, it } from 'vitest';
import {
  arrivedFor,
  assertBalanced,
  isLate,
  isNews,
  lateShare,
  openShare,
  recordedStatus,
  type KnownPayment,
} from '../../src/domain/payments/deposits.js';
import { defaultTolerance } from '../../src/domain/money.js';
import { classifyPayment } from '../../src/domain/payments/payment.js';
import type { PaymentView } from '../../src/domain/payments/payment-view.js';
import { bound, coins, paymentId, redeposit, terms } from '../support/a-payment.js';

const classify = (own: PaymentView, ...children: PaymentView[]) =>
  classifyPayment(terms, own, children, defaultTolerance);
const spread = (own: PaymentView, ...children: PaymentView[]) =>
  classify(own, ...children).shares.map(({ arrived, applied, excess, unapplied }) => [
    arrived,
    applied,
    excess,
    unapplied,
  ]);

describe('re-deposits: the sum decides', () => {
  it.each([
    // bound, its coins, child, its coins, event, arrived
    ['partially_paid', '50', 'finished', '50', 'payment_finished', '100'],
    ['partially_paid', '50', 'partially_paid', '50', 'payment_finished', '100'],
    ['partially_paid', '50', 'finished', '49', 'payment_finished', '99'],
    ['partially_paid', '50', 'finished', '48.99', 'underpaid', '98.99'],
    ['partially_paid', '50', 'finished', '51.01', 'overpaid', '101.01'],
    ['waiting', '0', 'finished', '100', 'payment_finished', '100'],
    ['expired', '0', 'finished', '100', 'payment_finished', '100'],
    ['partially_paid', '99', 'finished', '0', 'payment_finished', '99'], // a re-deposit has come: no longer alone
    ['waiting', '0', 'finished', '30', 'underpaid', '30'],
  ] as const)('%s %s + %s %s: %s of %s', (status, coinsOfBound, childStatus, coinsOfChild, event, arrived) => {
    const classified = classify(bound(status, coinsOfBound), redeposit(childStatus, coinsOfChild));
    expect(classified).toMatchObject({ event, arrived });
  });

  it.each(['waiting', 'confirming', 'confirmed', 'sending', 'failed', 'expired', 'refunded', 'unread', 'hovering'])(
    'a re-deposit that reads %s does not count',
    (status) => {
      const classified = classify(bound('partially_paid', '50'), redeposit(status, '50'));
      expect(classified).toMatchObject({ event: 'underpaid', arrived: '50' });
    },
  );

  it('a finished re-deposit alone never grants by its own word', () => {
    expect(classify(bound('partially_paid', '10'), redeposit('finished', '10'))).toMatchObject({ event: 'underpaid' });
  });

  it("a re-deposit's own price is not compared: the rate has moved", () => {
    const later = redeposit('finished', '50', { priceAmount: coins('24.5'), payAmount: coins('50') });
    expect(classify(bound('partially_paid', '50'), later).event).toBe('payment_finished');
  });

  it('three transfers add up exactly', () => {
    const third = redeposit('finished', '0.2', { paymentId: paymentId('5002') });
    const classified = classify(bound('partially_paid', '98.7'), redeposit('finished', '0.1'), third);
    expect(classified).toMatchObject({ event: 'payment_finished', arrived: '99' });
  });

  it('coins of a re-deposit under a waiting payment are seen money', () => {
    expect(classify(bound('waiting'), redeposit('confirming', '100')).event).toBe('payment_seen');
  });
});

describe('how coins are spread', () => {
  it('a paid order absorbs what it owes, in the order of arrival; the rest is excess, within the tolerance too', () => {
    expect(spread(bound('finished', '100'))).toEqual([['100', '100', '0', '0']]);
    expect(spread(bound('finished', '99'))).toEqual([['99', '99', '0', '0']]);
    expect(spread(bound('finished', '101'))).toEqual([['101', '100', '1', '0']]);
    expect(spread(bound('finished', '101.5'))).toEqual([['101.5', '100', '1.5', '0']]);
    expect(spread(bound('partially_paid', '50'), redeposit('finished', '80'))).toEqual([
      ['50', '50', '0', '0'],
      ['80', '50', '30', '0'],
    ]);
  });

  it('short coins wait unapplied', () => {
    expect(spread(bound('partially_paid', '50'))).toEqual([['50', '0', '0', '50']]);
    expect(spread(bound('finished', '98'))).toEqual([['98', '0', '0', '98']]);
  });

  it('foreign coins stay unapplied beside a paid order', () => {
    expect(spread(bound('finished', '100'), redeposit('finished', '3', { payCurrency: 'btc' }))).toEqual([
      ['100', '100', '0', '0'],
      ['3', '0', '0', '3'],
    ]);
  });

  it('coins on their way need nobody yet', () => {
    expect(spread(bound('confirming', '100'))).toEqual([['100', '100', '0', '0']]);
  });

  it('coins of a failed or refunded payment are nobody’s yet', () => {
    expect(spread(bound('failed', '1'))).toEqual([['1', '0', '0', '1']]);
    expect(spread(bound('refunded', '100'))).toEqual([['100', '0', '0', '100']]);
  });
});

const known = (providerStatus: string, arrived: string, applied = '0', excess = '0'): KnownPayment => ({
  paymentId: terms.paymentId,
  providerStatus,
  arrived: coins(arrived),
  applied: coins(applied),
  excess: coins(excess),
  unapplied: coins(String(Number(arrived) - Number(applied) - Number(excess))),
});

describe('news', () => {
  it.each([
    ['never seen', undefined, bound('waiting'), true],
    ['a step up', known('waiting', '0'), bound('confirming'), true],
    ['the same again', known('confirming', '100'), bound('confirming', '100'), false],
    ['a step down is a stale read', known('sending', '100'), bound('confirming', '100'), false],
    ['an end after an end', known('finished', '100', '100'), bound('refunded', '100'), true],
    ['another end of the same rank', known('partially_paid', '100'), bound('finished', '100'), true],
    ['an unknown word never wins', known('waiting', '0'), bound('hovering'), false],
    ['more coins under the same word', known('partially_paid', '50'), bound('partially_paid', '60'), true],
    ['more coins beside a step down', known('partially_paid', '50'), bound('waiting', '60'), true],
    ['fewer coins', known('partially_paid', '50'), bound('partially_paid', '40'), false],
    ['no amount where one was', known('finished', '100', '100'), bound('finished', null), false],
  ] as const)('%s: %s', (_, before, view, news) => {
    expect(isNews(before, view)).toBe(news);
  });
});

describe('late money', () => {
  it.each([
    ['failed', 'coins never seen before', undefined, bound('finished', '100'), true],
    ['failed', 'confirming without coins yet', known('waiting', '0'), bound('confirming'), true],
    ['failed', 'finished without an amount', known('waiting', '0'), bound('finished', null), true],
    ['failed', 'partially paid without coins', known('waiting', '0'), bound('partially_paid', '0'), false],
    ['failed', 'partially paid with coins on record', known('waiting', '50'), bound('partially_paid', '50'), true],
    ['failed', 'the provider gives up', known('waiting', '0'), bound('expired'), false],
    ['failed', 'the same as on record', known('finished', '100'), bound('finished', '100'), false],
    ['cancelled', 'a first sign', known('waiting', '0'), bound('sending'), true],
    ['paid', 'the same payment goes on', known('confirming', '100', '100'), bound('finished', '100'), false],
    ['paid', 'more coins', known('finished', '100', '100'), bound('finished', '130'), true],
    ['paid', 'a new re-deposit', undefined, redeposit('finished', '100'), true],
    ['paid', 'a first sign without coins', undefined, redeposit('confirming', '0'), false],
  ] as const)('on a %s order, %s: %s', (status, _, before, view, late) => {
    expect(isLate(status, before, view)).toBe(late);
  });

  it('what was settled stays settled; the rest is unapplied', () => {
    expect(lateShare(undefined, bound('finished', '100'))).toMatchObject({
      arrived: '100',
      applied: '0',
      excess: '0',
      unapplied: '100',
    });
    expect(lateShare(known('finished', '102', '101', '1'), bound('finished', '150'))).toMatchObject({
      arrived: '150',
      applied: '101',
      excess: '1',
      unapplied: '48',
    });
  });

  it('of no known amount is no coins', () => {
    const none = { arrived: '0', applied: '0', excess: '0', unapplied: '0' };
    expect(lateShare(undefined, bound('finished', null))).toMatchObject(none);
  });

  it('a read with fewer coins changes nothing on record', () => {
    const before = known('finished', '100', '100');
    expect(lateShare(before, bound('finished', '40'))).toMatchObject({
      arrived: '100',
      applied: '100',
      unapplied: '0',
    });
    expect(lateShare(before, bound('refunded', null))).toMatchObject({ arrived: '100', applied: '100' });
  });
});

describe('a stale read beside news of another payment', () => {
  const shares = (own: PaymentView) => classify(own, redeposit('finished', '10')).shares;
  const open = (status: 'confirming' | 'partial', event: 'payment_seen' | 'underpaid' | 'nothing_new') => ({
    status,
    event,
    shares: shares(bound('waiting', '0')),
  });

  it('takes no coins off the record', () => {
    expect(openShare(known('partially_paid', '50'), bound('waiting', '0'), open('partial', 'underpaid'))).toEqual({
      paymentId: '5000',
      arrived: '50',
      applied: '0',
      excess: '0',
      unapplied: '50',
    });
  });

  it('leaves coins on their way as they were', () => {
    const before = known('sending', '100', '100');
    expect(openShare(before, bound('waiting', '0'), open('confirming', 'payment_seen'))).toMatchObject({
      arrived: '100',
      applied: '100',
      unapplied: '0',
    });
  });

  it('without news leaves what was applied as it was', () => {
    const before = known('sending', '40', '40');
    const nothing = { ...open('confirming', 'nothing_new'), shares: shares(bound('failed', '40')) };
    expect(openShare(before, bound('sending', '40'), nothing)).toMatchObject({ applied: '40', unapplied: '0' });
  });

  it('takes coins on their way back from an order that is short after all', () => {
    const before = known('sending', '40', '40');
    expect(openShare(before, bound('waiting', '0'), open('confirming', 'underpaid'))).toMatchObject({
      arrived: '40',
      applied: '0',
      unapplied: '40',
    });
  });

  it.each([
    ['sending', 'confirming', 'sending'],
    ['finished', 'hovering', 'finished'],
    ['waiting', 'confirming', 'confirming'],
    ['finished', 'refunded', 'refunded'],
    ['partially_paid', 'finished', 'finished'],
  ])('%s on record, %s read: %s is recorded', (before, word, recorded) => {
    expect(recordedStatus(known(before, '0'), bound(word))).toBe(recorded);
  });

  it('records the first word, whatever it is', () => {
    expect(recordedStatus(undefined, bound('hovering'))).toBe('hovering');
  });
});

describe('coins on their way to a partial order', () => {
  it('wait unapplied until the sum is enough', () => {
    const { shares } = classify(bound('confirming', '60'));
    const situation = { status: 'partial', event: 'payment_seen', shares } as const;
    expect(openShare(known('waiting', '50'), bound('confirming', '60'), situation)).toMatchObject({
      arrived: '60',
      applied: '0',
      unapplied: '60',
    });
  });
});

describe('what has arrived', () => {
  const payment = (role: 'bound' | 'child' | 'second' | 'orphan', coin: string, arrived: string) => ({
    role,
    providerStatus: 'finished',
    coin,
    arrived: coins(arrived),
  });

  it('is the sum of the deposits: the bound payment and what came under it, in the coin that was asked for', () => {
    expect(arrivedFor('usdttrc20', [])).toBe('0');
    expect(arrivedFor('usdttrc20', [payment('bound', 'usdttrc20', '60'), payment('child', 'USDTTRC20', '40')])).toBe(
      '100',
    );
    expect(arrivedFor('usdttrc20', [payment('bound', 'usdttrc20', '60'), payment('child', 'btc', '1')])).toBe('60');
  });

  it('does not count what was sent back, nor what the provider calls another coin', () => {
    const paid = payment('bound', 'usdttrc20', '60');
    const again = payment('child', 'usdttrc20', '40');
    expect(arrivedFor('usdttrc20', [paid, { ...again, providerStatus: 'refunded' }])).toBe('60');
    expect(arrivedFor('usdttrc20', [paid, { ...again, providerStatus: 'wrong_asset_confirmed' }])).toBe('60');
  });

  it('does not count a second payment of a paid order, nor an orphan: nobody asked for them, and each has its case', () => {
    const paid = payment('bound', 'usdttrc20', '100');
    expect(arrivedFor('usdttrc20', [paid, payment('second', 'usdttrc20', '100')])).toBe('100');
    expect(arrivedFor('usdttrc20', [paid, payment('orphan', 'usdttrc20', '30')])).toBe('100');
  });
});

describe('a share', () => {
  it('puts every coin in exactly one place, or stops', () => {
    const share = { paymentId: terms.paymentId, arrived: coins('3'), applied: coins('1'), excess: coins('1.0') };
    expect(() => assertBalanced({ ...share, unapplied: coins('1') })).not.toThrow();
    expect(() => assertBalanced({ ...share, unapplied: coins('0') })).toThrow(
      'invariant broken: payment 5000: 3 arrived',
    );
  });
});
