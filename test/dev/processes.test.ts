import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcesses, untilReady } from '../../scripts/dev/processes.js';
import { eventually } from '../support/eventually.js';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const parent = fileURLToPath(new URL('./parent-to-kill.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function node(name: string, code: string) {
  return { name, command: process.execPath, args: ['-e', code] };
}

describe('child processes', () => {
  let logDir: string;

  beforeEach(() => {
    logDir = mkdtempSync(join(tmpdir(), 'quittance-processes-'));
  });

  afterEach(() => {
    rmSync(logDir, { recursive: true, force: true });
  });

  it('do not outlive a parent that is killed without a word', async () => {
    const killed = spawn(process.execPath, ['--import', tsx, parent, logDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    const child = await new Promise<number>((resolve) => killed.stdout.once('data', (line) => resolve(Number(line))));
    expect(isAlive(child)).toBe(true);
    killed.kill('SIGKILL');
    await eventually(() => expect(isAlive(child)).toBe(false));
  });

  it('are stopped in reverse order, each after the one before has ended', async () => {
    const processes = createProcesses({ logDir });
    const code = (name: string) =>
      `process.on('SIGTERM', () => setTimeout(() => { console.log(Date.now()); process.exit() }, 50)); console.log('${name}'); setInterval(() => {}, 1000)`;
    const ready = (file: string) => async () => expect(readFileSync(file, 'utf8')).not.toBe('');
    for (const name of ['database', 'worker']) {
      const program = await processes.start(node(name, code(name)));
      await untilReady(program, ready(program.logFile));
    }
    await processes.stopAll();
    const stoppedAt = (name: string) =>
      Number(
        readFileSync(join(logDir, `${name}.log`), 'utf8')
          .trim()
          .split('\n')[1],
      );
    expect(stoppedAt('worker')).toBeLessThan(stoppedAt('database'));
  });

  it('that ignore the request to stop are killed after their grace', async () => {
    const processes = createProcesses({ logDir });
    const stubborn = `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`;
    const program = await processes.start({ ...node('stubborn', stubborn), stopGraceMs: 100 });
    await untilReady(program, async () => expect(readFileSync(program.logFile, 'utf8')).toContain('up'));
    await processes.stopAll();
    expect(isAlive(program.pid)).toBe(false);
  });

  it('that end while starting are reported with the end of their log', async () => {
    const processes = createProcesses({ logDir });
    const program = await processes.start(node('broken', `console.error('no such table'); process.exit(3)`));
    const notYet = () => Promise.reject(new Error('not yet'));
    await expect(untilReady(program, notYet)).rejects.toThrow(/broken ended while starting[\s\S]+no such table/);
    await processes.stopAll();
  });

  it('that end by themselves are told to whoever listens, others are not', async () => {
    const processes = createProcesses({ logDir });
    const ends: string[] = [];
    processes.onUnexpectedEnd(({ name }, how) => ends.push(`${name}: ${how}`));
    await processes.start(node('steady', 'setInterval(() => {}, 1000)'));
    await processes.start(node('fleeting', 'process.exit(4)'));
    await eventually(() => expect(ends).toEqual(['fleeting: exit code 4']));
    await processes.stopAll();
    expect(ends).toHaveLength(1);
    await expect(processes.start(node('late', ''))).rejects.toThrow(/everything is being stopped/);
  });

  it('write on where the start before ended, until the log has grown', async () => {
    const file = join(logDir, 'chatty.log');
    const startOnce = async (word: string) => {
      const processes = createProcesses({ logDir });
      const program = await processes.start(node('chatty', `console.log('${word}')`));
      await eventually(() => expect(program.hasEnded()).toBe(true));
      await processes.stopAll();
    };
    await startOnce('first');
    await startOnce('second');
    expect(readFileSync(file, 'utf8')).toMatch(/^first\n--- chatty starts again, \S+Z\nsecond\n$/);
    truncateSync(file, 11 * 1024 * 1024);
    await startOnce('third');
    expect(readFileSync(file, 'utf8')).toBe('third\n');
    expect(readFileSync(join(logDir, 'chatty.previous.log'), 'utf8')).toMatch(/^first\n/);
  });

  it('are moved aside while the program runs, too, once they have grown', async () => {
    const processes = createProcesses({ logDir, rotateEveryMs: 20 });
    const writes = `process.stdout.write('x'.repeat(11 * 1024 * 1024)); setInterval(() => console.log('on'), 50)`;
    await processes.start(node('talks', writes));
    const size = (name: string) => statSync(join(logDir, name), { throwIfNoEntry: false })?.size ?? 0;
    await eventually(() => expect(size('talks.previous.log')).toBeGreaterThan(10 * 1024 * 1024));
    await eventually(() => expect(readFileSync(join(logDir, 'talks.log'), 'utf8')).toMatch(/^x*(on\n)+$/));
    expect(size('talks.log')).toBeLessThan(1024 * 1024);
    await processes.stopAll();
  });
});
