import { randomBytes } from 'node:crypto';
import type { Database } from '../pool.js';
import { execute, maybeOne } from '../query.js';
import { seal, unseal, type Keyring } from './seal.js';

/** Keys of the installation that outlive the master key: drawn once, stored sealed, sealed again at its rotation. */
export type InstallationKey = 'audit-log';

export function installationKeyPurpose(id: string): string {
  return `installation_keys.key_sealed/${id}`;
}

/** The key, or null when none was drawn yet. */
export async function installationKey(db: Database, keyring: Keyring, id: InstallationKey): Promise<Buffer | null> {
  const row = await maybeOne<{ sealed: string }>(
    db,
    'select key_sealed as sealed from installation_keys where id = $1',
    [id],
  );
  return row && Buffer.from(unseal(keyring, installationKeyPurpose(id), row.sealed), 'base64');
}

/** Draws the key, unless somebody did so before; answers the one that is in force. */
export async function drawInstallationKey(db: Database, keyring: Keyring, id: InstallationKey): Promise<Buffer> {
  const drawn = seal(keyring, installationKeyPurpose(id), randomBytes(32).toString('base64'));
  await execute(db, 'insert into installation_keys (id, key_sealed) values ($1, $2) on conflict (id) do nothing', [
    id,
    drawn,
  ]);
  const key = await installationKey(db, keyring, id);
  if (!key) throw new Error(`the key ${id} was not kept`);
  return key;
}
