import { join } from 'node:path';
import { freePort } from '../scripts/dev/ports.js';
import { startPostgres } from '../scripts/dev/postgres.js';
import { findTemporalServer } from '../scripts/dev/temporal-server/find-server.js';
import { startTemporalServer } from '../scripts/dev/temporal-server/start-server.js';
import { onOwnServers } from './own-servers.js';
import { startStack, type BenchStack } from './stack.js';

export interface FullStack extends BenchStack {
  /** The database of Temporal's own store, in a PostgreSQL of its own. */
  readonly temporalDatabaseUrl: string;
}

/** The stack of every figure that is quoted: Temporal as in production, on PostgreSQL. Each of the two has one of its own. */
export async function startFullStack(over: Readonly<Record<string, string>> = {}): Promise<FullStack> {
  const programs = await findTemporalServer(process.env, console.log);
  return onOwnServers(async ({ home, processes }) => {
    const dataDir = join(home, 'temporal-postgres'); // by this name its processor time is told apart
    const port = await freePort();
    const postgres = await startPostgres({ processes, name: 'temporal-postgres', dataDir, port, password: 'temporal' });
    const { address } = await startTemporalServer({ processes, programs, postgres });
    const stack = await startStack({ TEMPORAL_ADDRESS: address, ...over });
    return { ...stack, temporalDatabaseUrl: postgres.url('temporal') };
  });
}
