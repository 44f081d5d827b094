import { existsSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { type Say, cacheDir, installOnce } from './cache.js';
import { isExecutable, onPath, run } from './commands.js';
import { buildWithGo } from './go-build.js';
import { isOlder } from './go-toolchain.js';
import { sdkDownload } from './sdk-download.js';

export interface TemporalCli {
  readonly path: string;
  readonly version: string;
}

const pinned = '1.8.2';
const oldestUsable = '1.4.0'; // the first with update-with-start

/** The Temporal CLI with its dev server: given, on PATH, cached, downloaded by the SDK, or built with Go. */
export async function findTemporalCli(env: NodeJS.ProcessEnv, say: Say): Promise<TemporalCli> {
  const given = env.TEMPORAL_CLI_PATH;
  if (given) {
    if (!isExecutable(given)) throw new Error(`TEMPORAL_CLI_PATH=${given} is not an executable file`);
    return { path: given, version: await versionOf(given, env) };
  }
  return (await usableOnPath(env, say)) ?? (await cachedOrObtained(env, say));
}

async function usableOnPath(env: NodeJS.ProcessEnv, say: Say): Promise<TemporalCli | undefined> {
  const path = onPath('temporal', env);
  if (!path) return undefined;
  try {
    const version = await versionOf(path, env);
    if (version === '0.0.0-DEV' || !isOlder(version, oldestUsable)) return { path, version };
    say(`${path} is version ${version}, Quittance needs ${oldestUsable} or newer: looking further`);
  } catch (failure) {
    say(`${path} does not run, looking further: ${(failure as Error).message}`);
  }
  return undefined;
}

async function cachedOrObtained(env: NodeJS.ProcessEnv, say: Say): Promise<TemporalCli> {
  const dir = cacheDir(env);
  const name = `temporal-${pinned}-${process.platform}-${arch()}`;
  const cached = join(dir, name);
  if (existsSync(cached)) return { path: cached, version: pinned };
  const path = await installOnce({ dir, name, say }, async (workDir) => {
    try {
      return await sdkDownload({ what: 'cli', version: `v${pinned}`, dir: workDir, env, say });
    } catch (failure) {
      say(`no download (${reasonOf(failure)}), so the Temporal CLI is built from source`);
    }
    return await build({ env, dir, out: join(workDir, 'built'), say });
  });
  return { path, version: pinned };
}

async function build({
  env,
  dir,
  out,
  say,
}: {
  env: NodeJS.ProcessEnv;
  dir: string;
  out: string;
  say: Say;
}): Promise<string> {
  const ldflags = `-X github.com/temporalio/cli/internal/temporalcli.Version=${pinned}`;
  try {
    const cli = { package: 'github.com/temporalio/cli/cmd/temporal', out, ldflags };
    await buildWithGo({ env, dir, say, what: 'the Temporal CLI' }, [cli]);
    return out;
  } catch (failure) {
    throw new Error(
      `The Temporal CLI was not found, could not be downloaded and could not be built (${(failure as Error).message}). ` +
        'Install it (https://docs.temporal.io/cli), or set TEMPORAL_CLI_PATH, or set TEMPORAL_ADDRESS to a running server.',
      { cause: failure },
    );
  }
}

async function versionOf(path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const printed = await run({ command: path, args: ['--version'], env });
  const version = /version (\S+)/.exec(printed)?.[1];
  if (!version) throw new Error(`unexpected answer to --version: ${printed.trim()}`);
  return version;
}

/** The end of a message: errors of the SDK name their cause last. */
export function reasonOf(failure: unknown): string {
  const message = failure instanceof Error ? failure.message : String(failure);
  const firstLine = message.split('\n', 1).join();
  return firstLine.length > 120 ? `… ${firstLine.slice(-120)}` : firstLine;
}
