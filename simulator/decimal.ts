import { Big } from 'big.js';

// A constructor of our own: big.js keeps its precision on the constructor, and nobody else may move ours.
const Decimal = Big();
const AWAY_FROM_ZERO = 3;
const TOWARDS_ZERO = 0;

export type AmountText = string;

/** One division, rounded up once: what a payer is asked for must never be a hair too small. */
export function divideUp(dividend: AmountText, divisor: AmountText, decimals: number): AmountText {
  Decimal.DP = decimals;
  Decimal.RM = AWAY_FROM_ZERO;
  return new Decimal(dividend).div(divisor).toFixed();
}

export function divideDown(dividend: AmountText, divisor: AmountText, decimals: number): AmountText {
  Decimal.DP = decimals;
  Decimal.RM = TOWARDS_ZERO;
  return new Decimal(dividend).div(divisor).toFixed();
}

export function multiply(left: AmountText, right: AmountText): AmountText {
  return new Decimal(left).times(right).toFixed();
}

export function multiplyUp(left: AmountText, right: AmountText, decimals: number): AmountText {
  return new Decimal(left).times(right).round(decimals, AWAY_FROM_ZERO).toFixed();
}

export function add(left: AmountText, right: AmountText): AmountText {
  return new Decimal(left).plus(right).toFixed();
}

export function subtract(left: AmountText, right: AmountText): AmountText {
  return new Decimal(left).minus(right).toFixed();
}

export function isLess(left: AmountText, right: AmountText): boolean {
  return new Decimal(left).lt(right);
}

export function isPositive(amount: AmountText): boolean {
  return new Decimal(amount).gt(0);
}

/** Plain notation, or null when the text is no number at all. */
export function parseAmount(text: string): AmountText | null {
  try {
    return new Decimal(text).toFixed();
  } catch {
    return null;
  }
}

export function toExponent(amount: AmountText): string {
  return new Decimal(amount).toExponential();
}
