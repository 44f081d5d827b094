import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createOrderRuns, type OrderRuns } from '../../src/temporal/order-runs.js';
import type { Fact } from '../../src/domain/facts/fact.js';
import { defaultClocks } from '../../src/domain/timing.js';
import { orderWorkflowId, type OrderResult } from '../../src/workflows/messages.js';
import { createScriptedOrder, type ScriptedOrder } from './scripted-order.js';
import { oneQueue, startWorkflows } from './workflow-worker.js';

/** The real order workflow in skipped time, over scripted activities. */
export interface OrderWorld {
  readonly runs: OrderRuns;
  /** A stored order, its workflow not started yet. */
  place(
    script?: Partial<Pick<ScriptedOrder, 'mint' | 'mintAnswers' | 'provider' | 'clockLagMs'>>,
  ): Promise<ScriptedOrder>;
  /** A stored order with an address, its workflow waiting. */
  open(script?: Partial<Pick<ScriptedOrder, 'provider' | 'clockLagMs'>>): Promise<ScriptedOrder>;
  pass(ms: number): Promise<void>;
  nowMs(): Promise<number>;
  result(order: ScriptedOrder): Promise<OrderResult>;
  /** The types of the events of the order's newest run, as `TIMER_STARTED`. */
  history(order: ScriptedOrder): Promise<string[]>;
  stop(): Promise<void>;
}

export const minute = 60_000;
export const day = 24 * 60 * minute;

const asksProvider = new Set<Fact['kind']>(['ipn', 'poll', 'reconcile', 'window_closed', 'partial_window_ended']);

export async function createOrderWorld(environment: TestWorkflowEnvironment): Promise<OrderWorld> {
  const orders = new Map<string, ScriptedOrder>();
  const runs = createOrderRuns(environment.client);
  const nowMs = () => environment.currentTimeMs();
  const find = ({ orderId }: { orderId: string }): ScriptedOrder => {
    const order = orders.get(orderId);
    if (!order) throw new Error(`no order ${orderId}`);
    return order;
  };
  const worker = await startWorkflows(environment, {
    async openOrder(input: { orderId: string }) {
      await find(input).mintAnswers;
      return find(input).openOrder(await nowMs());
    },
    loadOrder: async (input: { orderId: string }) => find(input).loadOrder(await nowMs()),
    pollPayment: async (input: { orderId: string }) => find(input).pollPayment(await nowMs()),
    async settleOrder(input: { orderId: string; fact: Fact; also?: readonly string[] }) {
      const order = find(input);
      await order.settling;
      if (asksProvider.has(input.fact.kind)) await order.providerAnswers;
      return order.settleOrder(input.fact, await nowMs(), input.also);
    },
  });

  const handleOf = (order: ScriptedOrder) => environment.client.workflow.getHandle(orderWorkflowId(order.orderId));

  async function place(script: object = {}): Promise<ScriptedOrder> {
    const orderId = `ord_${String(orders.size + 1).padStart(12, '0')}`;
    const order = createScriptedOrder({ orderId, queues: oneQueue, clocks: defaultClocks, createdAtMs: await nowMs() });
    Object.assign(order, script);
    orders.set(orderId, order);
    return order;
  }

  return {
    runs,
    nowMs,
    place,
    async open(script) {
      const order = await place(script);
      const answer = await runs.open(order.start, 20_000);
      if (answer !== 'opened') throw new Error(`the order is ${answer}`);
      return order;
    },
    pass: (ms) => environment.sleep(ms),
    result: (order) => handleOf(order).result() as Promise<OrderResult>,
    async history(order) {
      const { events } = await handleOf(order).fetchHistory();
      return (events ?? []).map((event) => Object.keys(event).find((key) => key.endsWith('EventAttributes')) ?? '?');
    },
    stop: () => worker.stop(),
  };
}
