import { describe, expect, it } from 'vitest';
import { caseOfUnread, givesUp, type Claim } from '../../src/domain/facts/unreadable.js';
import type { CaseKind } from '../../src/domain/cases/support-case.js';
import type { OrderStatus } from '../../src/domain/order.js';

describe('a fact that the provider does not let us read', () => {
  it.each<OrderStatus>(['paid', 'failed', 'cancelled'])(
    'is given up on a %s order: soon when we are refused',
    (status) => {
      expect(givesUp(status, { attempt: 5, isRefused: true })).toBe(false);
      expect(givesUp(status, { attempt: 6, isRefused: true })).toBe(true);
      expect(givesUp(status, { attempt: 99, isRefused: false })).toBe(false);
      expect(givesUp(status, { attempt: 100, isRefused: false })).toBe(true);
    },
  );

  it.each<OrderStatus>(['pending', 'confirming', 'partial'])('is never given up on a %s order', (status) => {
    expect(givesUp(status, { attempt: 10_000, isRefused: true })).toBe(false);
  });
});

const claim = (status: string, paymentId = '1', parentPaymentId: string | null = null): Claim => ({
  paymentId,
  parentPaymentId,
  status,
  actuallyPaid: '49',
  payCurrency: 'usdttrc20',
});

describe('its case', () => {
  it.each<[OrderStatus, string | null, Claim | null, CaseKind | null]>([
    ['failed', '1', claim('finished'), 'late_payment'],
    ['cancelled', '1', claim('confirming'), 'late_payment'],
    ['cancelled', '1', claim('finished', '2', '1'), 'late_payment'],
    ['failed', '1', claim('finished', '2'), 'orphan_payment'],
    ['failed', null, claim('finished', '2'), 'late_payment'],
    ['paid', '1', claim('finished'), 'second_payment'],
    ['paid', '1', claim('finished', '2'), 'second_payment'],
    ['paid', '1', claim('refunded'), 'refunded'],
    ['failed', '1', null, 'late_payment'],
    ['paid', '1', null, null],
  ])('of a %s order with payment %s', (status, paymentId, claimed, kind) => {
    expect(caseOfUnread({ status, paymentId }, claimed)).toBe(kind);
  });
});
