import { setTimeout as pause } from 'node:timers/promises';
import { answersHttp } from '../../scripts/dev/parts.js';
import { freePort } from '../../scripts/dev/ports.js';
import { type RunningProgram, untilReady } from '../../scripts/dev/processes.js';
import { processSeconds } from '../cpu-time.js';
import { median } from '../quantiles.js';
import type { BenchStack } from '../stack.js';

/** From the start of a process until it serves, by the clock and of the processor. */
export interface ColdStart {
  readonly ms: { readonly api: number; readonly worker: number };
  readonly cpuMs: { readonly api: number; readonly worker: number };
}

/** Another API and another worker of ours, as built, on the stack's servers. */
export interface Pair {
  readonly apiUrl: string;
  readonly metricsUrl: string; // of its worker
  readonly start: ColdStart;
  stop(): Promise<void>;
}

export async function startPair(stack: BenchStack, over: NodeJS.ProcessEnv = {}): Promise<Pair> {
  const port = await freePort();
  const metricsPort = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  const own = { PORT: String(port), PUBLIC_URL: apiUrl, WORKER_METRICS_PORT: String(metricsPort), ...over };
  const env = { ...stack.partEnv, ...own };
  const start = async (name: string, entry: string, readyUrl: string) => {
    const startedAt = performance.now();
    const program = await stack.run(name, entry, [], env);
    await untilAnswers(program, readyUrl);
    return { program, ms: performance.now() - startedAt, cpuMs: processSeconds(program.pid) * 1000 };
  };
  // One after the other: each start is measured, and they would share the processor.
  const api = await start('second-api', 'dist/src/api/server.js', `${apiUrl}/readyz`);
  // Its metrics are there when it polls.
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  const worker = await start('second-worker', 'dist/src/worker.js', metricsUrl);
  return {
    apiUrl,
    metricsUrl,
    start: { ms: { api: api.ms, worker: worker.ms }, cpuMs: { api: api.cpuMs, worker: worker.cpuMs } },
    stop: async () => {
      await api.program.stop();
      await worker.program.stop();
    },
  };
}

/** `untilReady` looks every 50 ms: too seldom for a figure of a few hundred. */
async function untilAnswers(program: RunningProgram, url: string): Promise<void> {
  const answers = async () => {
    while (!program.hasEnded()) {
      if (await answersHttp(url).then(...settled)) return;
      await pause(5);
    }
    throw new Error(`${program.name} has ended`);
  };
  await untilReady(program, answers);
}

const settled = [() => true, () => false] as const;

/** Starts and stops a pair a few times: medians. */
export async function coldStarts(stack: BenchStack, times: number): Promise<ColdStart> {
  const starts: ColdStart[] = [];
  for (let time = 0; time < times; time += 1) {
    const pair = await startPair(stack);
    starts.push(pair.start);
    await pair.stop();
  }
  const middle = (of: (start: ColdStart) => number) => median(starts.map(of));
  return {
    ms: { api: middle(({ ms }) => ms.api), worker: middle(({ ms }) => ms.worker) },
    cpuMs: { api: middle(({ cpuMs }) => cpuMs.api), worker: middle(({ cpuMs }) => cpuMs.worker) },
  };
}
