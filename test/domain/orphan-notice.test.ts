import { describe, expect, it } from 'vitest';
import { caseOfInvisible, claimsCoins } from '../../src/domain/facts/orphan-notice.js';
import type { Claim } from '../../src/domain/facts/unreadable.js';

describe('a notice claims coins', () => {
  it.each([
    ['waiting', null, false],
    ['waiting', '0', false],
    ['waiting', '0.1', true],
    ['confirming', null, true],
    ['sending', '0', true],
    ['partially_paid', null, true],
    ['finished', '0', true], // seen in the wild: the sum comes later
    ['refunded', null, true],
    ['failed', null, false],
    ['failed', '0.5', true],
    ['expired', '0', false],
    ['wrong_asset_confirmed', '49', true],
    ['hovering', null, false],
    [null, null, false],
  ])('%s with %s: %s', (status, actuallyPaid, claims) => {
    expect(claimsCoins({ status, actuallyPaid })).toBe(claims);
  });
});

describe('a payment that is named beside the bound one, and cannot be seen', () => {
  const claim = (status: string, actuallyPaid: string | null = '49'): Claim => ({
    paymentId: '2',
    parentPaymentId: null,
    status,
    actuallyPaid,
    payCurrency: 'usdttrc20',
  });

  it.each([
    ['pending', 'finished', 'orphan_payment'],
    ['confirming', 'finished', 'orphan_payment'],
    ['partial', 'refunded', 'orphan_payment'],
    ['paid', 'finished', 'second_payment'],
    ['failed', 'finished', 'orphan_payment'],
    ['paid', 'refunded', 'refunded'],
  ] as const)('on a %s order, %s: %s', (status, word, kind) => {
    expect(caseOfInvisible({ status, paymentId: '1' }, claim(word))).toBe(kind);
  });

  it('has no case when no coins are claimed', () => {
    expect(caseOfInvisible({ status: 'pending', paymentId: '1' }, claim('waiting', null))).toBeNull();
  });
});
