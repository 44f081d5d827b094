import { createHash } from 'node:crypto';
import type { Database } from '../pool.js';
import { execute, maybeOne } from '../query.js';
import { seal, unseal, type Keyring } from '../secrets/seal.js';

export function totpPurpose(operatorId: string): string {
  return `operators.totp_sealed/${operatorId}`;
}

/** The secret of an operator's second factor, base32; null: he has none. */
export async function totpSecretOf(db: Database, keyring: Keyring, operatorId: string): Promise<string | null> {
  const row = await maybeOne<{ sealed: string | null }>(
    db,
    'select totp_sealed as sealed from operators where id = $1',
    [operatorId],
  );
  return row?.sealed ? unseal(keyring, totpPurpose(operatorId), row.sealed) : null;
}

/** Puts a second factor in force, with its recovery codes; the ones before are worth nothing any more. */
export async function setSecondFactor(
  db: Database,
  keyring: Keyring,
  operatorId: string,
  { secret, step, recoveryCodes }: { secret: string; step: number; recoveryCodes: readonly string[] },
): Promise<void> {
  const sealed = seal(keyring, totpPurpose(operatorId), secret);
  await execute(db, 'update operators set totp_sealed = $2, totp_step = $3 where id = $1', [operatorId, sealed, step]);
  await execute(db, 'delete from recovery_codes where operator_id = $1', [operatorId]);
  await execute(db, 'insert into recovery_codes (operator_id, sha256) select $1, unnest($2::bytea[])', [
    operatorId,
    recoveryCodes.map(hashOf),
  ]);
}

export async function removeSecondFactor(db: Database, operatorId: string): Promise<void> {
  await execute(db, 'update operators set totp_sealed = null, totp_step = null where id = $1', [operatorId]);
  await execute(db, 'delete from recovery_codes where operator_id = $1', [operatorId]);
}

/** Uses up a step of time; false: a code of it, or of a later one, was used already. */
export async function useStep(db: Database, operatorId: string, step: number): Promise<boolean> {
  const used = await execute(
    db,
    'update operators set totp_step = $2 where id = $1 and (totp_step is null or totp_step < $2)',
    [operatorId, step],
  );
  return used === 1;
}

/** Uses up a recovery code; false: it is none of his, or was used. */
export async function useRecoveryCode(db: Database, operatorId: string, code: string): Promise<boolean> {
  const used = await execute(db, 'delete from recovery_codes where operator_id = $1 and sha256 = $2', [
    operatorId,
    hashOf(code),
  ]);
  return used === 1;
}

// Drawn with 80 bits, so a plain hash is enough: nobody guesses one from it.
function hashOf(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}
