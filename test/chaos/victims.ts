import { execFileSync } from 'node:child_process';
import { eventually } from '../support/eventually.js';

export type VictimKind = 'api' | 'worker' | 'postgres' | 'temporal';

interface Launched {
  readonly pid: number;
  hasEnded(): boolean;
}

/** A process that may be killed, or stopped for a while, and comes back as it was. */
export interface Victim {
  readonly name: string;
  readonly kind: VictimKind;
  isUp(): boolean;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again unless it lives, with more in its environment where that is said. */
  start(over?: NodeJS.ProcessEnv): Promise<void>;
  /** SIGSTOP for it and its children; they neither answer nor refuse. */
  freeze(): void;
  thaw(): void;
}

export async function createVictim<Program extends Launched>(
  name: string,
  kind: VictimKind,
  launch: (over: NodeJS.ProcessEnv) => Promise<Program>,
): Promise<Victim & { readonly first: Program }> {
  const first = await launch({});
  let program: Launched = first;
  let frozen: readonly number[] = [];
  return {
    name,
    kind,
    first,
    isUp: () => !program.hasEnded(),
    async kill() {
      if (program.hasEnded()) return;
      signal(program.pid, 'SIGKILL');
      await eventually(() => assertEnded(program), { timeoutMs: 30_000 });
    },
    async start(over = {}) {
      if (!program.hasEnded()) return;
      // What a killed PostgreSQL leaves behind holds its memory until it notices.
      program = await eventually(() => launch(over), { timeoutMs: 90_000, intervalMs: 200 });
    },
    freeze() {
      frozen = [program.pid, ...childrenOf(program.pid)];
      for (const pid of frozen) signal(pid, 'SIGSTOP');
    },
    thaw() {
      for (const pid of frozen) signal(pid, 'SIGCONT');
      frozen = [];
    },
  };
}

function assertEnded(program: Launched): void {
  if (!program.hasEnded()) throw new Error(`process ${program.pid} is still there`);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure; // ended meanwhile
  }
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}
