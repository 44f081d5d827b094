import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly stopSignal?: NodeJS.Signals;
  readonly stopGraceMs?: number;
}

export interface RunningProgram {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

export interface Processes {
  start(program: Program): Promise<RunningProgram>;
  /** Calls back when a program ends that nobody asked to stop. */
  onUnexpectedEnd(listener: (program: RunningProgram, how: string) => void): void;
  /** Latest started, first stopped. Nothing starts after it. */
  stopAll(): Promise<void>;
}

const watchdogFile = fileURLToPath(new URL('./watchdog.mjs', import.meta.url));

/** Children in process groups of their own: Ctrl-C reaches only us, and we stop them in order. */
export function createProcesses({
  logDir,
  rotateEveryMs = 5_000,
}: {
  logDir: string;
  rotateEveryMs?: number;
}): Processes {
  mkdirSync(logDir, { recursive: true });
  const running: RunningProgram[] = [];
  const rotation = setInterval(() => running.forEach(({ name }) => emptyGrown(logDir, name)), rotateEveryMs).unref();
  const listeners: ((program: RunningProgram, how: string) => void)[] = [];
  let watchdog: ChildProcess | undefined;
  let closed = false;

  function tellWatchdog(line: string): void {
    watchdog ??= startWatchdog();
    watchdog.stdin?.write(`${line}\n`);
  }

  async function start(program: Program): Promise<RunningProgram> {
    if (closed) throw new Error(`not starting ${program.name}: everything is being stopped`);
    const logFile = openLog(logDir, program.name);
    const child = spawnLogged(program, logFile);
    await once(child, 'spawn');
    const pid = child.pid!; // set once 'spawn' was seen
    tellWatchdog(`+${pid} ${program.stopSignal ?? 'SIGTERM'}`);
    let stopping = false;
    const ended = once(child, 'exit').then(() => tellWatchdog(`-${pid}`));
    const started: RunningProgram = {
      name: program.name,
      pid,
      logFile,
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
      stop: async () => {
        stopping = true;
        await stopChild(child, ended, program);
      },
    };
    running.push(started);
    child.once('exit', (code, signal) => {
      running.splice(running.indexOf(started), 1);
      if (!stopping) for (const tell of listeners) tell(started, signal ?? `exit code ${code}`);
    });
    return started;
  }

  async function stopAll(): Promise<void> {
    closed = true;
    for (const program of [...running].reverse()) await program.stop();
    clearInterval(rotation);
    if (!watchdog) return;
    const gone = once(watchdog, 'exit');
    watchdog.stdin?.end();
    await gone;
    watchdog = undefined;
  }

  return { start, stopAll, onUnexpectedEnd: (listener) => void listeners.push(listener) };
}

function startWatchdog(): ChildProcess {
  const watchdog = spawn(process.execPath, [watchdogFile], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  watchdog.stdin?.on('error', () => undefined); // it was killed: children are then stopped by us alone
  return watchdog;
}

function spawnLogged(program: Program, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(program.command, program.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: program.env ?? process.env,
      cwd: program.cwd,
      uid: program.uid,
      gid: program.gid,
    });
  } finally {
    closeSync(log);
  }
}

async function stopChild(child: ChildProcess, ended: Promise<void>, program: Program): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(program.stopSignal ?? 'SIGTERM');
  const patience = setTimeout(() => killGroup(child.pid!), program.stopGraceMs ?? 15_000);
  await ended;
  clearTimeout(patience);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ESRCH') throw failure; // ended meanwhile
  }
}

const mostBytes = 10 * 1024 * 1024;

/** Starts follow each other in one file, each below a line of its own; one that has grown is moved aside for a new one. */
function openLog(logDir: string, name: string): string {
  const file = join(logDir, `${name}.log`);
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > mostBytes) renameSync(file, join(logDir, `${name}.previous.log`));
  else if (bytes > 0) appendFileSync(file, `--- ${name} starts again, ${new Date().toISOString()}\n`);
  return file;
}

/** While it is written to: the program keeps its file, so what is in it is copied aside. A line of that moment may be lost. */
function emptyGrown(logDir: string, name: string): void {
  const file = join(logDir, `${name}.log`);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= mostBytes) return;
  copyFileSync(file, join(logDir, `${name}.previous.log`));
  truncateSync(file);
}

export function lastLines(logFile: string, count = 12): string {
  return existsSync(logFile) ? readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n') : '';
}

/** Asks until `isReady` stops throwing; fails at once, with its last log lines, when the program has ended. */
export async function untilReady(
  program: RunningProgram,
  isReady: () => Promise<void>,
  timeoutMs = 60_000,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await isReady();
    } catch (cause) {
      const tail = `\n--- end of ${program.logFile}\n${lastLines(program.logFile)}`;
      if (program.hasEnded()) throw new Error(`${program.name} ended while starting${tail}`, { cause });
      if (Date.now() > giveUpAt)
        throw new Error(`${program.name} is not ready after ${timeoutMs} ms${tail}`, { cause });
      await pause(50);
    }
  }
}
