import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { minute } from '../src/domain/timing.js';
import { type DevFile, devFilePath } from '../scripts/dev/dev-file.js';
import { freePort } from '../scripts/dev/ports.js';
import {
  type Processes,
  type RunningProgram,
  createProcesses,
  lastLines,
  untilReady,
} from '../scripts/dev/processes.js';

export const root = fileURLToPath(new URL('..', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface BenchStack {
  readonly devFile: DevFile;
  readonly home: string;
  /** Runs one of our TypeScript programs until the stack is closed. */
  run(name: string, entry: string, args: readonly string[]): Promise<void>;
  /** Bytes of Temporal's own database file; null when Temporal was given from outside. */
  temporalBytes(): number | null;
  /** What it printed last: tells why it ended, when it did. */
  lastWords(): string;
  close(): Promise<void>;
}

/** What `npm start` starts, in a directory and on ports of its own. DATABASE_URL and TEMPORAL_ADDRESS are taken over. */
export async function startStack(over: Readonly<Record<string, string>> = {}): Promise<BenchStack> {
  const home = mkdtempSync(join(tmpdir(), 'quittance-bench-'));
  const processes = createProcesses({ logDir: join(home, 'bench-logs') });
  const close = async () => {
    await processes.stopAll();
    rmSync(home, { recursive: true, force: true });
  };
  let program: RunningProgram;
  try {
    program = await startQuittance(processes, home, over);
  } catch (failure) {
    await close();
    throw failure;
  }
  return {
    home,
    devFile: JSON.parse(readFileSync(devFilePath(home), 'utf8')) as DevFile,
    run: async (name, entry, args) => {
      await processes.start({ name, command: process.execPath, args: ['--import', tsx, entry, ...args], cwd: root });
    },
    temporalBytes: () => {
      const files = readdirSync(home).filter((file) => /^temporal-.*\.db/.test(file));
      return files.length === 0 ? null : files.reduce((sum, file) => sum + statSync(join(home, file)).size, 0);
    },
    lastWords: () => lastLines(program.logFile),
    close,
  };
}

async function startQuittance(
  processes: Processes,
  home: string,
  over: Readonly<Record<string, string>>,
): Promise<RunningProgram> {
  const portVariables = ['PORT', 'SIMULATOR_PORT', 'RECEIVER_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'PG_PORT'];
  const ports = await Promise.all(portVariables.map(async (name) => [name, String(await freePort())] as const));
  const env = {
    ...process.env,
    ...Object.fromEntries(ports),
    QUITTANCE_HOME: home,
    LOG_LEVEL: 'warn',
    // The provider's own pace is not what is measured.
    NOWPAYMENTS_MAX_RPS: '1000',
    SIM_MEMORY: '1',
    SIM_SEED: String(Date.now()), // a database from outside knows the ids and addresses of the run before
    ...over,
  };
  const args = ['--import', tsx, 'scripts/dev.ts'];
  const program = { name: 'quittance', command: process.execPath, args, cwd: root, env, stopGraceMs: 40_000 };
  const started = await processes.start(program);
  const isReady = async () => {
    if (!existsSync(devFilePath(home))) throw new Error('not ready');
  };
  await untilReady(started, isReady, 15 * minute); // the first start may build the Temporal server
  return started;
}

/** Does a bench's work on its stack and closes it. When the work fails, the stack's last words may say why. */
export async function runOn(stack: BenchStack, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (failure) {
    console.error(stack.lastWords());
    throw failure;
  } finally {
    await stack.close();
  }
}
