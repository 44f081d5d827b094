import { loadConfig } from '../../src/config.js';
import { rehashAddresses, resealAll } from '../../src/db/secrets/reseal.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { progressLines } from './answer.js';
import { command } from './command.js';
import { programEnvironment, withPool } from './environment.js';

/**
 * After QUITTANCE_MASTER_KEY is new everywhere and the one before stands in QUITTANCE_MASTER_KEY_PREVIOUS: nothing in the
 * database depends on the old one any more once this has ended well. It may be run again at any time.
 */
export const rotateMasterKey = command({
  words: 'rotate-master-key',
  about: 'Seal every secret again with the current master key, and vouch again for every address',
  run: () =>
    withPool('rotation', async (pool) => {
      const keyring = keyringOf(loadConfig(programEnvironment()).masterKeys);
      const sealed = await resealAll(pool, keyring);
      const say = progressLines();
      let changed = 0;
      const broken: string[] = [];
      for (let after: string | null | undefined; after !== null;) {
        const page = await rehashAddresses(pool, keyring, after ?? null);
        changed += page.changed;
        broken.push(...page.broken);
        after = page.last;
        say(() => `addresses up to ${after ?? 'the last'} looked at …`);
      }
      const lines = [
        `sealed again with key ${keyring.current.id}: ${sealed} secrets`,
        `vouched for again: ${changed} pay addresses`,
        ...(broken.length === 0 ? [] : [`no known key vouches for the address of ${broken.join(', ')}`]),
      ];
      return { lines, json: { key: keyring.current.id, sealed, changed, broken }, needsPerson: broken.length > 0 };
    }),
});
