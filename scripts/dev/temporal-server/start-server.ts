import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { run } from '../commands.js';
import { freeLowPort } from '../ports.js';
import { createDatabaseIfMissing, type PostgresServer } from '../postgres.js';
import { type Processes, type RunningProgram, untilReady } from '../processes.js';
import { answers } from '../temporal.js';
import type { TemporalServerPrograms } from './find-server.js';

export interface TemporalServerOptions {
  readonly processes: Processes;
  readonly programs: TemporalServerPrograms;
  /** Keeps its two databases; may be one of its own, so that what it costs can be told apart. */
  readonly postgres: PostgresServer;
  /** Where it answers; default: any that is free. */
  readonly port?: number;
  /** Where its services find each other; default: any that are free. Started again with the same, it finds itself at once. */
  readonly innerPorts?: InnerPorts;
  /** More than one, as in production: the dev server's single one makes every step wait. */
  readonly shards?: number;
}

export type InnerPorts = Readonly<Record<string, string>>;

const namespace = 'default';
const alreadyExists = 6; // the gRPC status
const dynamicConfig = fileURLToPath(new URL('../../../deploy/temporal/dynamic-config.yaml', import.meta.url));
// Database, and the name of the schema that is compiled into the tool.
const databases = [
  ['temporal', 'postgresql/v12/temporal'],
  ['temporal_visibility', 'postgresql/v12/visibility'],
] as const;

export interface TemporalServer {
  readonly pid: number;
  readonly address: string;
  hasEnded(): boolean;
}

/** Starts the full server on PostgreSQL, on loopback, with the namespace `default`. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { processes, programs, postgres } = options;
  const port = options.port ?? (await freeLowPort());
  for (const [database, schema] of databases) await makeSchema({ programs, postgres }, database, schema);
  const program = await launchServer(processes, programs, await settings(options, port));
  const address = `127.0.0.1:${port}`;
  await untilReady(program, () => registerNamespace(address));
  await untilReady(program, () => answers({ address, namespace }));
  return { pid: program.pid, address, hasEnded: program.hasEnded };
}

/** The server itself, as its settings say; whoever starts it waits until it answers. */
export function launchServer(
  processes: Processes,
  programs: TemporalServerPrograms,
  env: NodeJS.ProcessEnv,
): Promise<RunningProgram> {
  return processes.start({
    name: 'temporal-server',
    command: programs.server,
    args: ['--allow-no-auth', 'start'],
    env: { PATH: process.env.PATH, ...env },
  });
}

/** Run again, it changes nothing. */
async function makeSchema(
  { programs, postgres }: Pick<TemporalServerOptions, 'programs' | 'postgres'>,
  database: string,
  schema: string,
): Promise<void> {
  await createDatabaseIfMissing(postgres, database);
  const { hostname, port, username, password } = new URL(postgres.url(database));
  const env = {
    PATH: process.env.PATH,
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: hostname,
    SQL_PORT: port,
    SQL_USER: username,
    SQL_PASSWORD: decodeURIComponent(password),
    SQL_DATABASE: database,
  };
  const tool = (...args: string[]) => run({ command: programs.sqlTool, args, env });
  await tool('setup-schema', '-v', '0.0');
  await tool('update-schema', '--schema-name', schema);
}

/** Its table of members has no room for the ports that the system hands out. */
export async function freeInnerPorts(): Promise<InnerPorts> {
  const services = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'];
  const names = ['FRONTEND_HTTP_PORT', ...services.flatMap((name) => [`${name}_GRPC_PORT`, `${name}_MEMBERSHIP_PORT`])];
  const ports = await Promise.all(names.map(async (name) => [name, String(await freeLowPort())] as const));
  return Object.fromEntries(ports);
}

/** What the server's own template of its configuration asks for. */
async function settings(options: TemporalServerOptions, port: number): Promise<NodeJS.ProcessEnv> {
  const { postgres, shards = 4, innerPorts = await freeInnerPorts() } = options;
  const database = new URL(postgres.url(databases[0][0]));
  return {
    LOG_LEVEL: 'warn',
    DB: 'postgres12_pgx', // measured: half the database's work of the plugin postgres12
    POSTGRES_SEEDS: database.hostname,
    DB_PORT: database.port,
    POSTGRES_USER: database.username,
    POSTGRES_PWD: decodeURIComponent(database.password),
    DBNAME: databases[0][0],
    VISIBILITY_DBNAME: databases[1][0],
    NUM_HISTORY_SHARDS: String(shards),
    BIND_ON_IP: '127.0.0.1',
    TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
    DYNAMIC_CONFIG_FILE_PATH: dynamicConfig,
    ...innerPorts,
    FRONTEND_GRPC_PORT: String(port),
  };
}

async function registerNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2 seconds' });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
  } catch (failure) {
    if ((failure as { code?: number }).code !== alreadyExists) throw failure;
  } finally {
    await connection.close();
  }
}
