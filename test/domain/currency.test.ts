import { codes, publishDate } from 'currency-codes';
import { describe, expect, it } from 'vitest';
import { currencyExponent, isBelow, priceText } from '../../src/domain/currency.js';

describe('the exponent of a currency', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['CLP', 0],
    ['KWD', 3],
    ['BHD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['XCG', 2], // since 2025
    ['ZWG', 2], // since 2024
    ['ANG', 2], // withdrawn: orders in it are still shown
  ])('%s: %i', (currency, exponent) => {
    expect(currencyExponent(currency)).toBe(exponent);
  });

  it.each(['XXX', 'XTS', 'XAU', 'XDR', 'usd', 'Usd', 'US', 'USDT', 'U$D', 'ＵＳＤ', 'ZZZ', '', 'USD ', '840'])(
    '%j has none',
    (currency) => expect(currencyExponent(currency)).toBeNull(),
  );
});

describe('the list of currencies', () => {
  it('is that of 2024-06-25 with what came since: after an update of the package, drop what it has by itself', () => {
    expect(publishDate).toBe('2024-06-25');
    expect(codes()).not.toContain('XCG');
  });
});

describe('a price as text', () => {
  it.each([
    [4900, 'USD', '49.00'],
    [1, 'USD', '0.01'],
    [1_000_000, 'USD', '10000.00'],
    [8000, 'EUR', '80.00'],
    [4900, 'JPY', '4900'],
    [4900, 'KWD', '4.900'],
    [1, 'KWD', '0.001'],
    [9007199254740991, 'USD', '90071992547409.91'],
  ])('%i %s is %s', (cents, currency, text) => {
    expect(priceText({ cents, currency })).toBe(text);
  });
});

describe('a floor in major units', () => {
  it.each([
    [1999, 'USD', 20, true],
    [2000, 'USD', 20, false],
    [19, 'JPY', 20, true],
    [20, 'JPY', 20, false],
    [19_999, 'KWD', 20, true],
    [20_000, 'KWD', 20, false],
    [1, 'USD', 0, false], // 0 is off
  ])('%i %s below %i: %s', (cents, currency, floor, below) => {
    expect(isBelow({ cents, currency }, floor)).toBe(below);
  });
});
