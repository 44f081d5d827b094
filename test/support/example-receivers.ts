import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';

const folder = join(import.meta.dirname, '../../examples/receivers');

/** One of the receivers that merchants copy, running. */
export interface ExampleReceiver {
  /** The deliveries that it took for genuine, as it printed them. */
  accepted(): unknown[];
  output(): string;
  stop(): Promise<void>;
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

const programs: Record<string, (built: string) => Program> = {
  Node: () => ({ command: process.execPath, args: [join(folder, 'node/server.mjs')] }),
  Python: () => ({ command: 'python3', args: [join(folder, 'python/server.py')] }),
  Go: (built) => {
    const command = join(built, 'receiver');
    execFileSync('go', ['build', '-o', command, 'main.go'], { cwd: join(folder, 'go'), stdio: 'pipe' });
    return { command, args: [] };
  },
};

export const receiverLanguages = Object.keys(programs);

/** Builds it if need be, and resolves when it listens. A first Go build compiles net/http: minutes. */
export async function startExampleReceiver(
  language: string,
  { port, secret }: { port: number; secret: string },
): Promise<ExampleReceiver> {
  const built = mkdtempSync(join(tmpdir(), 'quittance-receiver-'));
  const program = programs[language]?.(built);
  if (!program) throw new Error(`no receiver in ${language}`);
  const env = { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret };
  const child: ChildProcess = spawn(program.command, program.args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await eventually(() => once(connect(port, '127.0.0.1'), 'connect'), { timeoutMs: 60_000 });
  return {
    output: () => printed,
    accepted: () =>
      printed
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    async stop() {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(built, { recursive: true, force: true });
    },
  };
}
