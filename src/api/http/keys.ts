import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { wireWords } from '../../domain/brand.js';
import type { Mode } from '../../domain/ids.js';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const keyShape = new RegExp(`^${wireWords.keyPrefix}(?:live|test)_[0-9A-Za-z]{38}$`);
const prefixLength = 16;

export interface MintedKey {
  readonly key: string; // shown once
  readonly prefix: string;
  readonly sha256: Buffer;
}

/** A new key: `ds_live_`, 32 random characters, 6 of checksum. */
export function mintKey(mode: Mode): MintedKey {
  const random = Array.from({ length: 32 }, () => base62[randomInt(base62.length)]).join('');
  const body = `${wireWords.keyPrefix}${mode}_${random}`;
  const key = body + checksum(body);
  return { key, prefix: keyPrefix(key), sha256: hashKey(key) };
}

/** Whether a key can be one of ours at all: typos and guesses cost no query. */
export function isWellFormedKey(key: string): boolean {
  return keyShape.test(key) && checksum(key.slice(0, -6)) === key.slice(-6);
}

/** The part of a key that finds its row. */
export function keyPrefix(key: string): string {
  return key.slice(0, prefixLength);
}

export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

const nobody = Buffer.alloc(32);

/** Compares in the same time whether or not there is a row. */
export function isSameKey(key: string, stored: Buffer | null): boolean {
  return timingSafeEqual(hashKey(key), stored ?? nobody) && stored !== null;
}

function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (; rest > 0; rest = Math.floor(rest / 62)) digits = base62.charAt(rest % 62) + digits;
  return digits.padStart(6, '0');
}
