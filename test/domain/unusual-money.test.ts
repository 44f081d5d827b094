import { describe, expect, it } from 'vitest';
import { plainMeaning, type Meaning } from '../../src/domain/facts/meaning.js';
import { readMeaning } from '../../src/domain/facts/read-meaning.js';
import { decide, type AllowedDecision, type OrderEvent, type OrderStatus } from '../../src/domain/order.js';
import type { PaymentView } from '../../src/domain/payments/payment-view.js';
import { casesAnsweredBy, casesNeeded } from '../../src/domain/cases/unusual-money.js';
import { bound, redeposit, terms } from '../support/a-payment.js';
import { newOrder, situationOf } from '../support/order-in-memory.js';

const receiving = { payAddress: terms.payAddress, payCurrency: terms.payCurrency };

function allowed(status: OrderStatus, event: OrderEvent): AllowedDecision {
  const decision = decide(status, event);
  if (decision.kind === 'refused') throw new Error(`${event} is refused while ${status}`);
  return decision;
}

function casesOf(status: OrderStatus, meaning: Meaning): string[] {
  return casesNeeded({ ...receiving, status }, meaning, allowed(status, meaning.event)).map(
    ({ kind, payment }) => `${kind} of the ${payment === null ? 'order' : nameOf(payment.view)}`,
  );
}

const nameOf = (view: PaymentView) => (view.parentPaymentId === null ? 'payment' : 're-deposit');

/** What one reading of the provider means for an order's money: the event, and the cases that it needs. */
function judged(own: PaymentView, ...children: PaymentView[]) {
  const meaning = readMeaning(situationOf(newOrder()), { bound: own, children }, 'ipn');
  return { event: meaning.event, cases: casesOf('pending', meaning) };
}

describe('the case of a coin that no price absorbed', () => {
  it('is none for a payment that fits', () => {
    expect(judged(bound('finished', '100'))).toEqual({ event: 'payment_finished', cases: [] });
    expect(judged(bound('confirming', '100'))).toEqual({ event: 'payment_seen', cases: [] });
  });

  it('names what was too little, too much, or of another coin', () => {
    expect(judged(bound('finished', '90'))).toEqual({ event: 'underpaid', cases: ['underpaid of the payment'] });
    expect(judged(bound('finished', '150'))).toEqual({ event: 'overpaid', cases: ['overpaid of the payment'] });
    expect(judged(bound('finished', '3', { payCurrency: 'btc' }))).toEqual({
      event: 'wrong_asset',
      cases: ['wrong_asset of the payment'],
    });
  });

  it('is a second payment where the first one pays and a re-deposit is still confirming', () => {
    expect(judged(bound('finished', '100'), redeposit('confirming', '100'))).toEqual({
      event: 'payment_finished',
      cases: ['second_payment of the re-deposit'],
    });
  });

  it('is overpaid where both are there at once', () => {
    expect(judged(bound('finished', '100'), redeposit('finished', '100'))).toEqual({
      event: 'overpaid',
      cases: ['overpaid of the re-deposit'],
    });
  });

  it('is of the foreign coin alone, beside a payment that fits', () => {
    expect(judged(bound('finished', '100'), redeposit('finished', '3', { payCurrency: 'btc' }))).toEqual({
      event: 'payment_finished',
      cases: ['wrong_asset of the re-deposit'],
    });
  });

  it('is also there for coins of a failed payment', () => {
    expect(judged(bound('failed', '1'))).toEqual({ event: 'payment_failed', cases: ['underpaid of the payment'] });
    expect(judged(bound('failed', '0'))).toEqual({ event: 'payment_failed', cases: [] });
  });

  it('is of the whole order where no coin came', () => {
    const refund = readMeaning(situationOf(newOrder()), { bound: bound('refunded', '0'), children: [] }, 'poll');
    expect(casesOf('pending', refund)).toEqual(['refunded of the payment']);
    const slow = plainMeaning('confirming', { kind: 'slow_confirmation', id: 'slow' });
    expect(casesOf('confirming', slow)).toEqual(['slow_confirmation of the order']);
  });
});

describe('a move answers', () => {
  it.each([
    ['partial', 'payment_finished', ['underpaid', 'amount_mismatch', 'slow_confirmation', 'mint_failed']],
    ['confirming', 'underpaid', ['slow_confirmation']],
    ['confirming', 'payment_failed', ['slow_confirmation']],
    ['pending', 'underpaid', []],
    ['partial', 'partial_window_ended', []],
    ['confirming', 'payment_seen', []],
  ] as const)('of a %s order, by %s: %j', (status, event, kinds) => {
    expect(casesAnsweredBy(allowed(status, event))).toEqual(kinds);
  });
});
