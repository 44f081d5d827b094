import type { Client } from '@temporalio/client';
import { closedLoop } from '../load.js';
import { median } from '../quantiles.js';
import { oneWord, type Contender, type Way } from './contender.js';
import { historyOf, type HistoryFigures } from './histories.js';
import { countsOf, measureCpu, totalOf, type Counts, type CpuMs } from './usage.js';

export interface Load {
  readonly orders: number; // in each round
  readonly clients: number;
  readonly rounds: number;
}

/** What an order cost a contender: the medians of its rounds. */
export interface Cost {
  readonly perSecond: number;
  readonly rates: readonly number[]; // round by round, in the order in which they ran
  readonly cpuMs: CpuMs; // an order's, by part, and `all`
  readonly commits: number | null; // an order's
  readonly statements: number | null;
  readonly history: HistoryFigures | null; // of orders of the last round
}

/** What a contender's programs do with the database when there is no order, in a second. */
export interface Idle {
  readonly commits: number;
  readonly statements: number;
}

export interface Arena {
  readonly client: Client;
  readonly idle: ReadonlyMap<string, Idle>; // by the name of the database
  say(line: string): void;
}

interface Round {
  readonly perSecond: number;
  readonly cpu: CpuMs;
  readonly countsBefore: Counts | null;
  readonly countsAfter: Counts | null;
  readonly ids: readonly string[];
}

/** Whole orders, as fast as it goes, every contender in each round: what drifts, drifts for all. */
export async function runRounds(
  arena: Arena,
  contenders: readonly Contender[],
  load: Load & { readonly way: Way },
): Promise<Map<string, Cost>> {
  const results = new Map(contenders.map((contender) => [contender, [] as Round[]]));
  for (let index = 0; index < load.rounds; index += 1) {
    for (const [contender, rounds] of results) {
      const result = await round(contender, load);
      rounds.push(result);
      const rate = `${result.perSecond.toFixed(1)} orders a second`;
      const cpu = `${(totalOf(result.cpu) / load.orders).toFixed(0)} CPU-ms an order`;
      arena.say(`  round ${index + 1} of ${load.rounds}  ${contender.name.padEnd(26)} ${rate}, ${cpu}`);
    }
  }
  const costs = new Map<string, Cost>();
  for (const [contender, rounds] of results) {
    const cost = await costOf(arena, contender, { rounds, orders: load.orders });
    costs.set(contender.name, sharesDatabase(contender, contenders) ? { ...cost, ...uncounted } : cost);
  }
  return costs;
}

async function round(contender: Contender, work: Load & { way: Way }): Promise<Round> {
  const done = await contender.prepare?.();
  try {
    return await measured(contender, work);
  } finally {
    await done?.();
  }
}

const uncounted = { commits: null, statements: null };

/** Then what the other does between its rounds would be counted for both. */
function sharesDatabase({ name, database }: Contender, all: readonly Contender[]): boolean {
  return all.some((other) => other.name !== name && database !== null && other.database?.name === database.name);
}

/** Unmeasured: connections are made, code is compiled, caches are filled. */
export async function warmUp(contenders: readonly Contender[], clients: number): Promise<void> {
  for (const contender of contenders) await round(contender, { orders: clients, clients, rounds: 1, way: oneWord });
}

async function measured(contender: Contender, { orders, clients, way }: Load & { way: Way }): Promise<Round> {
  const countsBefore = await countsOf(contender);
  const spent = measureCpu(contender);
  const ids: string[] = [];
  const { seconds } = await closedLoop({ count: orders, clients }, async () => {
    const id = await contender.checkout();
    ids.push(id);
    await contender.pay(id, way);
  });
  return { perSecond: orders / seconds, cpu: spent(), countsBefore, countsAfter: await countsOf(contender), ids };
}

async function costOf(
  { client, idle }: Arena,
  contender: Contender,
  { rounds, orders }: { rounds: readonly Round[]; orders: number },
): Promise<Cost> {
  const parts = [...new Set(rounds.flatMap(({ cpu }) => Object.keys(cpu)))];
  const each = (of: (cpu: CpuMs) => number) => median(rounds.map(({ cpu }) => of(cpu) / orders));
  const cpu = parts.map((part): [string, number] => [part, each((spent) => spent[part] ?? 0)]);
  return {
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    rates: rounds.map(({ perSecond }) => perSecond),
    cpuMs: { all: each(totalOf), ...Object.fromEntries(cpu.sort(([, a], [, b]) => b - a)) },
    ...countedBetween(rounds, orders, idle.get(contender.database?.name ?? '')),
    history: await historyOf(client, contender, rounds.at(-1)!.ids.slice(-10)),
  };
}

/**
 * From the start of the first round to the start of the last one: a session tells its commits only a while later, so the
 * readings must not follow at the heels of work. What its programs do without orders is left out. With one round there is
 * no such stretch, and it is read at once.
 */
function countedBetween(
  rounds: readonly Round[],
  orders: number,
  idle: Idle = { commits: 0, statements: 0 },
): { commits: number | null; statements: number | null } {
  const before = rounds[0]!.countsBefore;
  const after = rounds.length === 1 ? rounds[0]!.countsAfter : rounds.at(-1)!.countsBefore;
  if (before === null || after === null) return { commits: null, statements: null };
  const made = Math.max(1, rounds.length - 1) * orders;
  const seconds = (after.at - before.at) / 1000;
  const each = (of: (counts: Counts | Idle) => number) => (of(after) - of(before) - of(idle) * seconds) / made;
  return { commits: each(({ commits }) => commits), statements: each(({ statements }) => statements) };
}
