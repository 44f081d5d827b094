import { setTimeout as pause } from 'node:timers/promises';
/** What happened to each call: how long it took, in milliseconds. */
export interface Measured {
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
}

/** As fast as it goes: `clients` at a time, each takes the next when its last is done. */
export async function closedLoop(
  { count, clients }: { count: number; clients: number },
  call: (index: number) => Promise<void>,
): Promise<Measured> {
  const startedAt = performance.now();
  const latenciesMs: number[] = [];
  let next = 0;
  async function client(): Promise<void> {
    while (next < count) {
      const before = performance.now();
      await call(next++);
      latenciesMs.push(performance.now() - before);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return { seconds: (performance.now() - startedAt) / 1000, latenciesMs };
}

/** At a steady rate, whether or not earlier calls are done: waiting for a turn counts. */
export async function openLoop(
  { count, perSecond }: { count: number; perSecond: number },
  call: (index: number) => Promise<void>,
): Promise<Measured> {
  const startedAt = performance.now();
  const latenciesMs: number[] = [];
  const calls = Array.from({ length: count }, async (_, index) => {
    const due = startedAt + (index * 1000) / perSecond;
    await pause(due - performance.now());
    await call(index);
    latenciesMs.push(performance.now() - due);
  });
  await Promise.all(calls);
  return { seconds: (performance.now() - startedAt) / 1000, latenciesMs };
}
