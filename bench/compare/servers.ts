import { join } from 'node:path';
import { freePort } from '../../scripts/dev/ports.js';
import { createDatabaseIfMissing, queryOnce, startPostgres } from '../../scripts/dev/postgres.js';
import { startFullStack, type FullStack } from '../full-stack.js';
import { onOwnServers } from '../own-servers.js';
import { benchPostgres } from './usage.js';

/** The full stack on a PostgreSQL that counts statements; the rivals' databases are in it too. */
export function startServers(over: Readonly<Record<string, string>>): Promise<FullStack> {
  return onOwnServers(async ({ home, processes }) => {
    const settings = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'top' };
    const dataDir = join(home, benchPostgres);
    const postgres = await startPostgres({ processes, dataDir, port: await freePort(), password: 'bench', settings });
    await createDatabaseIfMissing(postgres, 'quittance');
    // Whoever makes a database from now on has it in there, too.
    for (const database of ['quittance', 'template1'])
      await queryOnce(postgres.url(database), 'create extension if not exists pg_stat_statements');
    return startFullStack({ DATABASE_URL: postgres.url('quittance'), ...over });
  });
}
