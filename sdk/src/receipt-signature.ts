import { webCrypto } from './webcrypto.js';

/** A public key as a JWK. */
export interface ReceiptKey {
  kid: string;
  kty: 'OKP';
  crv: 'Ed25519';
  /** Base64url of the 32 bytes. */
  x: string;
}

/** What `/.well-known/quittance-receipts.json` answers. */
export interface ReceiptKeys {
  keys: ReceiptKey[];
}

export interface VerifyReceiptOptions {
  /** The JSON receipt exactly as served. */
  body: string | Uint8Array;
  /** `x-driftstack-receipt-signature`: `ed25519;kid=<kid>;sig=<base64url>`. */
  header: string;
  keys: ReceiptKeys;
}

/** Whether one of the keys signed these bytes. Throws only where WebCrypto has no Ed25519. */
export async function verifyReceiptSignature({ body, header, keys }: VerifyReceiptOptions): Promise<boolean> {
  const signed = parseReceiptSignature(header);
  const key = signed && receiptKey(keys, signed.kid);
  if (!signed || !key) return false;
  const subtle = await webCrypto();
  if (!subtle) throw new TypeError('no WebCrypto here');
  const bytes = new Uint8Array(typeof body === 'string' ? new TextEncoder().encode(body) : body);
  const publicKey = await subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  return subtle.verify('Ed25519', publicKey, signed.signature, bytes);
}

/** The parts of the header, or null when it has another form. */
export function parseReceiptSignature(header: string): { kid: string; signature: Uint8Array<ArrayBuffer> } | null {
  const match = /^ed25519;\s*kid=([^;\s]+);\s*sig=([\w-]{86})(?:==)?$/.exec(header.trim());
  const [, kid, sig] = match ?? [];
  return kid && sig ? { kid, signature: fromBase64Url(sig) } : null;
}

function receiptKey(document: ReceiptKeys, kid: string): Uint8Array<ArrayBuffer> | null {
  const key = document.keys.find((candidate) => candidate.kid === kid);
  if (key?.kty !== 'OKP' || key.crv !== 'Ed25519' || !/^[\w-]{43}=?$/.test(key.x)) return null;
  return fromBase64Url(key.x.slice(0, 43));
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
