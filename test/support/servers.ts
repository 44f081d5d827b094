import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findTemporalCli } from '../../scripts/dev/find-temporal.js';
import { findTestServer } from '../../scripts/dev/find-test-server.js';
import { freePort } from '../../scripts/dev/ports.js';
import { createDatabaseIfMissing, queryOnce, startPostgres } from '../../scripts/dev/postgres.js';
import { type Processes, createProcesses } from '../../scripts/dev/processes.js';
import { startTemporal } from '../../scripts/dev/temporal.js';
import { migrate } from '../../src/db/migrate.js';
import { endLeftovers, runMark } from './leftovers.js';

export interface Servers {
  readonly adminUrl: string;
  readonly template: string;
  readonly temporalAddress: string;
  readonly testServerPath: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    servers: Servers;
  }
}

interface Shared {
  users: number;
  readonly servers: Promise<Servers>;
  readonly stop: () => Promise<void>;
}

// Each vitest project loads its own copy of this module; all of them use the one set of servers.
const shelf = globalThis as { quittanceServers?: Shared };

/** One PostgreSQL and one Temporal dev server per test run, started together. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (shelf.quittanceServers ??= share());
  shared.users += 1;
  project.provide('servers', await shared.servers);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    await shared.stop();
    delete shelf.quittanceServers;
    await endLeftovers();
  };
}

function share(): Shared {
  process.env[runMark] = randomUUID();
  const home = mkdtempSync(join(tmpdir(), 'quittance-test-'));
  const processes = createProcesses({ logDir: join(home, 'logs') });
  const stop = async () => {
    await processes.stopAll();
    rmSync(home, { recursive: true, force: true });
  };
  const servers = startAll(processes, home);
  servers.catch(stop); // vitest runs no teardown when the setup fails
  return { users: 0, servers, stop };
}

async function startAll(processes: Processes, home: string): Promise<Servers> {
  const say = (line: string) => console.log(`[servers] ${line}`);
  const testServerPath = await findTestServer(process.env, say);
  const cli = await findTemporalCli(process.env, say);
  const database = startDatabase(processes, join(home, 'postgres'));
  const temporalAddress = freePort().then((port) => startTemporal({ processes, cli, port }));
  await Promise.allSettled([database, temporalAddress]); // nothing may still be starting when a failure stops the rest
  return { ...(await database), temporalAddress: await temporalAddress, testServerPath };
}

async function startDatabase(processes: Processes, dataDir: string): Promise<Pick<Servers, 'adminUrl' | 'template'>> {
  const template = 'quittance_template';
  const server = await startPostgres({ processes, dataDir, port: await freePort(), password: 'test', durable: false });
  await createDatabaseIfMissing(server, template);
  await migrate(server.url(template));
  // Nobody may be connected to a database while it is cloned.
  await queryOnce(server.url('postgres'), `alter database ${template} with is_template true allow_connections false`);
  return { adminUrl: server.url('postgres'), template };
}
