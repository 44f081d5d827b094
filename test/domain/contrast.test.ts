import { describe, expect, it } from 'vitest';
import { contrastOf, leastContrast, lightenedFor } from '../../src/domain/merchant/contrast.js';

describe('contrast', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54], // the lightest grey that WCAG lets stand on white
    ['#0b6b63', '#ffffff', 6.37],
  ])('of %s on %s is %d', (one, other, expected) => {
    expect(contrastOf(one, other)).toBeCloseTo(expected, 2);
    expect(contrastOf(other, one)).toBe(contrastOf(one, other));
  });

  it('of a colour that is lightened is enough, and one that is enough stays', () => {
    expect(lightenedFor('#12301f', '#9fe3ff')).toBe('#9fe3ff');
    for (const colour of ['#000000', '#7a2e8a', '#0000ff', '#b00020']) {
      expect(contrastOf(lightenedFor('#12301f', colour), '#12301f')).toBeGreaterThanOrEqual(leastContrast);
    }
  });
});
