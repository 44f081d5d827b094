import type { Database } from '../pool.js';
import { one } from '../query.js';
import { seal, secretPurpose, unseal, type Keyring } from './seal.js';

/** What signs for an endpoint: its secret and, during a rotation's grace, the one before. */
export interface SealedSecrets {
  readonly secretSealed: string;
  readonly prevSecretSealed: string | null;
}

export function sealedSecretsOf(db: Database, endpointId: string): Promise<SealedSecrets> {
  return one<SealedSecrets>(
    db,
    `select secret_sealed as "secretSealed",
       case when rotation_grace_expires_at > now() then prev_secret_sealed end as "prevSecretSealed"
     from webhook_endpoints where id = $1`,
    [endpointId],
  );
}

/** The secrets themselves, the current one first. Never leave the process. */
export function openSecrets(keyring: Keyring, endpointId: string, sealed: SealedSecrets): string[] {
  const { secretSealed, prevSecretSealed } = sealed;
  const secret = unseal(keyring, secretPurpose(endpointId, 'secret_sealed'), secretSealed);
  if (prevSecretSealed === null) return [secret];
  return [secret, unseal(keyring, secretPurpose(endpointId, 'prev_secret_sealed'), prevSecretSealed)];
}

/** The present secret in the seal of the former one: a seal fits its own column alone. */
export async function sealedAsFormer(db: Database, keyring: Keyring, endpointId: string): Promise<string> {
  const { secretSealed } = await sealedSecretsOf(db, endpointId);
  const [secret = ''] = openSecrets(keyring, endpointId, { secretSealed, prevSecretSealed: null });
  return seal(keyring, secretPurpose(endpointId, 'prev_secret_sealed'), secret);
}
