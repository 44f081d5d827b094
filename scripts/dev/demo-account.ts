import { randomUUID } from 'node:crypto';
import { hashKey, keyPrefix } from '../../src/api/http/keys.js';
import { findAccount, insertAccount } from '../../src/db/accounts/accounts.js';
import { findKeyByPrefix, insertApiKey } from '../../src/db/accounts/api-keys.js';
import { createPool } from '../../src/db/pool.js';
import { inTransaction } from '../../src/db/query.js';
import type { Mode } from '../../src/domain/ids.js';
import type { DevSecrets } from './secrets.js';

interface DemoKey {
  readonly name: string;
  readonly key: string;
  readonly mode: Mode;
  readonly scope: string;
  readonly accountId: string | null;
}

/** The demo merchant with a live and a test key, and an operator's key: made when missing, also in a database from outside. */
export async function ensureDemoAccount(databaseUrl: string, { accountId, keys }: DevSecrets): Promise<void> {
  const wanted: readonly DemoKey[] = [
    { name: 'demo', key: keys.live, mode: 'live', scope: 'write', accountId },
    { name: 'demo, test orders', key: keys.test, mode: 'test', scope: 'write', accountId },
    { name: 'demo operator', key: keys.admin, mode: 'live', scope: 'driftstack_internal_admin', accountId: null },
  ];
  const pool = createPool({ url: databaseUrl, max: 1, applicationName: 'quittance-dev', onError: () => undefined });
  try {
    await inTransaction(pool, async (db) => {
      if (!(await findAccount(db, accountId))) {
        await insertAccount(db, { id: accountId, name: 'Demo merchant', settings: { provider: 'installation' } });
      }
      for (const { key, name, mode, scope, accountId: owner } of wanted) {
        const prefix = keyPrefix(key);
        if (await findKeyByPrefix(db, prefix)) continue;
        const sha256 = hashKey(key);
        const row = {
          id: randomUUID(),
          accountId: owner,
          mode,
          prefix,
          sha256,
          scopes: [scope],
          name,
          expiresAt: null,
        };
        await insertApiKey(db, row);
      }
    });
  } finally {
    await pool.end();
  }
}
