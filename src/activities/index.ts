import { Context } from '@temporalio/activity';
import type { Pool } from '../db/pool.js';
import { beginRun, finishRun, type RunFailure } from '../db/reconcile/reconcile-runs.js';
import type { WatchedLane } from '../db/reconcile/sweeps.js';
import type { Clocks } from '../domain/timing.js';
import type { OrderState, SweptLane } from '../workflows/messages.js';
import { followDelivery } from './deliver/follow-delivery.js';
import type { OrderDependencies } from './dependencies.js';
import { openOrder, type OpenInput } from './open/open-order.js';
import { existingRecord, orderState } from './order-state.js';
import { pollPayment } from './poll-payment.js';
import { reconcilePage, type PageInput, type ReconcileDependencies } from './reconcile/reconcile-page.js';
import { lanesToSweep, sweepLane, type SweepDependencies } from './reconcile/sweep-lane.js';
import { settleOrder, type Settled } from './settle/settle-order.js';
import type { HandedInput } from './settle/settlement.js';
import { createSharedSteps } from './shared-steps.js';

const heartbeatEveryMs = 4_000;

/** Tells the server that the attempt is alive; a quick one never does, so it costs nothing, and a local one has no server. */
async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  if (context.info.isLocal) return work();
  const beat = setInterval(() => context.heartbeat(), heartbeatEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

/** Queue `provider`: whatever may call NOWPayments. The first tries of two of them run where the order's workflow does. */
export function createProviderActivities(deps: OrderDependencies) {
  const opening = createSharedSteps<OrderState>();
  const settling = createSharedSteps<Settled>();
  return {
    openOrder: (input: OpenInput): Promise<OrderState> =>
      beating(() => opening(input.orderId, () => openOrder(deps, input))),
    settleOrder: (input: HandedInput): Promise<Settled> =>
      beating(() => settling(stepOf(input), () => settleOrder(deps, input, Context.current().info.attempt))),
    pollPayment: (input: { orderId: string }): Promise<void> => pollPayment(deps, input),
  };
}

function stepOf({ orderId, fact, also = [] }: HandedInput): string {
  return JSON.stringify([orderId, fact.id, also]);
}

/** Queue `orders`: database steps only. */
export function createOrderActivities(deps: Pick<OrderDependencies, 'pool'>) {
  return {
    loadOrder: async (input: OpenInput): Promise<OrderState> =>
      orderState(await existingRecord(deps.pool, input.orderId), input.clocks),
  };
}

/** Queue `orders`: one page of reconcile at a time. */
export function createReconcileActivities(deps: ReconcileDependencies) {
  return {
    beginReconcileRun: (input: { runId: string | null; dryRun: boolean; startedBy: string }): Promise<string | null> =>
      beginRun(deps.pool, {
        id: input.runId ?? runIdIn(input.startedBy),
        trigger: input.runId === null ? 'schedule' : 'operator',
        dryRun: input.dryRun,
        actor: input.startedBy,
      }),
    reconcilePage: (input: PageInput): Promise<string | null> =>
      reconcilePage(deps, input, () => Context.current().heartbeat()),
    finishReconcileRun: async (input: { runId: string; failures?: readonly RunFailure[] }): Promise<void> => {
      await finishRun(deps.pool, input.runId, input.failures);
    },
  };
}

/** A run of the schedule has the id of its workflow's run, so that a second attempt of its start finds the row of the first. */
function runIdIn(startedBy: string): string {
  return startedBy.slice(startedBy.lastIndexOf('/') + 1);
}

/** Queue `provider`: the list of one pair of credentials at a time. */
export function createSweepActivities(deps: SweepDependencies) {
  return {
    lanesToSweep: (input: { clocks: Clocks }): Promise<readonly WatchedLane[]> => lanesToSweep(deps, input),
    sweepLane: (lane: WatchedLane): Promise<SweptLane> => beating(() => sweepLane(deps, lane)),
  };
}

/** Queue `webhooks`: one look at one delivery. Its name is older than what it does; runs under way know no other. */
export function createDeliveryActivities(deps: { readonly pool: Pool }) {
  return {
    attemptDelivery: (input: { deliveryId: string }): Promise<string> => followDelivery(deps, input.deliveryId),
  };
}

export type ProviderActivities = ReturnType<typeof createProviderActivities>;
export type OrderActivities = ReturnType<typeof createOrderActivities>;
export type ReconcileActivities = ReturnType<typeof createReconcileActivities>;
export type SweepActivities = ReturnType<typeof createSweepActivities>;
export type DeliveryActivities = ReturnType<typeof createDeliveryActivities>;
