import { describe, expect, it } from 'vitest';
import {
  decisionMeaning,
  nothingNew,
  plainMeaning,
  type Meaning,
  type Situation,
} from '../../src/domain/facts/meaning.js';
import { readMeaning } from '../../src/domain/facts/read-meaning.js';
import { strangerMeaning } from '../../src/domain/facts/stranger-meaning.js';
import { isUsableUnread, unreadMeaning } from '../../src/domain/facts/unread-meaning.js';
import { windowEndMeaning } from '../../src/domain/facts/window-end-meaning.js';
import type { OrderStatus } from '../../src/domain/order.js';
import type { PaymentView } from '../../src/domain/payments/payment-view.js';
import { bound, coins, paymentId, redeposit } from '../support/a-payment.js';
import { newOrder, settle, situationOf } from '../support/order-in-memory.js';

const clocks = { at: '2026-11-25T12:00:00.000Z', partialWindowMs: 60_000 };

/** An order that has read all of these, one after the other. */
function orderAfter(...readings: PaymentView[][]) {
  const order = newOrder();
  for (const [own, ...children] of readings) {
    if (own) settle(order, readMeaning(situationOf(order), { bound: own, children }, 'ipn'), clocks);
  }
  return order;
}

const after = (...readings: PaymentView[][]): Situation => situationOf(orderAfter(...readings));
const read = (situation: Situation, own: PaymentView, ...children: PaymentView[]) =>
  readMeaning(situation, { bound: own, children }, 'poll');
const closed = (status: OrderStatus): Situation => ({ ...after(), status });
const shown = ({ event, seen }: Meaning) => ({
  event,
  seen: seen.map(({ role, late, share }) => [role, late ? 'late' : 'in time', share.applied, share.unapplied]),
});

describe('a reading', () => {
  it('that says what is on record already means nothing, and says so', () => {
    const meaning = read(after([bound('finished', '100')]), bound('finished', '100'));
    expect(meaning).toMatchObject({ event: 'nothing_new', seen: [], note: 'the provider says nothing new' });
  });

  it('of an open order is told by the sum, and records each payment', () => {
    expect(shown(read(after(), bound('finished', '100')))).toEqual({
      event: 'payment_finished',
      seen: [['bound', 'in time', '100', '0']],
    });
    expect(shown(read(after(), bound('partially_paid', '60'), redeposit('finished', '30')))).toEqual({
      event: 'underpaid',
      seen: [
        ['bound', 'in time', '0', '60'],
        ['child', 'in time', '0', '30'],
      ],
    });
  });

  it('that lags behind the record takes no coin off it', () => {
    const partial = after([bound('partially_paid', '60')]);
    const lagging = read(partial, bound('partially_paid', '50'), redeposit('finished', '30'));
    expect(shown(lagging)).toEqual({
      event: 'underpaid',
      seen: [
        ['bound', 'in time', '0', '60'],
        ['child', 'in time', '0', '30'],
      ],
    });
    expect(lagging.seen.map(({ share }) => share.arrived)).toEqual(['60', '30']);
  });

  it('of a closed order is late money, and nothing of it is applied', () => {
    for (const status of ['failed', 'cancelled'] as const) {
      const meaning = read(closed(status), bound('finished', '100'));
      expect(shown(meaning)).toEqual({ event: 'extra_deposit', seen: [['bound', 'late', '0', '100']] });
      expect(meaning.completes).toBe(true);
    }
    expect(read(closed('failed'), bound('finished', '90')).completes).toBe(false);
  });

  it('of a paid order is news only when more coins came', () => {
    const paid = after([bound('finished', '100')]);
    expect(paid.status).toBe('paid');
    expect(shown(read(paid, bound('finished', '100'), redeposit('finished', '40')))).toEqual({
      event: 'extra_deposit',
      seen: [['child', 'late', '0', '40']],
    });
    expect(shown(read(paid, bound('refunded', '100')))).toMatchObject({ event: 'payment_refunded' });
  });

  it('is refused for an order without a bound payment: nobody can say what was owed', () => {
    expect(() => read({ ...after(), terms: null, known: [] }, bound('finished', '100'))).toThrow('invariant broken');
  });
});

describe('an IPN that no read confirms', () => {
  it.each([
    ['finished', '100', 'payment_seen'],
    ['finished', '150', 'payment_seen'],
    ['confirming', '100', 'payment_seen'],
    ['partially_paid', '50', 'underpaid'],
    ['failed', '0', 'payment_failed'],
  ])('%s with %s coins means %s, and puts no money on record', (word, amount, event) => {
    expect(unreadMeaning(after(), bound(word, amount))).toMatchObject({ event, seen: [] });
  });

  it('counts only for the bound payment of an open order', () => {
    expect(isUsableUnread(after(), bound('confirming', '1'))).toBe(true);
    expect(isUsableUnread(after(), redeposit('confirming', '1'))).toBe(false);
    expect(isUsableUnread(closed('failed'), bound('confirming', '1'))).toBe(false);
  });
});

