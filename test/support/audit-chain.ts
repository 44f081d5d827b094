import type { Pool } from '../../src/db/pool.js';
import type { Keyring } from '../../src/db/secrets/seal.js';
import { sealAudit, verifyAuditLog, type ChainVerdict } from '../../src/db/support/audit-chain.js';

/** Seals what waits, as a worker does, and checks the whole chain. */
export async function checkedAudit(pool: Pool, keyring: Keyring): Promise<ChainVerdict> {
  await sealAudit(pool, keyring, 10_000);
  return verifyAuditLog(pool, keyring);
}
