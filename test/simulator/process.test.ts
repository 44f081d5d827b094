import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../simulator/environment.js';

const home = mkdtempSync(join(tmpdir(), 'quittance-simulator-process-'));
afterAll(() => rmSync(home, { recursive: true }));

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

/** The process itself, without the tsx command around it, so that its exit code is its own. */
function start(env: Record<string, string>) {
  const started = spawn(process.execPath, ['--import', 'tsx', 'simulator/main.ts'], {
    env: { PATH: process.env.PATH, QUITTANCE_HOME: home, SIMULATOR_PORT: '0', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ready = new Promise<string>((resolve, reject) => {
    started.stdout.on('data', () => {
      const url = /^simulator ready (http:\/\/127\.0\.0\.1:\d+)$/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    started.on('exit', () => reject(new Error(`ended before it was ready: ${output}`)));
  });
  ready.catch(() => undefined);
  const exited = once(started, 'exit').then(([code]) => ({ code: code as number | null, output }));
  return { ready, exited, started };
}

describe('the process', () => {
  it('says where it is ready, answers, and stops cleanly on SIGTERM', async () => {
    const { ready, exited, started } = start({});
    const answer = await fetch(`${await ready}/v1/status`);
    expect(await answer.json()).toEqual({ message: 'OK' });
    started.kill('SIGTERM');
    expect(await exited).toMatchObject({ code: 0, output: expect.stringContaining('simulator ends: SIGTERM') });
  });

  it('stops when the process that holds its stdin is gone', async () => {
    const { ready, exited, started } = start({ SIM_MEMORY: '1' });
    const url = await ready;
    // Long enough after the start to count as a parent that was there: a few requests on a cold server.
    for (const startedMs = performance.now(); performance.now() - startedMs < 700;) await fetch(`${url}/v1/status`);
    started.stdin.end();
    const why = expect.stringContaining('simulator ends: its stdin was closed');
    expect(await exited).toMatchObject({ code: 0, output: why });
  });

  it('refuses production with exit code 1 and a reason', async () => {
    const { code, output } = await start({ NODE_ENV: 'production' }).exited;
    expect(code).toBe(1);
    expect(output).toMatch(/refuses to start: NODE_ENV is production/);
  });
});

describe('the environment', () => {
  it('may be forced in production, and then on any host', () => {
    expect(readEnvironment({ NODE_ENV: 'production', SIMULATOR_FORCE: '1', SIMULATOR_HOST: '0.0.0.0' })).toMatchObject({
      force: true,
      host: '0.0.0.0',
    });
  });

  it.each([
    [{ SIMULATOR_HOST: '0.0.0.0' }, /SIMULATOR_FORCE/],
    [{ SIMULATOR_PORT: 'eighty' }, /SIMULATOR_PORT/],
    [{ SIM_STEP: 'soon' }, /SIM_STEP/],
    [{ SIM_IPN_RETRIES: '-1' }, /SIM_IPN_RETRIES/],
  ])('refuses %j and names the variable', (env, reason) => {
    expect(() => readEnvironment(env)).toThrow(reason);
  });

  it('reads durations as people write them', () => {
    const env = {
      SIM_STEP: '100 ms',
      SIM_LATE_AFTER: '61 minutes',
      SIM_IPN_INTERVAL: '1 minute',
      SIM_API_KEYS: 'a, b:s',
    };
    expect(readEnvironment(env)).toMatchObject({
      port: 8090,
      seed: 1,
      stepMs: 100,
      lateAfterMs: 3_660_000,
      ipn: { retries: 3, intervalMs: 60_000, timeoutMs: 3_000 },
      apiKeys: ['a', 'b:s'],
      home: join('.quittance', 'simulator'),
    });
    expect(readEnvironment({ SIM_MEMORY: '1' })).not.toHaveProperty('home');
  });
});
