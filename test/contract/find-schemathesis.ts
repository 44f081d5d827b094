import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, installOnce, type Say } from '../../scripts/dev/cache.js';
import { onPath, progress, run } from '../../scripts/dev/commands.js';

const requirements = join(import.meta.dirname, 'requirements.txt');

/** The Python that has schemathesis, as pinned, in a virtual environment that is made once and kept. */
export async function findSchemathesis(env: NodeJS.ProcessEnv, say: Say): Promise<string> {
  const python = onPath('python3', env);
  if (!python) throw new Error('python3 is not on PATH: schemathesis needs Python 3.10 or newer');
  const version = (await run({ command: python, args: ['--version'], env })).trim().replace(/^Python /, '');
  const digest = createHash('sha256')
    .update(`${version}\n${readFileSync(requirements, 'utf8')}`)
    .digest('hex');
  const name = `schemathesis-${digest.slice(0, 16)}`;
  const place = join(cacheDir(env), name);
  if (!existsSync(place))
    await installOnce({ dir: cacheDir(env), name, say }, (work) => install({ python, env, work, say }));
  return join(place, 'bin', 'python');
}

interface Installing {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
  readonly work: string;
  readonly say: Say;
}

/** Moved to its place afterwards: its scripts know where they were made, its python does not mind. */
async function install({ python, env, work, say }: Installing): Promise<string> {
  const place = join(work, 'venv');
  try {
    await run({ command: python, args: ['-m', 'venv', place], env });
  } catch (failure) {
    throw new Error(`python3 makes no virtual environment (Debian: apt-get install python3-venv): ${said(failure)}`, {
      cause: failure,
    });
  }
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', requirements];
  const keepGoing = progress(say, 'installing schemathesis into the cache (about ten seconds, once)');
  try {
    await run({ command: join(place, 'bin', 'python'), args, env }, keepGoing);
  } catch (failure) {
    throw new Error(`schemathesis cannot be installed from the package index: ${said(failure)}`, {
      cause: failure,
    });
  }
  return place;
}

const said = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));
