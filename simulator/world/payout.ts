import { divideDown, multiply, type AmountText } from '../decimal.js';
import { findCoin } from './coins.js';

export const payoutCurrency = 'usdttrc20';
const KEPT_AFTER_FEE = '0.995';

/** What reaches the merchant of so many coins: exchanged, less the provider's fee. */
export function payoutOf(amount: AmountText, currency: string): AmountText {
  const payout = findCoin(payoutCurrency);
  const usd = multiply(amount, findCoin(currency)?.usd ?? '0');
  return divideDown(multiply(usd, KEPT_AFTER_FEE), payout?.usd ?? '1', payout?.decimals ?? 6);
}
