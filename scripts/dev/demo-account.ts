import { randomUUID } from 'node:crypto';
import { hashKey, keyPrefix } from '../../src/api/http/keys.js';
import { findAccount, insertAccount } from '../../src/db/accounts/accounts.js';
import { findKeyByPrefix, insertApiKey } from '../../src/db/accounts/api-keys.js';
import { writeProducts } from '../../src/db/accounts/products.js';
import { createPool } from '../../src/db/pool.js';
import { inTransaction } from '../../src/db/query.js';
import type { Mode } from '../../src/domain/ids.js';
import { defaultProducts } from '../../src/domain/merchant/products.js';
import type { DevSecrets } from './secrets.js';

interface DemoKey {
  readonly name: string;
  readonly key: string;
  readonly mode: Mode;
  readonly scope: string;
  readonly accountId: string | null;
}

const demoNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  solo_manual: { en: 'Solo manual', de: 'Handbuch, eine Person' },
  team_manual: { en: 'Team manual', de: 'Handbuch für Teams' },
  agency_manual: { en: 'Agency manual', de: 'Handbuch für Agenturen' },
  api_starter: { en: 'API, starter', de: 'API, Einstieg' },
  api_builder: { en: 'API, builder', de: 'API, Ausbau' },
  api_scale: { en: 'API, scale', de: 'API, große Last' },
};

/** The guide's products, as the demo merchant sells them. */
const demoProducts = defaultProducts.map((product) => ({ ...product, names: demoNames[product.id] ?? {} }));

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
        await writeProducts(db, accountId, demoProducts);
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
