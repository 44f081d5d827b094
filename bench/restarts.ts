import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTemporalCli } from '../scripts/dev/find-temporal.js';
import { freePort } from '../scripts/dev/ports.js';
import { createProcesses } from '../scripts/dev/processes.js';
import { startTemporal } from '../scripts/dev/temporal.js';
import { startCrashWorld, startLoad, unpaidOf, type CrashWorld } from '../test/support/crash-world.js';
import { eventually } from '../test/support/eventually.js';
import type { ProgramProcess } from '../test/support/program-process.js';

// How many processes die when PostgreSQL crashes under load, half of the times without a word to its clients, and whether
// every order that was paid at the provider is paid here afterwards.
const { values: options } = parseArgs({
  options: { crashes: { type: 'string', default: '10' }, clients: { type: 'string', default: '8' } },
});
const crashes = Number(options.crashes);
const clients = Number(options.clients);
const patience = { timeoutMs: 180_000, intervalMs: 100 };

async function main(world: CrashWorld): Promise<void> {
  const dead: string[] = [];
  const starts = { worker: () => world.startWorker(), api: () => world.startApi() };
  const running = { worker: starts.worker(), api: starts.api() };
  const buryDead = () => {
    for (const name of ['worker', 'api'] as const) {
      if (running[name].ended() === null) continue;
      dead.push(`${name}: ${lastWords(running[name])}`);
      running[name] = starts[name]();
    }
  };
  await Promise.all([running.worker.untilSaid('worker ready'), running.api.untilSaid('api ready')]);
  const load = startLoad(world, clients);
  for (let crash = 1; crash <= crashes; crash += 1) {
    const before = load.paidIds.length;
    await eventually(() => assertMore(load.paidIds.length, before + clients), patience);
    await world.postgres.crash(crash % 2 === 0 ? 'SIGKILL' : 'SIGQUIT');
    await world.postgres.start();
    buryDead();
  }
  await load.stop();
  await eventually(async () => assertMore(1, await unpaidOf(world, load.paidIds)), patience);
  buryDead();
  console.log(`PostgreSQL crashed ${crashes} times under load: ${dead.length} dead processes`);
  console.log(`orders paid at the provider: ${load.paidIds.length}, of them not paid here: 0`);
  for (const words of dead) console.log(words);
}

function assertMore(found: number, than: number): void {
  if (found <= than) throw new Error(`${found}, waiting for more than ${than}`);
}

function lastWords({ lines, ended }: ProgramProcess): string {
  return `${ended()}\n${lines.slice(-5).join('\n')}`;
}

const home = mkdtempSync(join(tmpdir(), 'quittance-restarts-'));
const processes = createProcesses({ logDir: home });
try {
  const cli = await findTemporalCli(process.env, console.log);
  const address = await startTemporal({ processes, cli, port: await freePort() });
  const world = await startCrashWorld({ address, namespace: 'default' });
  try {
    await main(world);
  } finally {
    await world.close();
  }
} finally {
  await processes.stopAll();
  rmSync(home, { recursive: true, force: true });
}
