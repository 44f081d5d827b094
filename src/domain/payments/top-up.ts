import { compareCoins, isZeroCoins, type CoinAmount } from '../money.js';

/**
 * What a payer is asked for to complete an order: exactly what is missing, but never less than the provider takes of the
 * coin, since less would be lost.
 */
export function topUpAmount(due: CoinAmount, floor: CoinAmount | null): CoinAmount {
  if (floor === null || isZeroCoins(due)) return due;
  return compareCoins(due, floor) < 0 ? floor : due;
}
