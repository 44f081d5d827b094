import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { minute } from '../../src/domain/timing.js';
import { closedLoop } from '../load.js';
import type { Contender } from './contender.js';
import { historyOf, type HistoryFigures } from './histories.js';
import { measureCpu, serverParts, totalOf, type CpuMs } from './usage.js';

/** What an order costs that is paid ten minutes after its checkout, from the one to the other. */
export interface TenMinutes {
  readonly serverMs: number; // of Temporal and of PostgreSQL
  readonly allMs: number;
  readonly cpuMs: CpuMs; // by part
  readonly history: HistoryFigures | null;
}

const tenMinutes = 10 * minute;

/** How many times as fast ten minutes pass when they take so long. Whoever takes part has all his clocks set by it. */
export const speedOf = (waitMs: number): number => tenMinutes / waitMs;

/** Ours, with every clock that ticks while an order waits that many times as fast. */
export function fastClocks(waitMs: number): NodeJS.ProcessEnv {
  const fast = (ms: number) => `${Math.round(ms / speedOf(waitMs))} milliseconds`;
  return { POLL_GRACE: fast(2 * minute), SWEEP_EVERY: fast(minute), RECONCILE_EVERY: fast(5 * minute) };
}

export async function payAfterTenMinutes(
  client: Client,
  contender: Contender,
  { orders, clients, waitMs }: { orders: number; clients: number; waitMs: number },
): Promise<TenMinutes> {
  const spent = measureCpu(contender);
  const ids: string[] = [];
  await closedLoop({ count: orders, clients }, async () => {
    ids.push(await contender.checkout());
  });
  await pause(waitMs);
  await closedLoop({ count: orders, clients }, (index) => contender.pay(ids[index]!));
  const cpuMs = Object.fromEntries(Object.entries(spent()).map(([part, ms]) => [part, ms / orders]));
  return {
    serverMs: serverParts.reduce((sum, part) => sum + (cpuMs[part] ?? 0), 0),
    allMs: totalOf(cpuMs),
    cpuMs,
    history: await historyOf(client, contender, ids.slice(-10)),
  };
}
