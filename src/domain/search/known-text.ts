/** What a text may name beside being a part of one, each as it is on record. */
export interface KnownText {
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly address: string | null;
  readonly transaction: readonly string[]; // spellings of one hash
}

const separators = /[\s\-_–—]+/g;

/** The end of an id that was cut off for the eye. */
const cut = /(?:…|\.{3})$/;

/** What somebody may have copied: an order id in any spelling, a payment's number, an address, a transaction's hash. */
export function knownText(given: string): KnownText {
  const text = given.trim();
  const bare = text.replace(separators, '');
  const [, hex] = /^(?:ord)?([0-9a-f]{12})$/i.exec(bare) ?? [];
  const isAddress = /^[A-Za-z0-9:]{10,200}$/.test(text);
  return {
    orderId: hex === undefined ? null : `ord_${hex.toLowerCase()}`,
    paymentId: /^[1-9]\d{3,31}$/.test(bare) ? bare : null,
    address: isAddress ? foldedAddress(text) : null,
    transaction: spellingsOf(text),
  };
}

/** The part of a text that is looked for: the beginning of an order id may be spelled in any way, and be cut off. */
export function neededPart(given: string): string {
  const text = given.replace(cut, '');
  const [, hex] = /^ord[\s\-_–—]*([0-9a-f][0-9a-f\s\-_–—]*)$/i.exec(text) ?? [];
  if (hex === undefined) return text;
  return `ord_${hex.replace(separators, '').toLowerCase()}`;
}

/** Hex addresses of Ethereum and its like are the same in any case of letters. */
function foldedAddress(address: string): string {
  return /^0x[0-9a-f]{40}$/i.test(address) ? address.toLowerCase() : address;
}

/** Hashes of hex come with and without their 0x, in either case; others, as Solana's, are as they are. */
function spellingsOf(text: string): string[] {
  const [, hex] = /^(?:0x)?([0-9a-f]{32,128})$/i.exec(text) ?? [];
  if (hex !== undefined) return [hex.toLowerCase(), `0x${hex.toLowerCase()}`];
  return /^[1-9A-HJ-NP-Za-km-z]{40,100}$/.test(text) ? [text.toLowerCase()] : [];
}
