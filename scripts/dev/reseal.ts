import { createPool } from '../../src/db/pool.js';
import { resealAll } from '../../src/db/secrets/reseal.js';
import type { Keyring } from '../../src/db/secrets/seal.js';

/** What an earlier start sealed for its row is sealed for its column: the programs open nothing else. */
export async function resealOnce(databaseUrl: string, keyring: Keyring): Promise<void> {
  const pool = createPool({ url: databaseUrl, max: 1, applicationName: 'quittance-dev', onError: () => undefined });
  try {
    await resealAll(pool, keyring);
  } finally {
    await pool.end();
  }
}
