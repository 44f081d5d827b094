/** Text is ordered by UTF-16 code units, as `<` does and as the provider's own JavaScript does. */
export function compare(left: number | string, right: number | string): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}
