import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minute } from '../src/domain/timing.js';
import { type DevFile, devFilePath } from '../scripts/dev/dev-file.js';
import { partEnvironment } from '../scripts/dev/part-environment.js';
import { nodeArgs } from '../scripts/dev/parts.js';
import { freePort } from '../scripts/dev/ports.js';
import {
  type Processes,
  type RunningProgram,
  createProcesses,
  lastLines,
  untilReady,
} from '../scripts/dev/processes.js';
import { keptSecrets } from '../scripts/dev/secrets.js';
import { readDevSettings } from '../scripts/dev/settings.js';

export const root = fileURLToPath(new URL('..', import.meta.url));

export interface BenchStack {
  readonly devFile: DevFile;
  readonly home: string;
  /** What its API and worker were started with: enough for another one of each. */
  readonly partEnv: NodeJS.ProcessEnv;
  /** Runs one of our programs until the stack is closed. */
  run(name: string, entry: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<RunningProgram>;
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
  const env = await environmentIn(home, over);
  let program: RunningProgram;
  try {
    program = await startQuittance(processes, home, env);
  } catch (failure) {
    await close();
    throw failure;
  }
  const devFile = JSON.parse(readFileSync(devFilePath(home), 'utf8')) as DevFile;
  const servers = { databaseUrl: devFile.database_url, temporalAddress: devFile.temporal_address };
  return {
    home,
    devFile,
    partEnv: partEnvironment(env, { settings: readDevSettings(env), secrets: keptSecrets(home), servers }),
    run: (name, entry, args, more = {}) =>
      processes.start({
        name,
        command: process.execPath,
        args: [...nodeArgs(entry), ...args],
        cwd: root,
        env: { ...process.env, ...more },
      }),
    lastWords: () => lastLines(program.logFile),
    close,
  };
}

async function environmentIn(home: string, over: Readonly<Record<string, string>>): Promise<NodeJS.ProcessEnv> {
  const portVariables = ['PORT', 'SIMULATOR_PORT', 'RECEIVER_PORT', 'TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'PG_PORT'];
  const ports = await Promise.all(portVariables.map(async (name) => [name, String(await freePort())] as const));
  return {
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
}

async function startQuittance(processes: Processes, home: string, env: NodeJS.ProcessEnv): Promise<RunningProgram> {
  const args = nodeArgs('scripts/dev.ts');
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
