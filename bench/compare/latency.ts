import type { Client } from '@temporalio/client';
import { historyCost } from '../history-cost.js';
import { openLoop } from '../load.js';
import { quantile } from '../quantiles.js';
import type { Contender } from './contender.js';

export interface Tail {
  readonly p50: number;
  readonly p99: number;
}

export interface Latency {
  readonly checkoutMs: Tail;
  readonly paidMs: Tail; // from the coins to the order that says paid, as the driver sees it
  readonly signalToPaidMs: Tail | null; // by its history
}

/** At a rate that leaves the machine idle half of the time: waiting in line is not what is measured. */
export async function latencyOf(
  client: Client,
  contender: Contender,
  pace: { count: number; perSecond: number },
): Promise<Latency> {
  const ids: string[] = [];
  const opened = await openLoop(pace, async () => {
    ids.push(await contender.checkout());
  });
  const paid = await openLoop(pace, (index) => contender.pay(ids[index]!));
  return {
    checkoutMs: tailOf(opened.latenciesMs),
    paidMs: tailOf(paid.latenciesMs),
    signalToPaidMs: await signalToPaid(client, contender, ids),
  };
}

async function signalToPaid(client: Client, { workflowId }: Contender, ids: readonly string[]): Promise<Tail | null> {
  if (workflowId === null) return null;
  const costs = await Promise.all(ids.map((id) => historyCost(client, workflowId(id))));
  return tailOf(costs.flatMap(({ signalToSettledMs }) => signalToSettledMs ?? []));
}

export function tailOf(values: readonly number[]): Tail {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}
