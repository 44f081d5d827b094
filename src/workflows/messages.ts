import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { HandedFact, FactOutcome, HandedWord, HandedDecision } from '../domain/facts/fact.js';
import type { OrderStatus } from '../domain/order.js';
import type { Clocks } from '../domain/timing.js';

/** Three queues: workflows and database steps; provider calls; deliveries to merchants. */
export const queues = { orders: 'orders', provider: 'provider', webhooks: 'webhooks' } as const;

export interface QueueNames {
  readonly orders: string;
  readonly provider: string;
  readonly webhooks: string;
}

/** What an order's workflow is started with. All of it stands in the order's row, so any starter gives the same. */
export interface OrderStart {
  readonly orderId: string;
  readonly accountId: string;
  readonly summary: string; // `team_manual · 49.00 USD · USDT-TRC20`
  readonly payCurrency: string | null; // null: its payer chooses
  readonly expiresAt: string; // until then its address may be made; the row says until when it may be paid
  readonly clocks: Clocks;
  readonly queues: QueueNames;
  readonly carried?: readonly HandedFact[]; // what the run before, which grew long, did not come to
}

const orderRuns = 'crypto-order/';

export function orderWorkflowId(orderId: string): string {
  return orderRuns + orderId;
}

/** The order that a workflow is of; null: of none. */
export function orderOfWorkflow(workflowId: string): string | null {
  return workflowId.startsWith(orderRuns) ? workflowId.slice(orderRuns.length) : null;
}

/** The order as its workflow sees it: enough to know what to wait for. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly minted: boolean; // a payment is bound
  readonly mintable: boolean; // a provider is there and has not refused for good
  readonly awaitsChoice?: true; // its payer has not chosen a coin
  readonly needsSupport: boolean;
  readonly pollFrom: string;
  readonly deadline: string | null; // expires_at, partial_until, or the slow-confirmation mark, by status
  readonly owed: string | null;
  readonly arrived: string;
  readonly payCurrency: string | null;
  readonly version: number;
}

export interface OpenResult {
  readonly status: OrderStatus;
  readonly minted: boolean;
}

export interface OrderResult {
  readonly status: OrderStatus;
  readonly version: number;
}

export const factSignal = defineSignal<[HandedFact]>('fact');
export const openUpdate = defineUpdate<OpenResult>('open');
export const cancelUpdate = defineUpdate<FactOutcome, [HandedFact & { kind: 'cancel' }]>('cancel');
export const chooseUpdate = defineUpdate<FactOutcome, [HandedFact & { kind: 'choice' }]>('choose');
export const advanceUpdate = defineUpdate<FactOutcome, [HandedFact & { kind: 'advance' }]>('advance');
export const resolveUpdate = defineUpdate<FactOutcome, [HandedDecision]>('resolve');
/** The type of the failure with which a decision is not taken on. */
export const decisionRefused = 'DecisionRefused';
export const applyUpdate = defineUpdate<FactOutcome, [HandedWord]>('apply');
export const stateQuery = defineQuery<OrderState | null>('state');

/** One event to one endpoint, after the first attempt failed. */
export interface DeliveryStart {
  readonly deliveryId: string;
  readonly summary: string; // `crypto.order.paid · whk_…`
  readonly queues: QueueNames;
}

export function deliveryWorkflowId(deliveryId: string): string {
  return `deliver-webhook/${deliveryId}`;
}

/** Wakes a delivery: its endpoint was paused, resumed or disabled, or somebody asked for a replay. */
export const wakeSignal = defineSignal('wake');

export interface ReconcileStart {
  readonly runId: string | null; // null: the schedule starts a new run
  readonly dryRun: boolean;
  readonly queues: QueueNames;
  readonly clocks: Clocks;
  readonly position?: ReconcilePosition;
  readonly lostSince?: string | undefined; // ISO time of the backup that was restored
}

/** The kinds of difference, in the order they are looked for. */
export const reconcileSteps = [
  'unstarted_orders', // a row whose workflow never ran
  'unrelayed_facts', // an IPN nobody handed over, or nobody dealt with
  'overdue_orders', // open past its deadline: its run is gone
  'lost_runs', // open, and Temporal has no run of it
  'open_orders', // the provider knows more than we do
  'late_money', // coins on a recently closed order, or sent back
  'unpublished_events', // a paid order nobody told the merchant about
  'stranded_deliveries', // nobody makes their next attempt
  'old_cases', // to be escalated
  'lost_orders', // coins of orders that a restored database has lost; only where somebody says that there was a restore
] as const;
export type ReconcileStep = (typeof reconcileSteps)[number];

/** Where a reconcile run stands, carried over continue-as-new. */
export interface ReconcilePosition {
  readonly runId: string;
  readonly step: number;
  readonly cursor: string | null;
  readonly failures?: readonly StepFailure[];
}

/** A step that ended early, and why. */
export interface StepFailure {
  readonly kind: ReconcileStep | null; // null: the run as a whole
  readonly id: null;
  readonly message: string;
}

/** However it goes, a run ends then; continued ones count as one. */
export const longestReconcile = '1 hour';

export const reconcileWorkflowId = 'reconcile-orders';
export const reconcileScheduleId = 'reconcile-orders';

export interface SweepStart {
  readonly queues: QueueNames;
  readonly clocks: Clocks;
}

/** How a sweep of one pair's list ended. */
export interface SweptLane {
  readonly mode: string;
  readonly keyLabel: string;
  readonly pages: number;
  readonly listed: number;
  readonly rung: number;
  readonly failed: number; // could not be handed over
  readonly problem: string | null; // why it did not come to the list's end
}

export const sweepScheduleId = 'sweep-provider-lists';

/** The attributes operators search orders by. Set at the start, changed only for good. */
export const attributes = {
  accountId: defineSearchAttributeKey('AccountId', 'KEYWORD'),
  orderStatus: defineSearchAttributeKey('OrderStatus', 'KEYWORD'),
  payCurrency: defineSearchAttributeKey('PayCurrency', 'KEYWORD'),
  needsSupport: defineSearchAttributeKey('NeedsSupport', 'BOOL'),
} as const;
