/** What the provider's list of coins said, by the codes that can be paid in. */
export interface CoinLists {
  readonly read: readonly string[]; // just now
  readonly good: readonly string[] | null; // believed last; null: none yet
  readonly doubted: readonly string[] | null; // the reading before this one, if it was not believed
}

const fewestToShrink = 8;
const mostLost = 3 / 4;

/**
 * Why a list is not to be believed; null when it is. Orders whose coin is not on it get no address, for good, so a list
 * that a failing provider cut short must not count. An empty one never does: nobody sells for no coin. One that lost more
 * than three quarters at once counts when the next reading says the same: a merchant may untick most of his coins, and
 * then it stays so. Fewer than eight coins are too few to tell a cut from a choice.
 */
export function doubtOf({ read, good, doubted }: CoinLists): string | null {
  if (read.length === 0) return 'the list of coins is empty';
  if (good === null || good.length < fewestToShrink) return null;
  if (read.length >= good.length * (1 - mostLost)) return null;
  if (doubted !== null && isSame(read, doubted)) return null;
  return `the list of coins shrank from ${good.length} to ${read.length}`;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  const codes = new Set(b);
  return a.length === codes.size && a.every((code) => codes.has(code));
}
