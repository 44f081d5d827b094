import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** One of our programs as a process of its own, so that it can die as processes do. */
export interface ProgramProcess {
  readonly lines: readonly string[];
  /** How it ended; null while it lives. */
  ended(): string | null;
  /** Resolves at a line with this text, throws when the program ends before. */
  untilSaid(text: string): Promise<void>;
  /** SIGKILL: nothing of it gets to say goodbye. Resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM: work in hand is finished. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

export function startProgram(
  program: string, // a file, with what it is given behind it
  env: Readonly<Record<string, string>>,
): ProgramProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', ...program.split(' ')], {
    cwd: root,
    env: { ...process.env, ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const heard = (line: string) => {
    lines.push(line);
    for (const listener of listeners) listener(line);
  };
  createInterface({ input: child.stdout }).on('line', heard);
  createInterface({ input: child.stderr }).on('line', heard);
  let how: string | null = null;
  const gone = once(child, 'exit').then(([code, signal]) => {
    how = String(signal ?? `exit code ${code}`);
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await gone;
  };
  return {
    lines,
    ended: () => how,
    untilSaid: (text) =>
      new Promise((resolve, reject) => {
        const listener = (line: string) => {
          if (line.includes(text)) resolve();
        };
        listeners.add(listener);
        lines.forEach(listener);
        void gone.then(() => {
          reject(new Error(`${program} ended (${how}) without saying "${text}":\n${lines.slice(-20).join('\n')}`));
        });
      }),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}
