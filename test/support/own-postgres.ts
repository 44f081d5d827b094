import { execFileSync } from 'node:child_process';
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
  /** Stops every process of the server, which then neither answers nor refuses; `resume` lets them go on. */
  hang(): void;
  resume(): void;
  /** The same data on the same port again. */
  start(): Promise<void>;
  close(): Promise<void>;
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
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
  const signalAll = (signal: 'SIGSTOP' | 'SIGCONT') => {
    for (const pid of [server.pid, ...childrenOf(server.pid)]) process.kill(pid, signal);
  };
  return {
    url,
    hang: () => signalAll('SIGSTOP'), // the postmaster first: it makes no more of them
    resume: () => signalAll('SIGCONT'),
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
