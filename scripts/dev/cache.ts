import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Tells the person at the terminal what takes its time. */
export type Say = (line: string) => void;

export function cacheDir(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'quittance');
}

/**
 * Makes `dir/name` once: `make` gets an empty directory beside it and returns the path in there that is to become it.
 * A rename puts it in place, so nobody ever sees half of it; a second starter waits and takes what the first one made.
 */
export async function installOnce(
  { dir, name, say }: { dir: string; name: string; say: Say },
  make: (workDir: string) => Promise<string>,
): Promise<string> {
  const place = join(dir, name);
  if (existsSync(place)) return place;
  mkdirSync(dir, { recursive: true });
  const release = await lock(`${place}.lock`, say);
  try {
    if (existsSync(place)) return place;
    const workDir = await mkdtemp(`${place}.tmp-`);
    try {
      await rename(await make(workDir), place);
      return place;
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
  } finally {
    release();
  }
}

async function lock(file: string, say: Say): Promise<() => void> {
  for (let told = false; ; told = true) {
    if (tryLock(file)) return () => rmSync(file, { force: true });
    if (!told) say(`another start is already making this, waiting for it (${file})`);
    await pause(500);
  }
}

function tryLock(file: string): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'EEXIST') throw failure;
    if (holderIsGone(file)) rmSync(file, { force: true });
    return false;
  }
}

function holderIsGone(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Empty: its maker is between opening and writing, or was killed there.
    if (!pid) return Date.now() - statSync(file).mtimeMs > 5_000;
    process.kill(pid, 0);
    return false;
  } catch (failure) {
    const { code } = failure as NodeJS.ErrnoException;
    if (code === 'ESRCH') return true;
    if (code === 'ENOENT' || code === 'EPERM') return false; // just released; alive under another user
    throw failure;
  }
}
