import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/dev/ports.js';
import { createDatabaseIfMissing, startPostgres } from '../../scripts/dev/postgres.js';
import { createProcesses } from '../../scripts/dev/processes.js';
import { migrate } from '../../src/db/migrate.js';
import { eventually } from './eventually.js';

/** A PostgreSQL that a test may crash, with our schema in it. */
export interface OwnPostgres {
  readonly url: string;
  /** SIGQUIT: every connection is told and ended. SIGKILL: nobody is told. Resolves when the server is gone. */
  crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** The same data on the same port again. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const home = mkdtempSync(join(tmpdir(), 'quittance-crash-'));
  const processes = createProcesses({ logDir: join(home, 'logs') });
  const options = { processes, dataDir: join(home, 'postgres'), port: await freePort(), password: 'test' };
  const launch = () => startPostgres(options);
  let server = await launch();
  await createDatabaseIfMissing(server, 'quittance');
  const url = server.url('quittance');
  await migrate(url);
  return {
    url,
    async crash(signal) {
      process.kill(server.pid, signal);
      await eventually(() => {
        if (!server.hasEnded()) throw new Error('PostgreSQL is still there');
      });
    },
    async start() {
      // Children of a killed server hold its memory until they notice that it is gone.
      server = await eventually(launch, { timeoutMs: 60_000, intervalMs: 100 });
    },
    async close() {
      await processes.stopAll();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
