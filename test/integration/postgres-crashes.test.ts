import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCrashWorld, startLoad, unpaidOf, type CrashWorld } from '../support/crash-world.js';
import { eventually } from '../support/eventually.js';
import { noRow } from '../support/invariants.js';
import { startProgram, type ProgramProcess } from '../support/program-process.js';
import { testTemporal, type TestTemporal } from '../support/temporal.js';

let temporal: TestTemporal;
let world: CrashWorld;
let api: ProgramProcess;
let worker: ProgramProcess;
beforeAll(async () => {
  temporal = await testTemporal();
  world = await startCrashWorld(temporal);
}, 120_000);
afterAll(async () => {
  await world?.close();
  await temporal?.close();
}, 60_000);

const living = { timeoutMs: 60_000, intervalMs: 200 };

describe('API and worker that start before PostgreSQL and Temporal', () => {
  it('say what they wait for, and are ready when both are there', async () => {
    await world.postgres.crash('SIGQUIT');
    world.temporal.cut();
    api = world.startApi();
    worker = world.startWorker();
    await Promise.all([worker.untilSaid('waiting for PostgreSQL'), api.untilSaid('waiting for PostgreSQL')]);
    expect((await fetch(`${world.apiUrl}/healthz`)).status).toBe(200);
    expect((await fetch(`${world.apiUrl}/readyz`)).status).toBe(503);
    await world.postgres.start();
    await Promise.all([worker.untilSaid('waiting for Temporal'), api.untilSaid('PostgreSQL is there')]);
    world.temporal.mend();
    await Promise.all([worker.untilSaid('worker ready'), api.untilSaid('Temporal is there')]);
    await eventually(async () => expect((await fetch(`${world.apiUrl}/readyz`)).status).toBe(200), living);
    expect([worker.ended(), api.ended()]).toEqual([null, null]);
  }, 120_000);
});

describe('PostgreSQL that crashes again and again under load', () => {
  it('ends neither API nor worker, and every order goes on to paid', async () => {
    const load = startLoad(world, 4);
    for (const signal of ['SIGQUIT', 'SIGKILL', 'SIGQUIT', 'SIGKILL'] as const) {
      const before = load.paidIds.length;
      await eventually(() => expect(load.paidIds.length).toBeGreaterThan(before + 3), living);
      await world.postgres.crash(signal);
      await world.postgres.start();
    }
    await load.stop();
    await eventually(async () => expect(await unpaidOf(world, load.paidIds)).toBe(0), {
      ...living,
      timeoutMs: 120_000,
    });
    expect([worker.ended(), api.ended()]).toEqual([null, null]);
    await eventually(async () => {
      for (const [name, sql] of Object.entries(noRow)) expect((await world.pool.query(sql)).rows, name).toEqual([]);
    }, living);
  }, 300_000);
});

describe('a setting that no waiting mends', () => {
  const wrong = (change: (url: URL) => void): string => {
    const url = new URL(world.postgres.url);
    change(url);
    return url.href;
  };
  it.each(['src/worker.ts', 'src/api/server.ts'])(
    'ends %s at once, with a sentence',
    async (entry) => {
      for (const [url, sentence] of [
        [wrong((to) => (to.password = 'guessed')), 'DATABASE_URL cannot be used: password authentication failed'],
        [wrong((to) => (to.pathname = '/nothing')), 'DATABASE_URL cannot be used: database "nothing" does not exist'],
        ['postgres//nowhere', 'DATABASE_URL: Invalid'],
      ] as const) {
        const program = startProgram(entry, { ...world.env, PORT: '0', DATABASE_URL: url });
        await program.untilSaid(sentence);
        await eventually(() => expect(program.ended()).toBe('exit code 1'));
      }
    },
    120_000,
  );
});
