import { startProgram, type ProgramProcess } from './program-process.js';

export type WorkerProcess = Pick<ProgramProcess, 'kill' | 'stop'>;

/** Starts `src/worker.ts` with a stack's environment; resolves when it polls. */
export async function startWorkerProcess(env: Readonly<Record<string, string>>): Promise<WorkerProcess> {
  const worker = startProgram('src/worker.ts', env);
  await worker.untilSaid('worker ready');
  return worker;
}
