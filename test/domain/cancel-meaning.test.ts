import { describe, expect, it } from 'vitest';
import { cancelMeaning } from '../../src/domain/facts/cancel-meaning.js';
import { nothingNew, plainMeaning } from '../../src/domain/facts/meaning.js';
import { readMeaning } from '../../src/domain/facts/read-meaning.js';
import { bound, coins } from '../support/a-payment.js';
import { newOrder, situationOf } from '../support/order-in-memory.js';

const cancelled = plainMeaning('pending', { kind: 'cancel', id: 'cancel-1' });
const reading = (status: string, arrived: string, over: object = {}) =>
  readMeaning(situationOf(newOrder()), { bound: bound(status, arrived, over), children: [] }, 'poll');
const eventAfter = (status: string, arrived: string, over: object = {}) =>
  cancelMeaning('pending', cancelled, reading(status, arrived, over)).event;

describe('a cancellation', () => {
  it('goes ahead when nothing came, and when nobody can be asked', () => {
    expect(cancelMeaning('pending', cancelled, null)).toBe(cancelled);
    expect(cancelMeaning('pending', cancelled, nothingNew('poll'))).toBe(cancelled);
    expect(eventAfter('waiting', '0')).toBe('cancelled_by_owner');
    expect(eventAfter('expired', '0')).toBe('cancelled_by_owner');
    expect(eventAfter('failed', '0')).toBe('cancelled_by_owner');
  });

  it.each([
    ['confirming', '0', 'payment_seen'],
    ['sending', '100', 'payment_seen'],
    ['waiting', '100', 'payment_seen'],
    ['partially_paid', '50', 'underpaid'],
    ['finished', '100', 'payment_finished'],
  ])('is stopped by %s with %s', (status, arrived, event) => {
    expect(eventAfter(status, arrived)).toBe(event);
  });

  it('is stopped by coins that fit no price, too', () => {
    expect(eventAfter('finished', '100', { priceAmount: coins('50') })).toBe('amount_mismatch');
  });
});
