import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir, installOnce } from '../../scripts/dev/cache.js';
import { freePort } from '../../scripts/dev/ports.js';
import { eventually } from './eventually.js';

interface Program {
  readonly path: string;
  readonly libraries: string;
}

/** PgBouncer as this machine has it, or unpacked from Debian's or Ubuntu's packages; null where there are none of these. */
export async function findPgbouncer(): Promise<Program | null> {
  const installed = ['/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(existsSync);
  if (installed !== undefined) return { path: installed, libraries: '' };
  if (!existsSync('/usr/bin/apt-get')) return null;
  const name = `pgbouncer-${process.arch}`;
  const place = await installOnce({ dir: cacheDir(process.env), name, say: () => {} }, unpack);
  const libraries = join(place, 'usr/lib');
  const folders = readdirSync(libraries).filter((folder) => folder.endsWith('-linux-gnu'));
  return {
    path: join(place, 'usr/sbin/pgbouncer'),
    libraries: folders.map((folder) => join(libraries, folder)).join(':'),
  };
}

/** Downloads and unpacks, without installing anything: the program with those of its libraries that few have. */
function unpack(workDir: string): Promise<string> {
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: workDir, encoding: 'utf8', stdio: 'pipe' });
  const needs = [...run('apt-cache', 'depends', 'pgbouncer').matchAll(/Depends: (lib\S*(?:cares|c-ares|event)\S*)/g)];
  run('apt-get', 'download', 'pgbouncer', ...needs.map(([, library]) => library!));
  const place = join(workDir, 'root');
  for (const file of readdirSync(workDir).filter((each) => each.endsWith('.deb'))) {
    run('dpkg', '-x', file, place);
  }
  return Promise.resolve(place);
}

export interface Pgbouncer {
  /** An address of the database, through the pooler. */
  through(url: string): string;
  close(): Promise<void>;
}

/** `ini`: as somebody would write it; host, port, database and files become those of this test. */
export async function startPgbouncer(program: Program, ini: string, databaseUrl: string): Promise<Pgbouncer> {
  const { hostname, port: databasePort, pathname, username, password } = new URL(databaseUrl);
  const folder = mkdtempSync(join(tmpdir(), 'quittance-pgbouncer-'));
  const port = await freePort();
  const users = join(folder, 'userlist.txt');
  const name = pathname.slice(1);
  const said = ini
    .replace(/^quittance = .*$/m, `${name} = host=${hostname} port=${databasePort} dbname=${name}`)
    .replace(/^listen_port = .*$/m, `listen_port = ${port}\nunix_socket_dir =`)
    .replace(/^auth_file = .*$/m, `auth_file = ${users}`);
  writeFileSync(join(folder, 'pgbouncer.ini'), said);
  writeFileSync(users, `"${username}" "${decodeURIComponent(password)}"\n`);
  const isRoot = process.getuid?.() === 0; // it refuses to be
  if (isRoot) chmodSync(folder, 0o755);
  const args = [...(isRoot ? ['-u', 'nobody'] : []), join(folder, 'pgbouncer.ini')];
  const env = { ...process.env, LD_LIBRARY_PATH: program.libraries };
  const child = spawn(program.path, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)));
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended:\n${log}`);
    const socket = createConnection({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    socket.destroy();
  });
  return {
    through(url) {
      const pooled = new URL(url);
      pooled.host = `127.0.0.1:${port}`;
      return pooled.href;
    },
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
