import { migrate } from '../src/db/migrate.js';
import { grantToPrograms } from '../src/db/privileges.js';
import { readEnvFile } from '../src/env-file.js';
import { createLog } from '../src/log.js';
import { isWorldsFault } from '../src/outage.js';
import { reachableDatabase, waitFor } from '../src/start.js';

readEnvFile(process.env);
const { DATABASE_URL: url, DATABASE_APP_ROLE: role } = process.env;
if (!url) {
  console.error('DATABASE_URL is not set: which database shall be migrated?');
  process.exit(1);
}
await migrateWhenThere(url);

/** PostgreSQL may come after us, and go away again before the last step: what is done stays, and the rest is taken up again. */
async function migrateWhenThere(databaseUrl: string): Promise<void> {
  const log = createLog({ name: 'migrate', level: 'info' });
  for (;;) {
    await waitFor(reachableDatabase(databaseUrl), log);
    try {
      await migrate(databaseUrl, (line) => log.info(line));
      await grant(databaseUrl);
      return;
    } catch (failure) {
      if (!isWorldsFault(failure)) throw failure;
      log.warn({ failure: String(failure) }, 'PostgreSQL went away; going on when it is there again');
    }
  }
}

/** Where the tables belong to another role than the programs use, these get rows and no more. */
async function grant(databaseUrl: string): Promise<void> {
  if (!role) return;
  await grantToPrograms(databaseUrl, role);
}
