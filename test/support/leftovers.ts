import { readdirSync, readFileSync } from 'node:fs';
import { eventually } from './eventually.js';

/** In the environment of everything a test run starts, so that what outlives the run can be told from the rest. */
export const runMark = 'QUITTANCE_TEST_RUN';

/** Ends what the tests left running, and fails the run for it: a forgotten worker would take the next run's tasks. */
export async function endLeftovers(): Promise<void> {
  try {
    await eventually(
      () => {
        const left = leftovers();
        if (left.length > 0)
          throw new Error(`left running: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`);
      },
      { timeoutMs: 5_000, intervalMs: 100 },
    );
  } catch (failure) {
    for (const { pid } of leftovers()) process.kill(pid, 'SIGKILL');
    process.exitCode = 1;
    throw failure;
  }
}

interface Leftover {
  readonly pid: number;
  readonly command: string;
}

function leftovers(): Leftover[] {
  const mark = `${runMark}=${process.env[runMark]}`;
  return processIds()
    .filter((pid) => pid !== process.pid && readProc(pid, 'environ').split('\0').includes(mark))
    .map((pid) => ({ pid, command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== '' && !isRunner(command));
}

/** vitest ends its own workers, and esbuild its service, only after the teardown. */
function isRunner(command: string): boolean {
  return /node_modules\/(vitest|esbuild|@esbuild)\//.test(command) || command.includes('node (vitest');
}

/** Only Linux shows the environment of a process; elsewhere nothing is checked. */
function processIds(): number[] {
  return process.platform === 'linux' ? readdirSync('/proc').map(Number).filter(Boolean) : [];
}

function readProc(pid: number, file: 'environ' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // ended meanwhile, or another user's
  }
}
