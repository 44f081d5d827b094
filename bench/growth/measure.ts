import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { cpuBetween, cpuSeconds, processesBelow } from '../cpu-time.js';
import { databaseBytes } from '../database-bytes.js';
import type { FullStack } from '../full-stack.js';
import type { Orders } from '../orders.js';
import { residentMiB } from '../peak-memory.js';
import { quantile } from '../quantiles.js';

export interface Bytes {
  readonly ours: number;
  readonly temporal: number;
  readonly visibility: number;
}

/** What is found while so many orders wait. */
export interface Step {
  readonly orders: number;
  readonly workersMiB: readonly number[]; // resident, each worker
  readonly heapMiB: number; // of the second worker's main thread
  readonly bytesEach: Bytes; // on disk, of each order that waits
  readonly idleCores: Readonly<Record<string, number>>; // by part, while nothing happens
  readonly settleMs: { readonly p50: number; readonly p90: number }; // from the coins to paid, one order after another
  readonly settleCpuMs: number; // of all parts, an order
}

interface Measuring {
  readonly stack: FullStack;
  readonly ours: Orders;
  readonly metricsUrl: string;
  readonly temporal: pg.Client;
}

/** Of Temporal's two databases, and ours. */
export async function bytesNow({ ours, temporal }: Pick<Measuring, 'ours' | 'temporal'>): Promise<Bytes> {
  const of = async (name: string) => {
    const { rows } = await temporal.query<{ bytes: string }>('select pg_database_size($1) as bytes', [name]);
    return Number(rows[0]!.bytes);
  };
  return {
    ours: await databaseBytes(ours.database!.pool, 'datname = current_database()'),
    temporal: await of('temporal'),
    visibility: await of('temporal_visibility'),
  };
}

/** Looks at what waits, then pays some of it, at random. `waiting` loses those. */
export async function measureStep(
  measuring: Measuring,
  waiting: string[],
  { before, made, sample, idleSeconds }: { before: Bytes; made: number; sample: number; idleSeconds: number },
): Promise<Step> {
  const bytes = await bytesNow(measuring);
  const each = (of: (bytes: Bytes) => number) => (of(bytes) - of(before)) / made;
  const idle = cpuSeconds();
  await pause(idleSeconds * 1000);
  const idleCores = cpuBetween(idle, cpuSeconds()).map(([part, seconds]) => [part, seconds / idleSeconds] as const);
  const workers = processesBelow({ worker: /src\/worker\.(ts|js)/ });
  const orders = waiting.length;
  const workersMiB = workers.map(({ pid }) => residentMiB(pid) ?? 0);
  const heapMiB = await heapOf(measuring.metricsUrl);
  return {
    orders,
    workersMiB,
    heapMiB,
    bytesEach: {
      ours: each(({ ours }) => ours),
      temporal: each(({ temporal }) => temporal),
      visibility: each(({ visibility }) => visibility),
    },
    idleCores: Object.fromEntries(idleCores),
    ...(await settleSome(measuring.ours, waiting, sample)),
  };
}

async function settleSome(ours: Orders, waiting: string[], sample: number) {
  const latencies: number[] = [];
  const before = cpuSeconds();
  for (let settled = 0; settled < sample; settled += 1) {
    const [id] = waiting.splice(Math.floor(Math.random() * waiting.length), 1);
    const startedAt = performance.now();
    await ours.pay(id!);
    latencies.push(performance.now() - startedAt);
  }
  const used = cpuBetween(before, cpuSeconds()).reduce((sum, [, seconds]) => sum + seconds, 0);
  return {
    settleMs: { p50: quantile(latencies, 0.5), p90: quantile(latencies, 0.9) },
    settleCpuMs: (used * 1000) / sample,
  };
}

async function heapOf(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^nodejs_heap_size_used_bytes\S* (\S+)/m.exec(text)?.[1]) / 2 ** 20;
}
