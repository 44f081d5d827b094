import { describe, expect, it } from 'vitest';
import {
  addCoins,
  coinAmount,
  compareCoins,
  defaultTolerance,
  highestAccepted,
  isZeroCoins,
  sameAmount,
  scaleCoins,
  smallerCoins,
  subtractCoins,
  weigh,
  zeroCoins,
} from '../../src/domain/money.js';
import { coins } from '../support/a-payment.js';

describe('a coin amount', () => {
  it.each(['0', '49.1', '0.000000000000000000000000000001', '100.0', '1234567890123456789012345678901234567890'])(
    'is plain decimal text, kept as written: %s',
    (text) => expect(coinAmount(text)).toBe(text),
  );

  it.each([
    '',
    ' ',
    '-1',
    '+1',
    '1e2',
    '1E-7',
    'NaN',
    'Infinity',
    '0x10',
    '.5',
    '5.',
    '1,5',
    ' 1',
    '1 ',
    '1.2.3',
    '１',
    '1\n',
  ])('is not %j', (text) => expect(coinAmount(text)).toBeNull());
});

describe('sums', () => {
  it.each([
    [['0.1', '0.2'], '0.3'],
    [['0.00000001', '99.99999999'], '100'],
    [['9007199254740993', '1'], '9007199254740994'],
    [['0.000000000000000000000000000001', '1'], '1.000000000000000000000000000001'],
    [[], '0'],
    [['1.50'], '1.5'],
  ])('%j make %s', (parts, sum) => {
    expect(addCoins(...parts.map(coins))).toBe(sum);
  });

  it('are plain decimals at every size, never exponents', () => {
    expect(addCoins(coins('0.0000000001'), coins('0.0000000001'))).toBe('0.0000000002');
    expect(addCoins(coins('1000000000000000000000000'), coins('1'))).toBe('1000000000000000000000001');
  });

  it.each([
    ['100', '49.1', '50.9'],
    ['0.3', '0.1', '0.2'],
    ['1', '1', '0'],
    ['1', '2', '0'], // never below zero
  ])('%s − %s is %s', (a, b, rest) => {
    expect(subtractCoins(coins(a), coins(b))).toBe(rest);
  });
});

describe('comparing', () => {
  it.each([
    ['1', '1.000', 0],
    ['0.1', '0.09', 1],
    ['9', '10', -1], // as numbers, not as text
    ['0.1000000000000000000001', '0.1', 1],
  ])('%s with %s: %i', (a, b, order) => {
    expect(compareCoins(coins(a), coins(b))).toBe(order);
  });

  it('knows equal amounts and zero in any spelling', () => {
    expect(sameAmount('49', '49.00')).toBe(true);
    expect(sameAmount('49', '49.001')).toBe(false);
    expect(isZeroCoins(zeroCoins)).toBe(true);
    expect(isZeroCoins(coins('0.000'))).toBe(true);
    expect(isZeroCoins(coins('0.001'))).toBe(false);
  });

  it('finds the smaller', () => {
    expect(smallerCoins(coins('9'), coins('10'))).toBe('9');
    expect(smallerCoins(coins('10'), coins('9'))).toBe('9');
  });
});

describe('a part of an amount', () => {
  it.each([
    ['100', 1, 4, 2, '25'],
    ['100', 1, 3, 2, '33.34'],
    ['0.0003', 4900, 10_000, 8, '0.000147'],
    ['1', 1, 3, 0, '1'],
    ['7', 3, 3, 6, '7'],
  ] as const)(
    '%s × %i ÷ %i in %i decimals is %s: up, so that nothing is missing',
    (amount, part, whole, decimals, is) => {
      expect(scaleCoins(coins(amount), { part, whole }, decimals)).toBe(is);
    },
  );
});

describe('the tolerance', () => {
  it('is one percent on either side', () => {
    expect(defaultTolerance).toEqual({ under: '0.01', over: '0.01' });
  });

  it.each([
    ['48.608999', '49.1', 'short'],
    ['48.609', '49.1', 'enough'], // 99 % exactly
    ['49.1', '49.1', 'enough'],
    ['49.591', '49.1', 'enough'], // 101 % exactly
    ['49.591001', '49.1', 'over'],
    ['0', '49.1', 'short'],
    ['0.00000000000000000098', '0.00000000000000000099', 'short'],
    ['0.00000000000000000099', '0.000000000000000001', 'enough'],
  ])('%s of %s is %s', (arrived, owed, weight) => {
    expect(weigh(coins(arrived), coins(owed), defaultTolerance)).toBe(weight);
  });

  it('lets an order absorb 101 %', () => {
    expect(highestAccepted(coins('49.1'), defaultTolerance)).toBe('49.591');
    expect(highestAccepted(coins('49.1'), { under: '0.01', over: '0' })).toBe('49.1');
  });
});
