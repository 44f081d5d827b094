import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { assert } from '../../domain/invariant.js';

// 32 MiB and some 200 ms a guess (OWASP's N = 2^15, r = 8, p = 3). What a hash was made with stands in it, so that
// later ones may cost more.
const cost = { N: 2 ** 15, r: 8, p: 3 } as const;
const keyBytes = 32;

/** `scrypt$<N>$<r>$<p>$<salt>$<key>`; equal passwords have different hashes. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Whether the password is the stored one. Without a stored one it takes as long and answers no. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = (stored ?? (await nobody())).split('$');
  assert(scheme === 'scrypt' && salt && key, 'a stored password is unreadable');
  const expected = Buffer.from(key, 'base64url');
  const shown = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(shown, expected) && stored !== null;
}

let nobodyHash: Promise<string> | null = null;

function nobody(): Promise<string> {
  return (nobodyHash ??= hashPassword(randomBytes(16).toString('hex')));
}

function derive(password: string, salt: Buffer, { N, r, p }: { N: number; r: number; p: number }): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
  // What is typed on another keyboard may be the same letters in another composition.
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, keyBytes, options, (failure, key) => (failure ? reject(failure) : resolve(key)));
  });
}
