import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Say } from './cache.js';

/** The first file of that name on PATH that may be run. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // missing or not ours to run: either way not a candidate
  }
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs to the end and returns stdout; `keepGoing` is asked every second and may end it early with a reason. */
export async function run(
  { command, args, cwd, env }: Command,
  keepGoing: (elapsedMs: number) => string | null = () => null,
): Promise<string> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  let stderr = '';
  let stopped: string | null = null;
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const killGroup = () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
  };
  const startedAt = Date.now();
  const watch = setInterval(() => {
    stopped ??= keepGoing(Date.now() - startedAt);
    if (stopped !== null) killGroup();
  }, 1_000);
  process.once('exit', killGroup);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (stopped !== null) throw new Error(stopped);
    if (code === 0) return stdout;
    throw new Error(`${command} ended with ${code}: ${stderr.trim().split('\n').slice(-8).join('\n')}`);
  } finally {
    clearInterval(watch);
    process.off('exit', killGroup);
  }
}

/** A line now and every twenty seconds: a silent terminal looks like a hang. */
export function progress(say: Say, what: string): (elapsedMs: number) => null {
  say(`${what} …`);
  let saidAtMs = 0;
  return (elapsedMs) => {
    if (elapsedMs - saidAtMs >= 20_000) {
      saidAtMs = elapsedMs;
      say(`${what} … ${Math.round(elapsedMs / 1000)} s`);
    }
    return null;
  };
}
