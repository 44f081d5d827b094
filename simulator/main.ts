import { Refused, readEnvironment } from './environment.js';
import { startSimulator, type Simulator } from './server.js';

// A stdin that is closed from the start has no parent at its other end.
const STDIN_SETTLES_MS = 500;

async function main(): Promise<void> {
  const simulator = await startSimulator(readEnvironment());
  console.log(`simulator ready ${simulator.url}`);
  stopCleanly(simulator);
}

function stopCleanly(simulator: Simulator): void {
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    console.log(`simulator ends: ${why}`);
    void simulator.close().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  process.on('disconnect', () => stop('whoever started it is gone (disconnected)'));

  // Whoever started us may be killed without a word; then we are adopted by another process, or our stdin ends.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop('whoever started it is gone');
  }, 1_000);
  watch.unref();
  const listeningSince = performance.now();
  process.stdin.on('end', () => {
    if (performance.now() - listeningSince > STDIN_SETTLES_MS)
      stop('its stdin was closed; start it with </dev/null to let it run alone');
  });
  process.stdin.on('error', () => undefined);
  process.stdin.resume();
}

function fail(failure: unknown): never {
  if (failure instanceof Refused) {
    console.error(`simulator refuses to start: ${failure.message}`);
  } else if ((failure as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    console.error('simulator cannot start: the port is taken; set SIMULATOR_PORT to another one');
  } else {
    console.error('simulator failed:', failure);
  }
  process.exit(1);
}

main().catch(fail);
