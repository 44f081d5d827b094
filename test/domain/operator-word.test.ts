import { describe, expect, it } from 'vitest';
import type { OperatorFact } from '../../src/domain/facts/fact.js';
import type { Situation } from '../../src/domain/facts/meaning.js';
import { operatorMeaning, strangerNamed } from '../../src/domain/facts/operator-word.js';
import { isLate } from '../../src/domain/payments/deposits.js';
import { coins, terms } from '../support/a-payment.js';
import { newOrder, situationOf } from '../support/order-in-memory.js';

const bound = {
  id: terms.orderId,
  priceCents: 4900,
  priceCurrency: 'USD',
  requestedCoin: 'usdttrc20',
  paymentId: terms.paymentId,
  payCurrency: terms.payCurrency,
  payAmount: terms.payAmount,
  payAddress: terms.payAddress,
  payExtraId: null,
  topUpFloor: null,
};
const unbound = { ...bound, paymentId: null, payCurrency: null, payAmount: null, payAddress: null };
const pending: Situation = situationOf(newOrder());

function said(over: Partial<OperatorFact>): OperatorFact {
  return {
    kind: 'operator',
    id: 'o1',
    actor: 'key_1',
    providerStatus: 'finished',
    paymentId: '5000',
    actuallyPaid: null,
    payAmount: null,
    payCurrency: null,
    reason: null,
    ...over,
  };
}

describe("an operator's word", () => {
  it.each([
    ['confirming', 'payment_seen'],
    ['partially_paid', 'underpaid'],
    ['finished', 'payment_finished'],
    ['expired', 'payment_failed'],
    ['refunded', 'payment_refunded'],
    ['waiting', 'nothing_new'],
    ['hovering', 'nothing_new'],
  ])('%s alone means %s, and records no money', (providerStatus, event) => {
    expect(operatorMeaning(pending, bound, said({ providerStatus }))).toMatchObject({
      event,
      source: 'support',
      seen: [],
    });
  });

  it.each([
    [{ actuallyPaid: '100' }, 'payment_finished'],
    [{ actuallyPaid: '98.9' }, 'underpaid'],
    [{ actuallyPaid: '150' }, 'overpaid'],
    [{ payAmount: '90', actuallyPaid: '90' }, 'amount_mismatch'], // another amount than was asked for
    [{ payCurrency: 'btc', actuallyPaid: '1' }, 'wrong_asset'],
  ])('with amounts %j is weighed against what was owed: %s', (over, event) => {
    expect(operatorMeaning(pending, bound, said(over)).event).toBe(event);
  });

  it('about an order that never had a payment is weighed against the amount it names', () => {
    const open: Situation = { ...pending, paymentId: null, terms: null, known: [] };
    expect(operatorMeaning(open, unbound, said({ payAmount: '100', actuallyPaid: '50' })).event).toBe('underpaid');
    expect(operatorMeaning(open, unbound, said({ actuallyPaid: '50' })).event).toBe('payment_finished');
  });

  it('about money of a closed order is late money; of a paid one it is nothing', () => {
    const word = said({ actuallyPaid: '100' });
    expect(operatorMeaning({ ...pending, status: 'failed' }, bound, word)).toMatchObject({
      event: 'extra_deposit',
      seen: [{ role: 'bound', late: true, share: { arrived: '0', applied: '0', unapplied: '0' } }],
      unread: { claim: { status: 'finished', actuallyPaid: '100' } },
    });
    expect(operatorMeaning({ ...pending, status: 'failed' }, unbound, word)).toMatchObject({
      seen: [{ role: 'orphan' }],
    });
    expect(operatorMeaning({ ...pending, status: 'paid' }, bound, word)).toMatchObject({
      event: 'nothing_new',
      seen: [],
    });
  });

  it('puts no coins on record: equal coins that really come later are news', () => {
    const { seen } = operatorMeaning({ ...pending, status: 'failed' }, bound, said({ actuallyPaid: '100' }));
    const [recorded] = seen;
    const onRecord = { ...recorded!.share, providerStatus: recorded!.view.status };
    const really = { ...recorded!.view, status: 'finished', actuallyPaid: coins('100') };
    expect(isLate('failed', onRecord, really)).toBe(true);
  });

  it('that names a payment of another order is put aside with an alarm', () => {
    expect(strangerNamed('another payment id is bound')).toMatchObject({
      event: 'nothing_new',
      alarm: 'ipn_payment_id_mismatch',
      note: 'another payment id is bound',
    });
  });
});
