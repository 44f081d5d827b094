import { Big } from 'big.js';
import { code as currencyByCode } from 'currency-codes';
import type { CoinAmount } from './money.js';

export interface Price {
  readonly cents: number; // integer minor units of `currency`
  readonly currency: string; // ISO 4217, three capitals
}

// The package has ISO 4217's list one as of 2024-06-25; what the maintenance agency decided since stands here. Withdrawn codes
// (ANG, BGN) stay known: orders in them are still shown, and the provider says whether it has a rate.
const digitsSince: Readonly<Record<string, number>> = { XCG: 2 }; // amendment 176: the Caribbean guilder, since 2025-03-31

// Metals, bond units, test and no-currency codes: ISO defines no minor unit, so no price can be exact in them.
const undefinedExponent = new Set('XAU XAG XPT XPD XBA XBB XBC XBD XDR XSU XUA XTS XXX'.split(' '));

/** Decimal places of an ISO 4217 currency in capitals; null when it is unknown or has none defined (`XXX`). */
export function currencyExponent(currency: string): number | null {
  if (!/^[A-Z]{3}$/.test(currency) || undefinedExponent.has(currency)) return null;
  return currencyByCode(currency)?.digits ?? digitsSince[currency] ?? null;
}

/** 4900 USD is `49.00`, 4900 JPY `4900`, 4900 KWD `4.900`. */
export function priceText({ cents, currency }: Price): string {
  const exponent = currencyExponent(currency) ?? 0;
  return new Big(cents).div(new Big(10).pow(exponent)).toFixed(exponent);
}

/** A sum as people write it, in minor units; null: no such currency, more decimal places than it has, or nothing. */
export function priceIn(currency: string, amount: string): Price | null {
  const exponent = currencyExponent(currency);
  if (exponent === null) return null;
  const minor = new Big(amount).times(new Big(10).pow(exponent));
  const isWhole = minor.eq(minor.round(0)) && minor.gt(0) && minor.lte(Number.MAX_SAFE_INTEGER);
  return isWhole ? { cents: minor.toNumber(), currency } : null;
}

/** What coins are worth at the rate an order was quoted, in minor units of its currency. */
export function worthAtQuote(price: Price, owed: CoinAmount, coins: CoinAmount): number {
  return new Big(coins).times(price.cents).div(owed).round(0, Big.roundHalfUp).toNumber();
}

/** Whether a price is less than so many major units of its currency. */
export function isBelow(price: Price, majorUnits: number): boolean {
  return new Big(priceText(price)).lt(majorUnits);
}
