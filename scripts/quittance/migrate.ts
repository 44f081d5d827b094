import { grantToPrograms } from '../../src/db/privileges.js';
import { createLog } from '../../src/log.js';
import { isWorldsFault } from '../../src/outage.js';
import { type Needed, reachableDatabase, waitFor } from '../../src/start.js';
import { command } from './command.js';
import { databaseUrl, meantInstallation } from './environment.js';

export const migrate = command({
  words: 'migrate',
  about: 'Bring the database up to date; may run twice at once, and again at any time',
  run: async () => {
    const { DATABASE_APP_ROLE: role, DATABASE_DIRECT_URL: direct } = meantInstallation().env;
    const variable = direct ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL';
    await migrateWhenThere(reachableDatabase(databaseUrl(), variable), { url: databaseUrl(), role });
    return { lines: [], json: { migrated: true } };
  },
});

/** PostgreSQL may come after us, and go away again before the last step: what is done stays, and the rest is taken up again. */
async function migrateWhenThere(
  there: Needed,
  { url, role }: { readonly url: string; readonly role: string | undefined },
): Promise<void> {
  const { migrate: migrateDatabase } = await import('../../src/db/migrate.js'); // so that other commands start sooner
  const log = createLog({ name: 'migrate', level: 'info' });
  for (;;) {
    await waitFor(there, log);
    try {
      await migrateDatabase(url, (line) => log.info(line));
      // Where the tables belong to another role than the programs use, these get rows and no more.
      if (role) await grantToPrograms(url, role);
      return;
    } catch (failure) {
      if (!isWorldsFault(failure)) throw failure;
      log.warn({ failure: String(failure) }, 'PostgreSQL went away; going on when it is there again');
    }
  }
}
