import { describe, expect, it } from 'vitest';
import { defaultTolerance } from '../../src/domain/money.js';
import { classifyPayment, hasCoins } from '../../src/domain/payments/payment.js';
import { mostTelling, providerRank, type PaymentView } from '../../src/domain/payments/payment-view.js';
import { bound, coins, paymentId, redeposit, terms } from '../support/a-payment.js';

const classify = (own: PaymentView, ...children: PaymentView[]) =>
  classifyPayment(terms, own, children, defaultTolerance);
const eventOf = (own: PaymentView, ...children: PaymentView[]) => classify(own, ...children).event;

describe("the provider's word", () => {
  // docs/contract.md, "The provider's words": what each word alone means, here with all coins arrived
  it.each([
    ['confirming', 'payment_seen'],
    ['confirmed', 'payment_seen'],
    ['sending', 'payment_seen'],
    ['partially_paid', 'underpaid'],
    ['finished', 'payment_finished'],
    ['failed', 'payment_failed'],
    ['expired', 'payment_failed'],
    ['refunded', 'payment_refunded'],
  ])('%s with all coins: %s', (status, event) => {
    expect(eventOf(bound(status, '100'))).toBe(event);
  });

  it.each([
    ['waiting', 'nothing_new'],
    ['confirming', 'payment_seen'],
    ['partially_paid', 'underpaid'],
    ['failed', 'payment_failed'],
    ['expired', 'payment_failed'],
    ['refunded', 'payment_refunded'],
  ])('%s without coins: %s', (status, event) => {
    expect(eventOf(bound(status, '0'))).toBe(event);
    expect(eventOf(bound(status, null))).toBe(event);
  });

  it('waiting with coins is seen money, so that no expiry passes over it', () => {
    expect(eventOf(bound('waiting', '100'))).toBe('payment_seen');
  });

  const otherWords = ['FINISHED', 'Finished', ' finished', 'hovering', 'cancelled', 'overpaid', '', 'constructor'];

  it.each([...otherWords, '__proto__'])(
    'another word without coins moves nothing and raises an alarm: %j',
    (status) => {
      const alarm = 'unknown_provider_status';
      expect(classify(bound(status, '0'))).toMatchObject({ event: 'nothing_new', alarm, arrived: '0' });
      expect(classify(bound(status, null))).toMatchObject({ event: 'nothing_new', alarm });
    },
  );

  it.each([...otherWords, '__proto__'])('another word with coins is seen, for a person to judge: %j', (status) => {
    expect(classify(bound(status, '100'))).toMatchObject({
      event: 'amount_mismatch',
      detail: 'unknown_word',
      alarm: 'unknown_provider_status',
      arrived: '0',
    });
    expect(classify(bound('waiting'), redeposit(status, '100')).event).toBe('amount_mismatch');
  });

  it.each([['100'], ['0'], [null]])(
    'wrong_asset_confirmed is another coin whatever its code says: %s coins',
    (paid) => {
      expect(classify(bound('wrong_asset_confirmed', paid))).toMatchObject({ event: 'wrong_asset', arrived: '0' });
      const child = redeposit('wrong_asset_confirmed', paid ?? '0');
      expect(eventOf(bound('partially_paid', '60'), child)).toBe('wrong_asset');
      expect(eventOf(bound('finished', '100'), child)).toBe('payment_finished');
    },
  );

  it('an unknown word of a thousand letters makes no longer alarm: its name is a label of a metric', () => {
    expect(classify(bound('x'.repeat(1_000))).alarm).toBe('unknown_provider_status');
  });
});

