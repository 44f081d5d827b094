import type { Client } from '@temporalio/client';
import { historyCost, type HistoryCost } from '../history-cost.js';
import { median } from '../quantiles.js';
import type { Contender } from './contender.js';

export interface HistoryFigures {
  readonly events: number;
  readonly actions: number;
  readonly bytes: number;
}

/** Medians over some orders of one contender, which are paid and whose workflows have ended; null: it has no histories. */
export async function historyOf(
  client: Client,
  { workflowId }: Contender,
  ids: readonly string[],
): Promise<HistoryFigures | null> {
  if (workflowId === null) return null;
  const ended = ids.map(async (id) => {
    await client.workflow.getHandle(workflowId(id)).result();
    return historyCost(client, workflowId(id));
  });
  const costs = await Promise.all(ended);
  const middle = (of: (cost: HistoryCost) => number) => median(costs.map(of));
  return {
    events: middle(({ events }) => events),
    actions: middle(({ actions }) => actions),
    bytes: middle(({ bytes }) => bytes),
  };
}
