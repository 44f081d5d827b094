import { createHmac } from 'node:crypto';
import { compare } from '../compare.js';
import type { Forgery } from '../world/tasks.js';
import { canonicalise } from './canonical-json.js';

export type SignatureForm = 'A' | 'B' | 'C' | 'none';

export function hmacHex(text: string, secret: string, algorithm: 'sha512' | 'sha256' = 'sha512'): string {
  return createHmac(algorithm, secret).update(text).digest('hex');
}

/** A: tokens as written. B: as `JSON.parse` and `JSON.stringify` would print them. C: the bytes themselves. */
export function signBody(body: string, secret: string, form: SignatureForm): string | null {
  switch (form) {
    case 'A':
      return hmacHex(canonicalise(body), secret);
    case 'B':
      return hmacHex(JSON.stringify(sortKeys(JSON.parse(body))), secret);
    case 'C':
      return hmacHex(body, secret);
    case 'none':
      return null;
  }
}

/** `otherBody` is what the provider would truthfully sign for some other order. */
export function forgeSignature(
  how: Forgery,
  given: { body: string; otherBody: string; secret: string },
): string | null {
  const { body, otherBody, secret } = given;
  switch (how) {
    case 'wrong_secret':
      return signBody(body, `not-${secret}`, 'A');
    case 'no_signature':
      return null;
    case 'sha256':
      return hmacHex(canonicalise(body), secret, 'sha256');
    case 'bit_flip':
      return flipLastBit(signBody(body, secret, 'A') ?? '');
    case 'other_order':
      return signBody(otherBody, secret, 'A');
  }
}

function flipLastBit(hex: string): string {
  return hex.slice(0, -1) + (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16);
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([left], [right]) => compare(left, right));
  return Object.fromEntries(members.map(([key, member]) => [key, sortKeys(member)]));
}
