import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Keys derived from the installation's master key, one per purpose. The first one seals; older ones still open. */
export interface Keyring {
  readonly current: MasterKey;
  readonly previous: readonly MasterKey[];
}

export interface MasterKey {
  readonly id: string; // names the key in what it sealed
  readonly bytes: Buffer; // 32
}

/** A master key with the id that its seals carry. */
export function masterKey(bytes: Buffer): MasterKey {
  return { id: createHash('sha256').update('key-id').update(bytes).digest('hex').slice(0, 8), bytes };
}

/** The keyring of configured master keys, the current one first. */
export function keyringOf([current, ...previous]: readonly [Buffer, ...Buffer[]]): Keyring {
  return { current: masterKey(current), previous: previous.map(masterKey) };
}

const sealVersion = 'v2';

const derivedKeys = new WeakMap<MasterKey, Map<string, Buffer>>();

/** Purposes are the few that this program names, so a key is derived once for each and kept. */
function derive(key: MasterKey, purpose: string): Buffer {
  const kept = derivedKeys.get(key) ?? new Map<string, Buffer>();
  derivedKeys.set(key, kept);
  const known = kept.get(purpose) ?? Buffer.from(hkdfSync('sha256', key.bytes, 'quittance', purpose, 32));
  kept.set(purpose, known);
  return known;
}

/**
 * AES-256-GCM: `v2.<key id>.<nonce>.<tag and text>`. The purpose names table, column and row and is authenticated, so that
 * no seal opens in another place.
 */
export function seal(keyring: Keyring, purpose: string, secret: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', derive(keyring.current, 'seal'), nonce);
  cipher.setAAD(Buffer.from(purpose));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  const body = Buffer.concat([cipher.getAuthTag(), text]);
  return [sealVersion, keyring.current.id, nonce.toString('base64url'), body.toString('base64url')].join('.');
}

/** Opens a seal; a wrong purpose, an unknown key, a changed byte or a seal of before the columns were bound throws. */
export function unseal(keyring: Keyring, purpose: string, sealed: string): string {
  return unsealOf(sealVersion, keyring, purpose, sealed);
}

/** Opens a seal of before, whose purpose named no column: only to seal it anew. */
export function unsealFormer(keyring: Keyring, purpose: string, sealed: string): string {
  return unsealOf('v1', keyring, purpose, sealed);
}

function unsealOf(expected: string, keyring: Keyring, purpose: string, sealed: string): string {
  const [version, keyId, nonce, body] = sealed.split('.');
  const key = [keyring.current, ...keyring.previous].find((candidate) => candidate.id === keyId);
  if (version !== expected || !key || !nonce || !body) throw new Error(`no key ${keyId ?? ''} for a sealed ${purpose}`);
  const bytes = Buffer.from(body, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', derive(key, 'seal'), Buffer.from(nonce, 'base64url'), {
    authTagLength: 16,
  });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
}

export type SecretColumn = 'secret_sealed' | 'prev_secret_sealed';

/** The purpose that seals an endpoint's signing secret. */
export function secretPurpose(endpointId: string, column: SecretColumn): string {
  return `webhook_endpoints.${column}/${endpointId}`;
}

/** Whether a seal was made with an older key, or before seals were bound to their column: what is left to do. */
export function isSealOutdated(keyring: Keyring, sealed: string): boolean {
  const [version, keyId] = sealed.split('.');
  return version !== sealVersion || keyId !== keyring.current.id;
}

export function isFormerSeal(sealed: string): boolean {
  return sealed.startsWith('v1.');
}

/** What a payer must not see changed: hashed when bound, checked whenever it is shown. */
export interface PayTarget {
  readonly orderId: string;
  readonly coin: string;
  readonly network: string | null;
  readonly address: string;
  readonly extraId: string | null;
  readonly amountText: string;
}

// Keyed by the master key: whoever can only write to the database cannot make a matching hash. Every known key is tried,
// so a key rotation does not withhold the addresses of open orders.
export function hashPayTarget(key: MasterKey, target: PayTarget): string {
  const text = JSON.stringify([
    target.orderId,
    target.coin,
    target.network,
    target.address,
    target.extraId,
    target.amountText,
  ]);
  return createHmac('sha256', derive(key, 'pay-target')).update(text).digest('hex');
}

export interface BoundRow {
  readonly id: string;
  readonly payCurrency: string | null;
  readonly network: string | null;
  readonly payAddress: string | null;
  readonly payExtraId: string | null;
  readonly payAmountText: string | null;
  readonly addressSha256: string | null;
}

/** Whether an order's address is the one that was bound. False also for an order without one. */
export function addressIntact(keyring: Keyring, row: BoundRow): boolean {
  const target = payTargetOf(row);
  if (!target) return false;
  return [keyring.current, ...keyring.previous].some((key) => hashPayTarget(key, target) === row.addressSha256);
}

/** What an order asks its payer to do; null when it has no address. */
export function payTargetOf(row: BoundRow): PayTarget | null {
  if (!row.payAddress || !row.payCurrency || !row.payAmountText) return null;
  return {
    orderId: row.id,
    coin: row.payCurrency,
    network: row.network,
    address: row.payAddress,
    extraId: row.payExtraId,
    amountText: row.payAmountText,
  };
}

/** The same purpose under every known key, the current one first: for what must outlive a rotation. */
export function purposeKeys(keyring: Keyring, purpose: string): Buffer[] {
  return [keyring.current, ...keyring.previous].map((key) => derive(key, purpose));
}

/** A key for signing something that is no secret at rest: cursors, sessions. */
export function purposeKey(keyring: Keyring, purpose: string): Buffer {
  return derive(keyring.current, purpose);
}
