import { describe, expect, it } from 'vitest';
import { defaultClocks, isoAfter } from '../../src/domain/timing.js';

describe('the clocks', () => {
  it('are those of the design, in milliseconds', () => {
    expect(defaultClocks).toEqual({
      payWindowMs: 3_600_000, // 60 minutes
      pollGraceMs: 120_000, // 2 minutes
      partialWindowMs: 604_800_000, // 7 days
      lateWatchMs: 604_800_000, // 7 days
      slowConfirmationMs: 86_400_000, // a day
    });
  });
});

describe('an instant after another', () => {
  it.each([
    ['2026-11-25T12:00:00.000Z', 3_600_000, '2026-11-25T13:00:00.000Z'],
    ['2026-12-31T23:59:59.999Z', 1, '2027-01-01T00:00:00.000Z'],
    ['2028-02-28T12:00:00.000Z', 86_400_000, '2028-02-29T12:00:00.000Z'], // a leap year
    ['2026-03-29T00:30:00.000Z', 3_600_000, '2026-03-29T01:30:00.000Z'], // no summer time in UTC
    ['2026-11-25T12:00:00Z', 0, '2026-11-25T12:00:00.000Z'], // always milliseconds
    ['2026-11-25T14:00:00+02:00', 0, '2026-11-25T12:00:00.000Z'],
  ])('%s + %i ms is %s', (iso, ms, after) => {
    expect(isoAfter(iso, ms)).toBe(after);
  });

  it('of no instant is an error, not a silent NaN', () => {
    expect(() => isoAfter('tomorrow', 1)).toThrow(RangeError);
  });
});
