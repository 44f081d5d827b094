import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProcesses } from './dev/processes.js';
import { readDevSettings } from './dev/settings.js';
import { stopOnSignals } from './dev/stopping.js';
import { startProductionStack, type ProductionStack } from './stack/stack.js';

// The real stack on one machine without an engine: what docker-compose.yml starts, with its own commands and settings.

const startedAt = Date.now();

function say(line: string): void {
  console.log(`[${((Date.now() - startedAt) / 1000).toFixed(1).padStart(5)} s] ${line}`);
}

function announce({ place, services, ...stack }: ProductionStack): void {
  const { secrets, ports, certificate, home } = place;
  const lines = [
    ['API', `${stack.publicUrl}   (curl --cacert ${certificate.certFile}; ${services.apis.length} behind one address)`],
    ['API key', secrets.keys.live],
    ['admin key', secrets.keys.admin],
    ['console', `${stack.publicUrl}/console   (name: admin, password: ${secrets.consolePassword})`],
    ['simulator', stack.simulatorUrl],
    ['Temporal', `127.0.0.1:${ports.temporal}, namespace quittance`],
    ['UI', services.hasUi ? `http://127.0.0.1:${ports.ui}` : 'left out'],
    ['metrics', services.workers.map(({ metricsUrl }) => metricsUrl).join(' ')],
    ['database', stack.databaseUrl],
    ['settings', join(home, '.env')],
    ['logs', join(home, 'logs')],
  ];
  console.log(`\n${lines.map(([label, value]) => `  ${label!.padEnd(10)} ${value}`).join('\n')}\n`);
  say('the stack is ready. Ctrl-C stops everything; the next start finds the same data and keys.');
}

async function start(): Promise<void> {
  const { image } = parseArgs({ options: { image: { type: 'string' } } }).values;
  const { QUITTANCE_HOME: home, ...ports } = process.env;
  // Its servers are its own, whatever the shell says of others.
  const others = { NODE_ENV: '', DATABASE_URL: '', TEMPORAL_ADDRESS: '' };
  const settings = readDevSettings({ ...ports, ...others, QUITTANCE_HOME: home || join('.quittance', 'stack') });
  mkdirSync(settings.home, { recursive: true, mode: 0o700 });
  const processes = createProcesses({ logDir: join(settings.home, 'logs') });
  const stopping = stopOnSignals(processes, say);
  try {
    announce(await startProductionStack({ processes, settings, say, ...(image === undefined ? {} : { image }) }));
  } catch (failure) {
    await stopping.fail(failure);
  }
}

start().catch((failure: unknown) => {
  console.error(`\nthe stack cannot start: ${failure instanceof Error ? failure.message : String(failure)}`);
  process.exitCode = 1;
});