describe('the amount that arrived, for a finished payment', () => {
  // 99 % is enough, more than 101 % is too much: both bounds, and what lies beside them
  it.each([
    ['0.00000001', 'underpaid'],
    ['98', 'underpaid'],
    ['98.99999999', 'underpaid'],
    ['99', 'payment_finished'],
    ['99.5', 'payment_finished'],
    ['100', 'payment_finished'],
    ['101', 'payment_finished'],
    ['101.00000001', 'overpaid'],
    ['150', 'overpaid'],
  ])('%s of 100: %s', (arrived, event) => {
    const classified = classify(bound('finished', arrived));
    expect(classified.event).toBe(event);
    expect(classified.arrived).toBe(arrived);
  });

  it.each([
    ['missing', null],
    ['zero', '0'],
    ['zero in many digits', '0.000'],
  ])('%s: no grant, a mismatch', (_, arrived) => {
    expect(classify(bound('finished', arrived))).toMatchObject({
      event: 'amount_mismatch',
      detail: 'amount_missing',
      alarm: 'amount_mismatch',
    });
  });

  it('forced to finished while short is underpaid, and says who overrode', () => {
    expect(classify(bound('finished', '90'))).toMatchObject({ event: 'underpaid', detail: 'provider_overrode' });
    expect(classify(bound('partially_paid', '90'))).toMatchObject({ event: 'underpaid', detail: null });
  });

  it('is judged by the account’s own tolerance', () => {
    const strict = { under: '0', over: '0' };
    expect(classifyPayment(terms, bound('finished', '99.99'), [], strict).event).toBe('underpaid');
    expect(classifyPayment(terms, bound('finished', '100'), [], strict).event).toBe('payment_finished');
    expect(classifyPayment(terms, bound('finished', '100.01'), [], strict).event).toBe('overpaid');
  });

  it('is compared digit by digit, where a float would round', () => {
    const owed = { ...terms, payAmount: coins('0.3') };
    const view = bound('finished', '0.297', { payAmount: coins('0.3') }); // 0.3 × 0.99 is 0.29699999… in floats
    expect(classifyPayment(owed, view, [], defaultTolerance).event).toBe('payment_finished');
    const below = bound('finished', '0.296999999999999999', { payAmount: coins('0.3') });
    expect(classifyPayment(owed, below, [], defaultTolerance).event).toBe('underpaid');
  });

  it('is never the asked-for amount', () => {
    expect(eventOf(bound('finished', '1', { payAmount: coins('100') }))).toBe('underpaid');
  });
});

describe('a lone partially_paid', () => {
  it.each(['99', '100', '150'])('never grants, even with %s of 100', (arrived) => {
    expect(eventOf(bound('partially_paid', arrived))).toBe('underpaid');
  });
});

describe('another coin', () => {
  it.each(['usdterc20', 'btc', null])('%s: wrong_asset with an alarm', (payCurrency) => {
    const classified = classify(bound('finished', '100', { payCurrency }));
    expect(classified).toMatchObject({ event: 'wrong_asset', alarm: 'wrong_asset', arrived: '0' });
  });

  it('is the same coin in another case of letters', () => {
    expect(eventOf(bound('finished', '100', { payCurrency: 'USDTTRC20' }))).toBe('payment_finished');
  });

  it('may come with another asked-for amount, still a wrong asset', () => {
    expect(eventOf(bound('finished', '0.5', { payCurrency: 'eth', payAmount: coins('0.5') }))).toBe('wrong_asset');
  });

  it('that was sent back is no question any more', () => {
    const sentBack = redeposit('refunded', '3', { payCurrency: 'btc' });
    expect(classify(bound('partially_paid', '50'), sentBack)).toMatchObject({ event: 'underpaid', alarm: null });
  });

  it('as a re-deposit, beside nothing or beside a part', () => {
    const foreign = redeposit('finished', '3', { payCurrency: 'btc' });
    expect(classify(bound('waiting'), foreign)).toMatchObject({ event: 'wrong_asset', detail: 'btc', arrived: '0' });
    expect(classify(bound('partially_paid', '60'), foreign)).toMatchObject({ event: 'wrong_asset', arrived: '60' });
  });

  it('does not undo an order that is paid in its own coin', () => {
    expect(eventOf(bound('finished', '100'), redeposit('finished', '3', { payCurrency: 'btc' }))).toBe(
      'payment_finished',
    );
  });

  it('finished without coins grants nothing', () => {
    expect(eventOf(bound('finished', '0', { payCurrency: 'btc' }))).toBe('amount_mismatch');
  });
});

