import { loadConfig } from '../src/config.js';
import { createPool } from '../src/db/pool.js';
import { rehashAddresses, resealAll } from '../src/db/secrets/reseal.js';
import { keyringOf } from '../src/db/secrets/seal.js';

// After QUITTANCE_MASTER_KEY is new everywhere and the one before stands in QUITTANCE_MASTER_KEY_PREVIOUS: nothing in the
// database depends on the old one any more once this has ended well. It may be run again at any time.
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const keyring = keyringOf(config.masterKeys);
  const pool = createPool({
    url: config.databaseUrl,
    max: 1,
    applicationName: 'quittance-rotation',
    onError: () => {},
  });
  try {
    console.log(`sealed again with key ${keyring.current.id}: ${await resealAll(pool, keyring)} secrets`);
    let changed = 0;
    const broken: string[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await rehashAddresses(pool, keyring, after ?? null);
      changed += page.changed;
      broken.push(...page.broken);
      after = page.last;
    }
    console.log(`vouched for again: ${changed} pay addresses`);
    if (broken.length > 0) throw new Error(`no known key vouches for the address of ${broken.join(', ')}`);
  } finally {
    await pool.end();
  }
}

main().catch((failure: unknown) => {
  console.error(failure instanceof Error ? failure.message : String(failure));
  process.exitCode = 1;
});
