import { Big } from 'big.js';

declare const tag: unique symbol;
/** A coin amount as the provider wrote it: plain decimal text, never a float. */
export type CoinAmount = string & { readonly [tag]: 'CoinAmount' };

/** How far from the owed amount still counts as paid, as fractions of 1. */
export interface Tolerance {
  readonly under: string; // '0.01': 99 % is enough
  readonly over: string; // '0.01': more than 101 % opens a case; what is beyond 100 % is excess either way
}

export const defaultTolerance: Tolerance = { under: '0.01', over: '0.01' };

const plainDecimal = /^\d+(\.\d+)?$/;

export const zeroCoins = '0' as CoinAmount;

/** Takes plain, non-negative decimal text; null for anything else (sign, exponent, blanks, words). */
export function coinAmount(text: string): CoinAmount | null {
  return plainDecimal.test(text) ? (text as CoinAmount) : null;
}

export function addCoins(...amounts: CoinAmount[]): CoinAmount {
  return amounts.reduce((sum, next) => sum.plus(next), new Big(0)).toFixed() as CoinAmount;
}

/** `a - b`, never below zero. */
export function subtractCoins(a: CoinAmount, b: CoinAmount): CoinAmount {
  const rest = new Big(a).minus(b);
  return (rest.lt(0) ? '0' : rest.toFixed()) as CoinAmount;
}

/** `amount × part ÷ whole`, rounded up to so many decimals. */
export function scaleCoins(
  amount: CoinAmount,
  { part, whole }: { readonly part: number; readonly whole: number },
  decimals: number,
): CoinAmount {
  const scaled = new Big(amount).times(part).div(whole);
  return scaled.round(decimals, Big.roundUp).toFixed() as CoinAmount;
}

export function compareCoins(a: CoinAmount, b: CoinAmount): -1 | 0 | 1 {
  return new Big(a).cmp(b);
}

export function isZeroCoins(amount: CoinAmount): boolean {
  return new Big(amount).eq(0);
}

export function sameAmount(a: string, b: string): boolean {
  return new Big(a).eq(b);
}

export function smallerCoins(a: CoinAmount, b: CoinAmount): CoinAmount {
  return compareCoins(a, b) <= 0 ? a : b;
}

export function largerCoins(a: CoinAmount, b: CoinAmount): CoinAmount {
  return compareCoins(a, b) >= 0 ? a : b;
}

/** Where `arrived` stands against `owed`: short of it, enough, or beyond the tolerance. */
export function weigh(arrived: CoinAmount, owed: CoinAmount, tolerance: Tolerance): 'short' | 'enough' | 'over' {
  if (new Big(arrived).lt(new Big(owed).times(new Big(1).minus(tolerance.under)))) return 'short';
  return new Big(arrived).gt(highestAccepted(owed, tolerance)) ? 'over' : 'enough';
}

/** The most that may arrive for `owed` before a person looks at the excess. */
export function highestAccepted(owed: CoinAmount, tolerance: Tolerance): CoinAmount {
  return new Big(owed).times(new Big(1).plus(tolerance.over)).toFixed() as CoinAmount;
}
