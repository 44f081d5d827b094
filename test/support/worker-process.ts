import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A worker as a process of its own, so that it can die as processes do. */
export interface WorkerProcess {
  /** SIGKILL: nothing of it gets to say goodbye. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM: work in hand is finished. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Starts `src/worker.ts` with a stack's environment; resolves when it polls. */
export async function startWorkerProcess(env: Readonly<Record<string, string>>): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/worker.ts'], {
    cwd: root,
    env: { ...process.env, ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('worker ready')) resolve();
    });
    child.stderr.on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  });
  const ended = once(child, 'exit');
  const died = ended.then(() => {
    throw new Error(`the worker ended before it was ready:\n${lines.slice(-20).join('\n')}`);
  });
  await Promise.race([ready, died]);
  died.catch(() => {});
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  return { kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
