import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { databaseBytes } from '../database-bytes.js';
import type { FullStack } from '../full-stack.js';
import { closedLoop } from '../load.js';
import { countProviderCalls } from '../provider-calls.js';
import { openRows } from '../open-rows.js';
import { fourWords, type Contender } from './contender.js';
import { runRounds, type Arena, type Cost, type Load } from './rounds.js';

export interface Waiting {
  readonly orders: number;
  readonly madePerSecond: number;
  readonly bytes: { readonly ours: number; readonly temporal: number }; // an order's, in the databases
  readonly cost: Cost; // of those that are paid while the others wait
}

/** Many orders wait past the grace; then some of them are paid, at random, while as many new ones are made. */
export async function paidAmongMany(
  arena: Arena,
  { stack, ours }: { stack: FullStack; ours: Contender },
  { waiting, settleMs, load }: { waiting: number; settleMs: number; load: Load },
): Promise<Waiting> {
  const temporal = new pg.Pool({ connectionString: stack.temporalDatabaseUrl, max: 1 });
  const bytes = async () => ({
    ours: await databaseBytes(ours.database!.pool, 'datname = current_database()'),
    temporal: await databaseBytes(temporal, `datname like 'temporal%'`),
  });
  try {
    const before = await bytes();
    const ids: string[] = [];
    const { seconds } = await closedLoop({ count: waiting, clients: load.clients }, async () => {
      ids.push(await ours.checkout());
    });
    const after = await bytes();
    arena.say(`  ${waiting} orders made at ${(waiting / seconds).toFixed(1)} a second`);
    await pause(settleMs);
    const paidOld = payingOld(ours, ids);
    const costs = await runRounds(arena, [paidOld], { ...load, way: fourWords });
    return {
      orders: waiting,
      madePerSecond: waiting / seconds,
      bytes: { ours: (after.ours - before.ours) / waiting, temporal: (after.temporal - before.temporal) / waiting },
      cost: costs.get(paidOld.name)!,
    };
  } finally {
    await temporal.end();
  }
}

/** Each checkout makes a new order, and hands out an old one to be paid. */
function payingOld(ours: Contender, ids: string[]): Contender {
  return {
    ...ours,
    async checkout(): Promise<string> {
      ids.push(await ours.checkout());
      const old = Math.floor(Math.random() * (ids.length - 1));
      return ids.splice(old, 1)[0]!;
    },
  };
}

/** Calls to the provider in a minute while so many are open: those that wait for real, and rows with their payments. */
export async function pollCallsAt(
  stack: FullStack,
  ours: Contender,
  { open, waiting, minutes }: { open: number; waiting: number; minutes: number },
): Promise<number> {
  const { pool } = ours.database!;
  await openRows(stack, pool, { like: await ours.checkout(), count: Math.max(0, open - waiting) });
  await pause(90_000); // the first list is longer than the one before
  const calls = await countProviderCalls(stack.devFile.simulator_url!);
  await pause(minutes * 60_000);
  return (await calls())['*']! / minutes;
}
