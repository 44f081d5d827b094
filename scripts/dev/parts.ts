import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Processes, type RunningProgram, untilReady } from './processes.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** One of our own programs. */
export interface Part {
  readonly name: string;
  readonly entry: string; // a source, or what the build made of one
  readonly env: NodeJS.ProcessEnv;
  readonly isReady: (program: RunningProgram) => Promise<void>;
}

export async function startPart(processes: Processes, { name, entry, env, isReady }: Part): Promise<void> {
  const program = await processes.start({ name, command: process.execPath, args: nodeArgs(entry), cwd: root, env });
  await untilReady(program, () => isReady(program));
}

/** What node is told to run one of our programs. */
export function nodeArgs(entry: string): string[] {
  return entry.endsWith('.ts') ? ['--import', tsx, entry] : ['--enable-source-maps', entry];
}

/** Fails until the URL answers 2xx. */
export async function answersHttp(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
}
