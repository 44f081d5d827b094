import { createHash } from 'node:crypto';

/**
 * Chance without state: the n-th value of a stream depends on the seed, the stream's name and n alone, so a replayed
 * journal or a second fault rule never shifts anybody else's numbers.
 */
export function seededBytes(seed: number, stream: string, n: number): Buffer {
  return createHash('sha512').update(`${seed}\n${stream}\n${n}`).digest();
}

/** Uniform in [0, 1). */
export function seededFraction(seed: number, stream: string, n: number): number {
  return seededBytes(seed, stream, n).readUIntBE(0, 6) / 2 ** 48;
}

export function seededText(seed: number, stream: string, n: number, length: number, alphabet: string): string {
  const bytes = seededBytes(seed, stream, n);
  let text = '';
  for (let i = 0; i < length; i += 1) text += alphabet.charAt(bytes.readUInt8(i % bytes.length) % alphabet.length);
  return text;
}

/** Digits that start with 4, 5 or 6, as the provider's ids do today; 19 of them still fit in a signed 64-bit integer. */
export function seededDigits(seed: number, stream: string, n: number, length: number): string {
  return seededText(seed, stream, n, 1, '456') + seededText(seed, `${stream}-tail`, n, length - 1, '0123456789');
}

export function seededHex(seed: number, stream: string, n: number, length: number): string {
  return seededBytes(seed, stream, n).toString('hex').slice(0, length);
}
