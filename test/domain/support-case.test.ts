import { describe, expect, it } from 'vitest';
import { orderEvents, orderStatuses } from '../../src/domain/order.js';
import {
  allowedActions,
  caseActions,
  caseKindOf,
  caseKinds,
  caseStatuses,
} from '../../src/domain/cases/support-case.js';

describe('the kind of case', () => {
  it.each([
    ['underpaid', 'underpaid'],
    ['payment_failed', 'underpaid'],
    ['wrong_asset', 'wrong_asset'],
    ['overpaid', 'overpaid'],
    ['payment_refunded', 'refunded'],
    ['amount_mismatch', 'amount_mismatch'],
  ] as const)('%s opens %s', (event, kind) => {
    expect(caseKindOf(event, 'pending', false)).toBe(kind);
  });

  it.each([
    ['paid', 'second_payment'],
    ['failed', 'late_payment'],
    ['cancelled', 'late_payment'],
  ] as const)('late money on a %s order opens %s', (status, kind) => {
    for (const event of orderEvents) expect(caseKindOf(event, status, true)).toBe(kind);
  });

  it('is none where the event names no trouble', () => {
    const quiet = orderEvents.filter((event) => caseKindOf(event, 'pending', false) === null);
    expect(quiet).toEqual([
      'payment_seen',
      'payment_finished',
      'window_closed',
      'partial_window_ended',
      'cancelled_by_owner',
      'coin_chosen',
      'extra_deposit',
      'honoured',
      'declined',
      'nothing_new',
    ]);
  });

  it('is one of ten', () => {
    expect([...caseKinds].sort()).toEqual([
      'amount_mismatch',
      'late_payment',
      'mint_failed',
      'orphan_payment',
      'overpaid',
      'refunded',
      'second_payment',
      'slow_confirmation',
      'underpaid',
      'wrong_asset',
    ]);
    expect([...caseStatuses]).toEqual(['open', 'awaiting_approval', 'resolved']);
  });
});

describe('what support may do', () => {
  it.each([
    ['pending', true],
    ['confirming', true],
    ['partial', true],
    ['paid', false],
    ['failed', true],
    ['cancelled', true],
  ] as const)('honour on a %s order: %s', (status, may) => {
    expect(allowedActions('late_payment', status, '10')).toEqual(
      may ? ['honour', 'decline', 'note'] : ['decline', 'note'],
    );
  });

  it.each(['mint_failed', 'refunded'] as const)('never honours %s: there are no coins to honour', (kind) => {
    for (const status of orderStatuses) expect(allowedActions(kind, status, '10')).toEqual(['decline', 'note']);
  });

  it('honours what came with coins, while the order is open to it', () => {
    const honourable = caseKinds.filter((kind) => allowedActions(kind, 'failed', '10').includes('honour'));
    expect(honourable).toEqual([
      'underpaid',
      'overpaid',
      'late_payment',
      'second_payment',
      'wrong_asset',
      'orphan_payment',
      'amount_mismatch',
      'slow_confirmation',
    ]);
    expect([...caseActions]).toEqual(['honour', 'decline', 'note']);
  });
});
