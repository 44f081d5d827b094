import { describe, expect, it } from 'vitest';
import { deadlineOf, isPayWindowOver, mayMint, stepForward, windowEnd } from '../../src/domain/deadline.js';
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

describe('a step of a test clock', () => {
  const now = '2026-11-25T12:20:00.000Z';

  it('is as long as is said, or goes to the end of what is waited for', () => {
    expect(stepForward('2026-11-25T13:00:00.000Z', 1_000, now)).toBe(1_000);
    expect(stepForward('2026-11-25T13:00:00.000Z', null, now)).toBe(40 * 60_000);
  });

  it('is none where nothing lies ahead: nothing is waited for, or it has come', () => {
    expect(stepForward(null, null, now)).toBe(0);
    expect(stepForward('2026-11-25T12:20:00.000Z', null, now)).toBe(0);
    expect(stepForward('2026-11-25T12:19:00.000Z', null, now)).toBe(0);
  });
});

describe('the end of a window', () => {
  it.each([
    ['2026-11-25T13:00:00.000Z', { kind: 'reached' }],
    ['2026-11-25T14:00:00.000Z', { kind: 'reached' }],
    ['2026-11-25T12:59:52.000Z', { kind: 'nearly', waitMs: 8_000 }],
    ['2026-11-25T12:30:00.000Z', { kind: 'nearly', waitMs: 60_000 }],
    ['2026-11-25T12:29:59.999Z', { kind: 'far' }],
  ])('at %s is %j', (now, end) => {
    expect(windowEnd(order, { kind: 'window_closed' }, now)).toEqual(end);
  });

  it('of a partial order is its own', () => {
    const ended = { kind: 'partial_window_ended' } as const;
    expect(windowEnd({ ...order, status: 'partial' }, ended, '2026-12-02T12:29:59.000Z')).toEqual({
      kind: 'nearly',
      waitMs: 1_000,
    });
  });

  it('is tried again every minute when its own clock rings far too early, so that the ringing is not used up', () => {
    const own = { kind: 'window_closed', deadline: order.expiresAt } as const;
    expect(windowEnd(order, own, '2026-11-25T11:00:00.000Z')).toEqual({
      kind: 'ahead',
      waitMs: 60_000,
      aheadMs: 7_200_000,
    });
  });

  it('is far when the clock ran to another end: with a late address a new window began', () => {
    const before = { kind: 'window_closed', deadline: '2026-11-25T12:50:00.000Z' } as const;
    expect(windowEnd(order, before, '2026-11-25T12:50:01.000Z')).toEqual({ kind: 'far' });
    expect(windowEnd(order, before, '2026-11-25T13:00:01.000Z')).toEqual({ kind: 'far' });
    const own = { kind: 'window_closed', deadline: order.expiresAt } as const;
    expect(windowEnd(order, own, '2026-11-25T13:00:00.000Z')).toEqual({ kind: 'reached' });
  });
});

describe('an address', () => {
  const wanting = { ...order, provider: 'nowpayments', requestedCoin: 'btc', payAddress: null } as const;
  const [before, at] = ['2026-11-25T12:59:59.999Z', '2026-11-25T13:00:00.000Z'];

  it('may be made while the order waits without one, and not a millisecond after the trying is over', () => {
    expect(mayMint(wanting, before)).toBe(true);
    expect(mayMint(wanting, at)).toBe(false);
  });

  it.each([
    { payAddress: 'T1' },
    { provider: 'stub' },
    { requestedCoin: null },
    { status: 'cancelled' },
    { status: 'failed' },
  ] as const)('is not made for an order that is %j', (over) =>
    expect(mayMint({ ...wanting, ...over }, before)).toBe(false),
  );

  it('may be paid until the window that began with it is over', () => {
    expect(isPayWindowOver(order, before)).toBe(false);
    expect(isPayWindowOver(order, at)).toBe(true);
    expect(isPayWindowOver({ ...order, status: 'confirming' }, before)).toBe(true);
  });
});
