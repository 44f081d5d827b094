import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Say } from './cache.js';
import { progress, run } from './commands.js';

const program = fileURLToPath(new URL('./sdk-download-program.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const stallMs = 20_000;

/** One failure speaks for the whole run: in a closed network every further try would only cost its time limit. */
let unreachable: string | undefined;

interface Download {
  readonly what: 'cli' | 'test-server';
  readonly version: string;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: Say;
}

/** Lets the Temporal SDK download a server into `dir`; a process of its own, so that a hanging connection can be ended. */
export async function sdkDownload({ what, version, dir, env, say }: Download): Promise<string> {
  if (unreachable !== undefined) throw new Error(unreachable);
  const tell = progress(say, `downloading the Temporal ${what} from temporal.download`);
  let bytes = 0;
  let grewAtMs = 0;
  try {
    const args = ['--import', tsx, program, what, version, dir];
    await run({ command: process.execPath, args, env }, (elapsedMs) => {
      const now = sizeOf(dir);
      if (now > bytes) {
        bytes = now;
        grewAtMs = elapsedMs;
      }
      return elapsedMs - grewAtMs > stallMs ? `nothing arrived for ${stallMs / 1000} s` : tell(elapsedMs);
    });
  } catch (failure) {
    unreachable = (failure as Error).message;
    throw failure;
  }
  const [file] = readdirSync(dir);
  if (file === undefined) throw new Error('the SDK reported success but left no file');
  return join(dir, file);
}

function sizeOf(dir: string): number {
  const files = existsSync(dir) ? readdirSync(dir) : [];
  return files.reduce((sum, file) => sum + (statSync(join(dir, file), { throwIfNoEntry: false })?.size ?? 0), 0);
}