describe('the end of a window', () => {
  it('closes when nothing was seen, and is stopped by what moves the order', () => {
    const waiting = read(after(), bound('waiting', '0'));
    expect(windowEndMeaning('pending', 'window_closed', waiting)).toMatchObject({
      event: 'window_closed',
      source: 'expired',
    });
    const seen = read(after(), bound('confirming', '100'));
    expect(windowEndMeaning('pending', 'window_closed', seen)).toMatchObject({ event: 'payment_seen', source: 'poll' });
  });

  it('is never called expired for an order that had no address: nobody could have paid', () => {
    expect(windowEndMeaning('pending', 'window_closed', null)).toMatchObject({
      event: 'window_closed',
      source: 'mint_failed',
      seen: [],
    });
    expect(windowEndMeaning('partial', 'partial_window_ended', null)).toMatchObject({ source: 'expired' });
  });

  it('is put off while more is on its way to a partial order, news of it or not', () => {
    const partial = after([bound('partially_paid', '50'), redeposit('confirming', '50')]);
    const coming = read(partial, bound('partially_paid', '50'), redeposit('confirming', '50'));
    expect(coming.event).toBe('nothing_new');
    expect(windowEndMeaning('partial', 'partial_window_ended', coming)).toMatchObject({
      event: 'payment_seen',
      extendsWindow: true,
    });
    const ended = read(partial, bound('partially_paid', '50'), redeposit('failed', '0'));
    expect(windowEndMeaning('partial', 'partial_window_ended', ended)).toMatchObject({
      event: 'partial_window_ended',
      extendsWindow: false,
    });
  });

  it('keeps what the last reading showed of the money, also when it closes', () => {
    const partial = after([bound('partially_paid', '50')]);
    const more = read(partial, bound('partially_paid', '60'));
    expect(windowEndMeaning('partial', 'partial_window_ended', more)).toMatchObject({
      event: 'partial_window_ended',
      source: 'expired',
      seen: [{ share: { arrived: '60' } }],
    });
  });
});

describe('a payment that names the order and is no deposit of it', () => {
  const foreign = (amount: string) => bound('finished', amount, { paymentId: paymentId('9000') });

  it.each([
    ['pending', 'nothing_new', 'orphan', false],
    ['failed', 'extra_deposit', 'orphan', true],
    ['paid', 'extra_deposit', 'second', true],
  ] as const)('is recorded for a %s order: %s, %s', (status, event, role, late) => {
    expect(strangerMeaning(closed(status), foreign('7'))).toMatchObject({
      event,
      alarm: 'ipn_payment_id_mismatch',
      seen: [{ role, late, share: { arrived: '7', applied: '0', unapplied: '7' } }],
    });
  });

  it('is nothing without coins on a closed order, when it is known, or when the provider does not show it', () => {
    expect(strangerMeaning(closed('failed'), foreign('0'))).toMatchObject({ event: 'nothing_new' });
    const note = 'a payment that is not ours';
    expect(strangerMeaning(after(), null)).toMatchObject({ event: 'nothing_new', seen: [], note });
    const known = {
      ...after().known[0]!,
      paymentId: paymentId('9000'),
      providerStatus: 'finished',
      arrived: coins('7'),
    };
    expect(strangerMeaning({ ...after(), known: [known] }, foreign('7'))).toMatchObject({ seen: [], note });
  });
});

describe('facts that no provider is asked about', () => {
  const word = { id: 'd1', caseId: 'c1', actor: 'mira', approvedBy: null, reason: 'goodwill' };

  it('mean what they say', () => {
    expect(plainMeaning('pending', { kind: 'cancel', id: 'x' })).toEqual({
      ...nothingNew('cancel'),
      event: 'cancelled_by_owner',
    });
    const honour = { ...word, kind: 'resolve', action: 'honour' } as const;
    expect(decisionMeaning('failed', honour, 'late_payment')).toMatchObject({
      event: 'honoured',
      source: 'support',
      resolution: honour,
    });
    const decline = { ...word, kind: 'resolve', action: 'decline' } as const;
    const declined = decisionMeaning('failed', decline, 'late_payment');
    expect(declined).toMatchObject({ event: 'nothing_new', resolution: decline });
    expect(decisionMeaning('confirming', { ...decline, action: 'note' }, 'amount_mismatch').event).toBe('nothing_new');
  });

  it.each([
    ['confirming', 'amount_mismatch', 'declined'],
    ['confirming', 'slow_confirmation', 'declined'],
    ['confirming', 'orphan_payment', 'nothing_new'], // none of the order's own coins
    ['confirming', null, 'nothing_new'],
    ['partial', 'amount_mismatch', 'nothing_new'], // its window runs
    ['paid', 'second_payment', 'nothing_new'],
  ] as const)('declining ends an order only where nothing else would: %s, %s: %s', (status, kind, event) => {
    const decline = { ...word, kind: 'resolve', action: 'decline' } as const;
    expect(decisionMeaning(status, decline, kind).event).toBe(event);
  });

  it('a slow confirmation needs a case only while the order is confirming', () => {
    const slow = { kind: 'slow_confirmation', id: 'slow' } as const;
    expect(plainMeaning('confirming', slow).caseKind).toBe('slow_confirmation');
    expect(plainMeaning('paid', slow).caseKind).toBe(null);
  });
});
