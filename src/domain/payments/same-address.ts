const hexAddress = /^0x[0-9a-f]{40}$/i;

/** Hex addresses of Ethereum and its like are the same in any case of letters: capitals are only their checksum. */
export function sameAddress(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return hexAddress.test(a) && hexAddress.test(b) ? a.toLowerCase() === b.toLowerCase() : a === b;
}
