import { describe, expect, it } from 'vitest';
import { choiceMeaning } from '../../src/domain/facts/offer-meaning.js';
import { defaultTolerance } from '../../src/domain/money.js';
import { orderStatuses } from '../../src/domain/order.js';
import type { RecordedPayment } from '../../src/domain/payments/deposits.js';
import {
  awaitsChoice,
  judgeChoice,
  mostOffers,
  refusalOfChoice,
  takesOver,
  type Choosing,
} from '../../src/domain/payments/offer.js';
import { bound, coins, paymentId, terms } from '../support/a-payment.js';

const unchosen: Choosing = {
  status: 'pending',
  coinChoice: 'payer',
  provider: 'nowpayments',
  requestedCoin: null,
  paymentId: null,
  version: 3,
};
const inBitcoin: Choosing = { ...unchosen, requestedCoin: 'btc', paymentId: paymentId('5000') };
const nothing = { payments: [], earlier: [] };
const offered = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ paymentId: paymentId(`60${at}`), payCurrency: `coin${at}` }));

function recorded(over: Partial<RecordedPayment>): RecordedPayment {
  return { role: 'bound', providerStatus: 'waiting', coin: 'usdttrc20', arrived: coins('0'), ...over };
}

describe('an order that waits for a choice', () => {
  it('is one that its payer is to pay in a coin of his own, and has not named', () => {
    expect(awaitsChoice(unchosen)).toBe(true);
    expect(awaitsChoice(inBitcoin)).toBe(false);
    expect(awaitsChoice({ ...unchosen, coinChoice: 'merchant' })).toBe(false);
    expect(awaitsChoice({ ...unchosen, provider: 'stub' })).toBe(false);
    expect(orderStatuses.filter((status) => awaitsChoice({ ...unchosen, status }))).toEqual(['pending']);
  });
});

describe('a choice', () => {
  it('asks for a payment in the coin', () => {
    expect(judgeChoice(unchosen, nothing, { coin: 'btc', version: 3 })).toEqual({ kind: 'chosen', coin: 'btc' });
  });

  it('of the coin that stands changes nothing, whatever the page knew', () => {
    expect(judgeChoice(inBitcoin, nothing, { coin: 'BTC', version: 1 })).toEqual({ kind: 'stands' });
  });

  it('that was made on an older page does not take back the newer one', () => {
    const late = judgeChoice(inBitcoin, nothing, { coin: 'ltc', version: 2 });
    expect(late).toEqual({ kind: 'refused', why: 'another coin was chosen meanwhile' });
  });

  it('of a coin that was offered before makes no other payment', () => {
    const earlier = [{ paymentId: paymentId('600'), payCurrency: 'ltc' }];
    expect(judgeChoice(inBitcoin, { payments: [], earlier }, { coin: 'ltc', version: 3 })).toEqual({
      kind: 'taken',
      paymentId: '600',
    });
  });

  it('is the last one when five are made, the one that stands counted', () => {
    const fourth = { payments: [], earlier: offered(mostOffers - 2) };
    const fifth = { payments: [], earlier: offered(mostOffers - 1) };
    expect(judgeChoice(inBitcoin, fourth, { coin: 'ltc', version: 3 }).kind).toBe('chosen');
    expect(judgeChoice(inBitcoin, fifth, { coin: 'ltc', version: 3 }).kind).toBe('refused');
    expect(judgeChoice(inBitcoin, fifth, { coin: 'coin0', version: 3 }).kind).toBe('taken');
  });

  it.each([
    ['the merchant chose', { coinChoice: 'merchant' as const }, []],
    ['it cannot be paid', { provider: 'stub' as const }, []],
    ['it is confirming', { status: 'confirming' as const }, []],
    ['it is paid', { status: 'paid' as const }, []],
    ['coins are on their way', {}, [recorded({ providerStatus: 'confirming' })]],
    ['coins came on an earlier offer', {}, [recorded({ role: 'offer', arrived: coins('1') })]],
  ])('is refused when %s', (_, over, payments) => {
    expect(refusalOfChoice({ ...inBitcoin, ...over }, payments)).toEqual(expect.any(String));
  });

  it.each([
    ['an address that nobody has sent to', [recorded({})]],
    ["a stranger's coins", [recorded({ role: 'orphan', arrived: coins('1') })]],
    ['coins that were sent back', [recorded({ providerStatus: 'refunded', arrived: coins('1') })]],
  ])('is not refused for %s', (_, payments) => {
    expect(refusalOfChoice(inBitcoin, payments)).toBeNull();
  });

  it('is a fact that moves nothing, and says which offer stands from then on', () => {
    const fact = { kind: 'choice', id: 'choice:3:btc', coin: 'btc', version: 3 } as const;
    expect(choiceMeaning(unchosen, nothing, fact)).toMatchObject({
      event: 'coin_chosen',
      offer: { kind: 'chosen', coin: 'btc' },
    });
    expect(choiceMeaning({ ...unchosen, version: 4 }, nothing, fact)).toMatchObject({
      event: 'nothing_new',
      offer: null,
    });
  });
});

describe("an earlier offer's coins", () => {
  const order = { status: 'pending' as const, tolerance: defaultTolerance, standing: [] as RecordedPayment[] };
  const begun = [recorded({ providerStatus: 'confirming' })];

  it.each([
    ['waiting', '0', false],
    ['expired', '0', false],
    ['confirming', '0', true],
    ['partially_paid', '40', true],
    ['finished', '100', true],
    ['refunded', '100', false],
  ])('%s with %s: chosen by them: %s, when they are the first', (status, amount, takes) => {
    expect(takesOver(order, terms, bound(status, amount))).toBe(takes);
  });

  it.each([
    ['confirming', '0', false],
    ['partially_paid', '40', false],
    ['finished', '100', true],
    ['finished', '120', true],
  ])('%s with %s: pay the order: %s, when others came first', (status, amount, takes) => {
    for (const open of ['pending', 'confirming', 'partial'] as const) {
      expect(takesOver({ ...order, status: open, standing: begun }, terms, bound(status, amount))).toBe(takes);
    }
  });

  it('change nothing about an order that is closed', () => {
    for (const status of ['paid', 'failed', 'cancelled'] as const) {
      expect(takesOver({ ...order, status }, terms, bound('finished', '100'))).toBe(false);
    }
  });
});
