import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { purposeKeys, type Keyring } from './seal.js';

/** A public key as a JWK; `kid` is its RFC 7638 thumbprint. */
export interface ReceiptKey {
  readonly kid: string;
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
}

/** What an operator chose to sign with: 32 bytes each. */
export interface ReceiptSeeds {
  readonly current: Buffer | null; // null: derived from the master key
  readonly previous: readonly Buffer[]; // no longer signing, still published
}

export interface ReceiptSigner {
  /** `ed25519;kid=<kid>;sig=<base64url>` over these bytes. The same key and bytes give the same text. */
  sign(body: Buffer): string;
  /** The key that signs now, then all that ever signed: what was downloaded years ago is still checked. */
  readonly keys: readonly ReceiptKey[];
}

const pkcs8OfSeed = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410: what stands before the 32 bytes

/**
 * Signs receipts with the installation's own key, or, without one, with a key derived from the master key. Derived keys
 * stay published beside an own one, so that either can be introduced, or rotated, at any time.
 */
export function createReceiptSigner(keyring: Keyring, seeds: ReceiptSeeds): ReceiptSigner {
  const derived = purposeKeys(keyring, 'receipt-signing');
  const pairs = [...(seeds.current ? [seeds.current] : []), ...derived, ...seeds.previous].map(pairOf);
  const [current] = pairs;
  if (!current) throw new Error('a keyring without a key');
  return {
    sign: (body) => `ed25519;kid=${current.key.kid};sig=${sign(null, body, current.secret).toString('base64url')}`,
    keys: pairs.map(({ key }) => key),
  };
}

/** Whether one of these keys made a signature, `ed25519;kid=<kid>;sig=<base64url>`, over these bytes. */
export function isSignedBy(keys: readonly ReceiptKey[], body: Buffer, signature: string): boolean {
  const [, kid, made] = /^ed25519;kid=([\w-]+);sig=([\w-]+)$/.exec(signature) ?? [];
  const key = keys.find((each) => each.kid === kid);
  if (!key || made === undefined) return false;
  const { kty, crv, x } = key;
  return verify(null, body, createPublicKey({ key: { kty, crv, x }, format: 'jwk' }), Buffer.from(made, 'base64url'));
}

function pairOf(seed: Buffer): { secret: KeyObject; key: ReceiptKey } {
  const secret = createPrivateKey({ key: Buffer.concat([pkcs8OfSeed, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(secret).export({ format: 'jwk' });
  const thumbprint = JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x });
  const kid = createHash('sha256').update(thumbprint).digest('base64url');
  return { secret, key: { kid, kty: 'OKP', crv: 'Ed25519', x } };
}
