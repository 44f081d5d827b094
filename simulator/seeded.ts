import { createHash } from 'node:crypto';

/**
 * Chance without state: the n-th value of a stream depends on the seed, the stream's name and n alone, so a replayed
 * journal or a second fault rule never shifts anybody else's numbers.
 */
export interface Draw {
  seed: number;
  stream: string;
  n: number;
}

export function seededBytes({ seed, stream, n }: Draw): Buffer {
  return createHash('sha512').update(`${seed}\n${stream}\n${n}`).digest();
}

/** Uniform in [0, 1). */
export function seededFraction(draw: Draw): number {
  return seededBytes(draw).readUIntBE(0, 6) / 2 ** 48;
}

export function seededText(draw: Draw, length: number, alphabet: string): string {
  const bytes = seededBytes(draw);
  let text = '';
  for (let i = 0; i < length; i += 1) text += alphabet.charAt(bytes.readUInt8(i % bytes.length) % alphabet.length);
  return text;
}

/** Digits that start with 4, 5 or 6, as the provider's ids do today; 19 of them still fit in a signed 64-bit integer. */
export function seededDigits(draw: Draw, length: number): string {
  const first = seededText(draw, 1, '456');
  const tail = seededText({ ...draw, stream: `${draw.stream}-tail` }, length - 1, '0123456789');
  return first + tail;
}

export function seededHex(draw: Draw, length: number): string {
  return seededBytes(draw).toString('hex').slice(0, length);
}
