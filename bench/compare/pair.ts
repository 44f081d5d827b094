import { setTimeout as pause } from 'node:timers/promises';
import { answersHttp } from '../../scripts/dev/parts.js';
import { freePort } from '../../scripts/dev/ports.js';
import { type RunningProgram, untilReady } from '../../scripts/dev/processes.js';
import { median } from '../quantiles.js';
import type { BenchStack } from '../stack.js';

/** Another API and another worker of ours, as built, on the stack's servers. */
export interface Pair {
  readonly apiUrl: string;
  readonly startMs: { readonly api: number; readonly worker: number }; // from the start of the process until it serves
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
    return { program, ms: performance.now() - startedAt };
  };
  // One after the other: each start is measured, and they would share the processor.
  const api = await start('second-api', 'dist/src/api/server.js', `${apiUrl}/readyz`);
  // Its metrics are there when it polls.
  const worker = await start('second-worker', 'dist/src/worker.js', `http://127.0.0.1:${metricsPort}/metrics`);
  return {
    apiUrl,
    startMs: { api: api.ms, worker: worker.ms },
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
export async function coldStarts(stack: BenchStack, times: number): Promise<{ api: number; worker: number }> {
  const started: Pair['startMs'][] = [];
  for (let time = 0; time < times; time += 1) {
    const pair = await startPair(stack);
    started.push(pair.startMs);
    await pair.stop();
  }
  return { api: median(started.map(({ api }) => api)), worker: median(started.map(({ worker }) => worker)) };
}
