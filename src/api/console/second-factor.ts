import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { totpSecretOf, useRecoveryCode, useStep } from '../../db/support/second-factors.js';
import type { OperatorRow } from '../../db/support/operators.js';
import type { AppDeps } from '../deps.js';

const period = 30; // seconds
const drift = 1; // steps before and after: clocks of telephones differ, and people type slowly

/** A secret of 160 bits, as RFC 4226 wants it, in base32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

function totpOf(secret: string, { issuer, label }: { issuer: string; label: string }): TOTP {
  return new TOTP({ issuer, label, secret: Secret.fromBase32(secret), digits: 6, period, algorithm: 'SHA1' });
}

/** What a telephone reads from the QR code. */
export function totpUri(secret: string, whose: { issuer: string; label: string }): string {
  return totpOf(secret, whose).toString();
}

/** The step of time that a code is of; null: of none around now. */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  const token = code.replaceAll(' ', '');
  if (!/^\d{6}$/.test(token)) return null;
  const delta = totpOf(secret, { issuer: '', label: 'x' }).validate({ token, timestamp: nowMs, window: drift });
  return delta === null ? null : Math.floor(nowMs / 1000 / period) + delta;
}

/** Ten codes for the day on which the telephone is gone, each good once. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => {
    const drawn = new Secret({ buffer: Uint8Array.from(randomBytes(10)).buffer }).base32.toLowerCase();
    return `${drawn.slice(0, 8)}-${drawn.slice(8)}`;
  });
}

/** Whether an operator shows his second factor, or has none to show. A code counts once. */
export async function showsSecondFactor(
  { pool, keyring, nowMs }: AppDeps,
  { id }: Pick<OperatorRow, 'id'>,
  code: string,
): Promise<boolean> {
  const secret = await totpSecretOf(pool, keyring, id);
  if (secret === null) return true;
  const step = stepOf(secret, code, nowMs());
  if (step !== null) return useStep(pool, id, step);
  return useRecoveryCode(pool, id, code.trim().toLowerCase());
}