describe('what the order was promised', () => {
  it.each([
    ['price', { priceAmount: coins('48.99') }],
    ['price', { priceAmount: coins('4900') }],
    ['price', { priceAmount: null }],
    ['price_currency', { priceCurrency: 'eur' }],
    ['price_currency', { priceCurrency: null }],
    ['pay_amount', { payAmount: coins('1') }],
    ['pay_amount', { payAmount: null }],
  ])('another %s is a mismatch: %o', (detail, over) => {
    expect(classify(bound('finished', '100', over))).toMatchObject({
      event: 'amount_mismatch',
      detail,
      alarm: 'amount_mismatch',
    });
  });

  it.each([
    ['49.00', 'USD'],
    ['49.000', 'usd'],
    ['49', 'Usd'],
  ])('%s %s is the price of 4900 USD cents', (price, priceCurrency) => {
    expect(eventOf(bound('finished', '100', { priceAmount: coins(price), priceCurrency }))).toBe('payment_finished');
  });

  it('is compared also in yen and dinar', () => {
    const yen = { ...terms, price: { cents: 4900, currency: 'JPY' } };
    const paidYen = bound('finished', '100', { priceAmount: coins('4900'), priceCurrency: 'jpy' });
    expect(classifyPayment(yen, paidYen, [], defaultTolerance).event).toBe('payment_finished');
    const dinar = { ...terms, price: { cents: 4900, currency: 'KWD' } };
    const paidDinar = bound('finished', '100', { priceAmount: coins('4.9'), priceCurrency: 'kwd' });
    expect(classifyPayment(dinar, paidDinar, [], defaultTolerance).event).toBe('payment_finished');
  });
});

describe('a re-deposit that only a signed notice tells of', () => {
  const claimed = redeposit('unread', '100');

  it('on a waiting payment is short, and unapplied, so that it has an amount, a case and an end', () => {
    const { event, detail, arrived, shares } = classify(bound('waiting', '0'), claimed);
    expect({ event, detail, arrived }).toEqual({ event: 'underpaid', detail: 'deposit_unread', arrived: '0' });
    expect(shares[1]).toMatchObject({ arrived: '100', applied: '0', unapplied: '100' });
  });

  it('hides nothing that the provider does show on its way, and is not applied with it', () => {
    for (const own of [bound('confirming', '40'), bound('waiting', '40')]) {
      const { event, shares } = classify(own, claimed);
      expect(event).toBe('payment_seen');
      expect(shares.map(({ applied }) => applied)).toEqual(['40', '0']);
    }
  });

  it('completes no sum', () => {
    expect(eventOf(bound('partially_paid', '50'), redeposit('unread', '50'))).toBe('underpaid');
    expect(eventOf(bound('finished', '100'), claimed)).toBe('payment_finished');
  });

  it('without coins is nothing', () => {
    expect(eventOf(bound('waiting', '0'), redeposit('unread', '0'))).toBe('nothing_new');
  });
});

describe('a difference in what was promised', () => {
  const otherPrice = { priceAmount: coins('48') };

  it('is an alarm and no more while no coin is concerned', () => {
    expect(classify(bound('waiting', '0', otherPrice))).toMatchObject({
      event: 'nothing_new',
      alarm: 'amount_mismatch',
    });
    expect(classify(bound('expired', '0', otherPrice))).toMatchObject({ event: 'payment_failed' });
    expect(eventOf(bound('waiting', '1', otherPrice))).toBe('amount_mismatch');
    expect(eventOf(bound('confirming', '0', otherPrice))).toBe('amount_mismatch');
  });

  it('never hides that the coins were sent back', () => {
    expect(eventOf(bound('refunded', '100', otherPrice))).toBe('payment_refunded');
  });
});

describe('coins that were sent back', () => {
  it('count for nothing: what stands decides', () => {
    const sent = bound('refunded', '100');
    expect(classify(sent, redeposit('finished', '100'))).toMatchObject({
      event: 'payment_finished',
      shares: [
        { applied: '0', excess: '0', unapplied: '100' },
        { applied: '100', excess: '0', unapplied: '0' },
      ],
    });
    expect(eventOf(sent, redeposit('finished', '40'))).toBe('underpaid');
    expect(eventOf(sent, redeposit('confirming', '100'))).toBe('payment_seen');
    expect(eventOf(sent, redeposit('failed', '0'))).toBe('payment_refunded');
    expect(eventOf(bound('partially_paid', '60'), redeposit('refunded', '40'))).toBe('underpaid');
    expect(eventOf(bound('finished', '100'), redeposit('refunded', '40'))).toBe('payment_finished');
  });
});

