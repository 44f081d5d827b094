import { expect, it } from 'vitest';
import { isLooser } from '../../src/domain/cases/looser-policy.js';
import { defaultPolicy, type Policy } from '../../src/domain/cases/policy.js';

const installation = { under: '0.01', over: '0.01' };
const late = (withinMinutes: number, rateBandPercent: string) => ({ withinMinutes, rateBandPercent });

it.each<[string, Partial<Policy>, Partial<Policy>, boolean]>([
  ['the same', {}, {}, false],
  ['more may be missing', { tolerancePercent: '2' }, {}, true],
  ['as much as the installation lets be missing', { tolerancePercent: '1' }, {}, false],
  ['less may be missing', { tolerancePercent: '0.5' }, { tolerancePercent: '2' }, false],
  ['the installation’s share after a smaller one', { tolerancePercent: null }, { tolerancePercent: '0.5' }, true],
  ['a cap', { toleranceCapCents: 100 }, {}, false],
  ['a higher cap', { toleranceCapCents: 200 }, { toleranceCapCents: 100 }, true],
  ['no cap any more', { toleranceCapCents: null, tolerancePercent: '0.1' }, { toleranceCapCents: 100 }, true],
  ['an excess is kept', { overpaid: 'keep' }, {}, true],
  ['an excess is looked at', { overpaid: 'case' }, { overpaid: 'keep' }, false],
  ['late money is taken', { late: late(10, '1') }, {}, true],
  ['late money is not taken any more', { late: null }, { late: late(10, '1') }, false],
  ['later money', { late: late(11, '1') }, { late: late(10, '1') }, true],
  ['a wider band', { late: late(5, '1.5') }, { late: late(10, '1') }, true],
  ['a narrower one, sooner', { late: late(5, '0.5') }, { late: late(10, '1') }, false],
  ['a longer wait for the rest', { partialWindowMinutes: 600 }, {}, false],
])('%s', (_name, after, before, looser) => {
  expect(isLooser({ ...defaultPolicy, ...after }, { ...defaultPolicy, ...before }, installation)).toBe(looser);
});
