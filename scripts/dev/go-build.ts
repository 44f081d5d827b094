import { fileURLToPath } from 'node:url';
import type { Say } from './cache.js';
import { progress, run } from './commands.js';
import { findGo } from './go-toolchain.js';

export const moduleFolder = fileURLToPath(new URL('../../tools/temporal', import.meta.url));

export interface GoProgram {
  readonly package: string;
  readonly out: string;
  readonly ldflags?: string;
}

/** Builds programs of the pinned module, one after the other; they share most of their packages. Answers the `go` that did. */
export async function buildWithGo(
  { env, dir, say, what }: { env: NodeJS.ProcessEnv; dir: string; say: Say; what: string },
  programs: readonly GoProgram[],
): Promise<string> {
  const go = await findGo({ env, dir, moduleDir: moduleFolder, say });
  const tell = progress(say, `building ${what} with Go (about five minutes, once)`);
  for (const { package: path, out, ldflags } of programs) {
    const flags = ldflags === undefined ? [] : ['-ldflags', ldflags];
    const command = {
      command: go,
      args: ['build', ...flags, '-o', out, path],
      cwd: moduleFolder,
      env: { ...env, CGO_ENABLED: '0', GOFLAGS: '', GOTOOLCHAIN: 'local' },
    };
    await run(command, tell);
  }
  return go;
}