describe('a payment that ends while a top-up is on its way', () => {
  it.each(['failed', 'expired'])('%s ends nothing yet', (word) => {
    expect(eventOf(bound(word, '0'), redeposit('confirming', '100'))).toBe('payment_seen');
    expect(eventOf(bound(word, '0'), redeposit('waiting', '100'))).toBe('payment_seen');
    expect(eventOf(bound(word, '0'), redeposit('waiting', '0'))).toBe('payment_failed');
  });
});

describe('a top-up that we asked for', () => {
  const asked = { ...terms, topUpFloor: coins('20') };
  const judge = (...amounts: string[]) => {
    const [own, ...more] = amounts.map((amount, at) =>
      at === 0 ? bound('partially_paid', amount) : redeposit('finished', amount, { paymentId: paymentId(`500${at}`) }),
    );
    return classifyPayment(asked, own!, more, defaultTolerance);
  };

  it.each([
    [['97', '20'], 'payment_finished', ['3', '17']], // 3 were missing, the floor was asked for
    [['97', '20.2'], 'payment_finished', ['3', '17.2']], // the tolerance is that of what was asked for
    [['97', '20.21'], 'overpaid', ['3', '17.21']],
    [['50', '60'], 'overpaid', ['50', '10']], // 50 were asked for
    [['50', '50.9'], 'payment_finished', ['50', '0.9']],
    [['150'], 'underpaid', null], // a lone partially_paid
  ] as const)('is never too much: %j is %s', (amounts, event, last) => {
    const judged = judge(...amounts);
    expect(judged.event).toBe(event);
    if (last === null) return;
    expect(judged.shares.at(-1)).toMatchObject({ applied: last[0], excess: last[1] });
  });
});

describe('rank', () => {
  it('is waiting < confirming < confirmed < sending < any end', () => {
    expect(['waiting', 'confirming', 'confirmed', 'sending'].map(providerRank)).toEqual([0, 1, 2, 3]);
    expect(['finished', 'partially_paid', 'failed', 'expired'].map(providerRank)).toEqual([4, 4, 4, 4]);
    expect(['wrong_asset_confirmed', 'refunded'].map(providerRank)).toEqual([4, 5]); // a refund follows any end
  });

  it.each(['hovering', 'cancelled', 'FINISHED', 'constructor', 'toString', '__proto__', ''])(
    'of %j is below all',
    (word) => expect(providerRank(word)).toBe(-1),
  );
});

describe('coins', () => {
  it.each([
    ['0', false],
    ['0.00', false],
    ['0.00000001', true],
    [null, false],
  ])('%s: %s', (amount, there) => {
    expect(hasCoins(bound('waiting', amount))).toBe(there);
  });

  it('of a bound payment are spread by its own id', () => {
    expect(classify(bound('finished', '150', { paymentId: paymentId('5000') })).shares).toEqual([
      { paymentId: '5000', arrived: '150', applied: '100', excess: '50', unapplied: '0' },
    ]);
  });
});

describe('of several notices of one payment', () => {
  const notice = (paymentStatus: string | null, n: number) => ({ paymentStatus, n });

  it('the one with the last word speaks, the later of two equals', () => {
    expect(mostTelling([notice('finished', 1), notice('confirming', 2)])).toEqual(notice('finished', 1));
    expect(mostTelling([notice('confirming', 1), notice('sending', 2), notice('confirmed', 3)])).toEqual(
      notice('sending', 2),
    );
    expect(mostTelling([notice('partially_paid', 1), notice('finished', 2)])).toEqual(notice('finished', 2));
    expect(mostTelling([notice('hovering', 1), notice('waiting', 2), notice(null, 3)])).toEqual(notice('waiting', 2));
  });
});
