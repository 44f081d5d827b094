import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { type Say, installOnce } from './cache.js';
import { isExecutable, onPath, run } from './commands.js';

const usualPlace = '/usr/local/go/bin/go'; // where the Go installer puts it, without touching PATH

/** A Go that can build `moduleDir`: the one on PATH, or, when it is older, the version that go.mod names. */
export async function findGo({
  env,
  dir,
  moduleDir,
  say,
}: {
  env: NodeJS.ProcessEnv;
  dir: string;
  moduleDir: string;
  say: Say;
}): Promise<string> {
  const go = onPath('go', env) ?? [usualPlace].find(isExecutable);
  if (!go) throw new Error('there is no `go` on PATH');
  const wanted = /^go (\S+)$/m.exec(readFileSync(join(moduleDir, 'go.mod'), 'utf8'))?.[1] ?? '';
  const found = /go(\d[\d.]*)/.exec(await run({ command: go, args: ['version'], cwd: dir, env }))?.[1] ?? '0';
  if (!isOlder(found, wanted)) return go;
  return await installOnce({ dir, name: `go-${wanted}-${process.platform}-${arch()}`, say }, async (workDir) => {
    say(`go ${found} is older than ${wanted}: fetching that from the Go module proxy`);
    return await fetchGo({ go, wanted, env, workDir });
  }).then((root) => join(root, 'bin', 'go'));
}

/** The module proxy serves toolchains as a module, also to a Go too old to switch by itself (Debian 12 has 1.19). */
async function fetchGo({
  go,
  wanted,
  env,
  workDir,
}: {
  go: string;
  wanted: string;
  env: NodeJS.ProcessEnv;
  workDir: string;
}): Promise<string> {
  const goArch = { x64: 'amd64', ia32: '386' }[arch()] ?? arch();
  const module = `golang.org/toolchain@v0.0.1-go${wanted}.${process.platform}-${goArch}`;
  const moduleCache = join(workDir, 'modules');
  await run({
    command: go,
    args: ['mod', 'download', '-modcacherw', module],
    cwd: workDir,
    env: { ...env, GOMODCACHE: moduleCache, GOFLAGS: '', GOTOOLCHAIN: 'local' },
  });
  const root = join(moduleCache, module);
  // Zip files of modules carry no execute bits.
  for (const folder of [join(root, 'bin'), join(root, 'pkg', 'tool', `${process.platform}_${goArch}`)]) {
    for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o755);
  }
  return root;
}

export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const differs = b.findIndex((part, index) => part !== (a[index] ?? 0));
  return differs >= 0 && (a[differs] ?? 0) < b[differs]!;
}
