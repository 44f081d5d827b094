import {
  addCoins,
  compareCoins,
  highestAccepted,
  isZeroCoins,
  largerCoins,
  zeroCoins,
  type CoinAmount,
  type Tolerance,
} from '../money.js';

/**
 * What a payer is asked for to complete an order: exactly what is missing, but never less than the provider takes of the
 * coin, since less would be lost.
 */
export function topUpAmount(due: CoinAmount, floor: CoinAmount | null): CoinAmount {
  if (floor === null || isZeroCoins(due)) return due;
  return compareCoins(due, floor) < 0 ? floor : due;
}

/**
 * The most that an order may get before a person looks at the excess: what it owes and the tolerance, or, where a part of
 * it had come and a top-up was asked for, that part and the floor that was asked for. What we ask for is never too much.
 */
export function mostExpected(
  deposits: readonly CoinAmount[], // in the order of their arrival
  { payAmount: owed, topUpFloor: floor }: { readonly payAmount: CoinAmount; readonly topUpFloor: CoinAmount | null },
  tolerance: Tolerance,
): CoinAmount {
  let most = highestAccepted(owed, tolerance);
  if (floor === null) return most;
  let before = zeroCoins;
  for (const deposit of deposits) {
    const isPart = !isZeroCoins(before) && compareCoins(before, owed) < 0;
    if (isPart) most = largerCoins(most, addCoins(before, highestAccepted(floor, tolerance)));
    before = addCoins(before, deposit);
  }
  return most;
}
