import { describe, expect, it } from 'vitest';
import { deadlineOf, windowEnd } from '../../src/domain/deadline.js';
import { defaultClocks } from '../../src/domain/timing.js';

const order = {
  status: 'pending',
  expiresAt: '2026-11-25T13:00:00.000Z',
  partialUntil: '2026-12-02T12:30:00.000Z',
  confirmingSince: '2026-11-25T12:10:00.000Z',
} as const;

describe('the deadline', () => {
  it.each([
    ['pending', '2026-11-25T13:00:00.000Z'],
    ['partial', '2026-12-02T12:30:00.000Z'],
    ['confirming', '2026-11-26T12:10:00.000Z'],
    ['paid', null],
    ['failed', null],
    ['cancelled', null],
  ] as const)('of a %s order is %s', (status, deadline) => {
    expect(deadlineOf({ ...order, status }, defaultClocks, false)).toBe(deadline);
  });

  it('of a slow confirmation comes once', () => {
    expect(deadlineOf({ ...order, status: 'confirming' }, defaultClocks, true)).toBe(null);
  });
});

describe('the end of a window', () => {
  it.each([
    ['2026-11-25T13:00:00.000Z', { kind: 'reached' }],
    ['2026-11-25T14:00:00.000Z', { kind: 'reached' }],
    ['2026-11-25T12:59:52.000Z', { kind: 'nearly', waitMs: 8_000 }],
    ['2026-11-25T12:30:00.000Z', { kind: 'nearly', waitMs: 1_800_000 }],
    ['2026-11-25T12:29:59.999Z', { kind: 'far' }],
  ])('at %s is %j', (now, end) => {
    expect(windowEnd(order, 'window_closed', now)).toEqual(end);
  });

  it('of a partial order is its own', () => {
    expect(windowEnd({ ...order, status: 'partial' }, 'partial_window_ended', '2026-12-02T12:29:59.000Z')).toEqual({
      kind: 'nearly',
      waitMs: 1_000,
    });
  });
});
