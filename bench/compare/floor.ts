import type { BareShape } from '../floor/bare-order.js';
import { floorWorker, type startBareOrders } from '../floor/bare-orders.js';
import { fourWords, type Contender } from './contender.js';

/**
 * The bare workflow as a contender. Nobody reads a provider for it: it is told by signals, one for each word that moves an
 * order, and does nothing.
 */
export function floorOf(bare: Awaited<ReturnType<typeof startBareOrders>>, { steps, signals }: BareShape): Contender {
  const { open, pay } = bare({ steps, signals });
  const apartMs = signals === 1 ? 0 : (fourWords.stepMs * (fourWords.then.length - 1)) / (signals - 1);
  return {
    name: `floor, ${steps} activities`,
    checkout: open,
    pay: (workflowId) => pay(workflowId, apartMs),
    workflowId: (id) => id,
    database: null,
    programs: { worker: new RegExp(floorWorker) },
  };
}
