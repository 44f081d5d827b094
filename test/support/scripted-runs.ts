import type { OrderStart } from '../../src/api/deps.js';
import type { OrderRuns } from '../../src/temporal/order-runs.js';
import { TemporalAway } from '../../src/temporal/temporal-watch.js';

/** Temporal as a script: what was asked of it, and what each call does. */
export interface ScriptedRuns extends OrderRuns {
  readonly opened: string[];
  readonly handedOver: { orderId: string; factId: string }[];
  onOpen: (order: OrderStart) => Promise<void>;
  onCancel: (order: OrderStart) => ReturnType<OrderRuns['cancel']>;
  onResolve: OrderRuns['resolve'];
  onApply: OrderRuns['apply'];
  onChoose: OrderRuns['choose'];
  onAdvance: OrderRuns['advance'];
  isAway: boolean;
}

export function scriptedRuns(): ScriptedRuns {
  const away = () => new TemporalAway('no connection');
  const runs: ScriptedRuns = {
    opened: [],
    handedOver: [],
    isAway: false,
    onOpen: async () => {},
    onCancel: () => Promise.reject(new Error('no script for cancel')),
    onChoose: () => Promise.reject(new Error('no script for choose')),
    onAdvance: () => Promise.reject(new Error('no script for advance')),
    onResolve: () => Promise.reject(new Error('no script for resolve')),
    onApply: () => Promise.reject(new Error('no script for apply')),
    async open(order) {
      runs.opened.push(order.orderId);
      if (runs.isAway) return 'unfinished';
      await runs.onOpen(order);
      return 'opened';
    },
    async start() {},
    async handOver(order, fact) {
      if (runs.isAway) throw away();
      runs.handedOver.push({ orderId: order.orderId, factId: fact.id });
    },
    async cancel(order) {
      if (runs.isAway) throw away();
      return runs.onCancel(order);
    },
    async choose(order, choice) {
      if (runs.isAway) throw away();
      return runs.onChoose(order, choice);
    },
    advance: (order, step) => runs.onAdvance(order, step),
    async resolve(order, fact) {
      if (runs.isAway) throw away();
      return runs.onResolve(order, fact);
    },
    apply: (order, fact) => runs.onApply(order, fact),
    ping: async () => !runs.isAway,
  };
  return runs;
}
