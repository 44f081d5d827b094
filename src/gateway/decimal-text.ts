import { coinAmount, type CoinAmount } from '../domain/money.js';

const number = /^(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
const mostDigits = 80; // a float written out in full has up to sixty

/**
 * An amount as the provider spells it, as plain decimal text. Exponents are expanded here, once. Null for anything that
 * is not a non-negative decimal of at most 80 digits: a sign, `NaN`, hex, blanks, leading zeros.
 */
export function amountText(spelled: string): CoinAmount | null {
  const [, whole, fraction = '', exponent = '0'] = number.exec(spelled) ?? [];
  if (whole === undefined) return null;
  const plain = shifted(whole, fraction, Number(exponent));
  return digitsOf(plain) > mostDigits ? null : coinAmount(plain);
}

/** `49.60` is `49.6`, `100.0` is `100`: one spelling for equal amounts. */
export function withoutTrailingZeros(amount: CoinAmount): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

function shifted(whole: string, fraction: string, places: number): string {
  const digits = whole + fraction;
  const point = whole.length + places;
  const left = digits
    .slice(0, Math.max(point, 0))
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
  const right = digits.slice(Math.max(point, 0)).padStart(digits.length - point, '0');
  return `${left || '0'}${right && `.${right}`}`;
}

function digitsOf(plain: string): number {
  return plain.replace(/^0(?=\.)/, '').replace('.', '').length;
}
