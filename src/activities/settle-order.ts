import { decide, isClosed } from '../domain/order.js';
import type { Decision } from '../domain/order.js';
import { isoAfter } from '../domain/timing.js';
import type { Clocks } from '../domain/timing.js';
import type { Database } from '../db/pool.js';
import { appendOrderEvent } from '../db/order-events.js';
import { outcomeOfFact, recordFact } from '../db/order-facts.js';
import { findOrder, lockOrder } from '../db/orders.js';
import { fillPaymentId, moveStatus, setTopUpFloor, touchOrder } from '../db/order-changes.js';
import type { OrderRow } from '../db/orders.js';
import { unpublishedEventsOf } from '../db/outgoing-events.js';
import { paymentsOf } from '../db/payments.js';
import { markHandled } from '../db/provider-events.js';
import { inTransaction } from '../db/query.js';
import type { Fact, FactOutcome, OrderState } from '../workflows/messages.js';
import { adoptFromIpn } from './adopt-payment.js';
import { announce } from './announce.js';
import { auditFact } from './audit-fact.js';
import type { OrderDependencies } from './dependencies.js';
import { existingOrder, orderState } from './order-state.js';
import { recordMoney } from './record-money.js';
import { applyDecision, closeAnsweredCases } from './resolve-cases.js';
import { retryLater } from './retry-later.js';
import { topUpFloor } from './top-up-floor.js';
import { understandFact } from './understand-fact.js';
import type { Meaning } from './understand-fact.js';

export interface SettleInput {
  readonly orderId: string;
  readonly fact: Fact;
  readonly clocks: Clocks;
  readonly runId: string;
}

export interface Settled {
  readonly outcome: FactOutcome;
  readonly state: OrderState;
}

/**
 * Deals with one fact, once: understands it (asking the provider where money is concerned), decides by the table, and
 * commits status, timeline, money, entitlement, receipt, event and case in one transaction. Then the merchant is told.
 * Safe to run twice: the fact's id is recorded in the same transaction.
 */
export async function settleOrder(deps: OrderDependencies, input: SettleInput, attempt: number): Promise<Settled> {
  const before = await outcomeOfFact<FactOutcome>(deps.pool, input.orderId, input.fact.id);
  const outcome = before ?? (await settleNew(deps, input, attempt));
  const unpublished = await unpublishedEventsOf(deps.pool, input.orderId);
  if (unpublished.length > 0) await deps.publish(unpublished);
  return { outcome, state: await orderState(deps.pool, await existingOrder(deps.pool, input.orderId), input.clocks) };
}

async function settleNew(deps: OrderDependencies, input: SettleInput, attempt: number): Promise<FactOutcome> {
  const found = await existingOrder(deps.pool, input.orderId);
  const order = input.fact.kind === 'ipn' ? await adoptFromIpn(deps, found, input.fact.id) : found;
  const known = await paymentsOf(deps.pool, [order.id]);
  const meaning = await understandFact({ deps, db: deps.pool, order, known, attempt }, input.fact);
  if (meaning.alarm) deps.alarms.raise(meaning.alarm, { orderId: order.id, factId: input.fact.id });
  const floor = await topUpFloor(deps, order, meaning);
  return inTransaction(deps.pool, async (db) => {
    if (floor !== null) await setTopUpFloor(db, order.id, floor);
    return commitFact(db, deps, input, order, meaning);
  });
}

async function commitFact(
  db: Database,
  deps: OrderDependencies,
  input: SettleInput,
  seen: OrderRow,
  meaning: Meaning,
): Promise<FactOutcome> {
  const order = await lockOrder(db, input.orderId);
  const before = await outcomeOfFact<FactOutcome>(db, order.id, input.fact.id);
  if (before) return before;
  if (order.status !== seen.status || order.paymentId !== seen.paymentId) {
    throw retryLater('OrderMoved', `order ${order.id} moved while the fact was being understood`, 100);
  }
  const at = await deps.now(db);
  const decision = decide(order.status, meaning.event);
  const refusal = await refusalOf(db, order, meaning, decision, at);
  const outcome: FactOutcome = refusal ?? {
    kind: decision.kind,
    status: decision.kind === 'moved' ? decision.to : order.status,
    reason: meaning.note,
  };
  if (outcome.kind !== 'refused') await carryOut(db, order, input, meaning, decision, at);
  await recordFact(db, order.id, input.fact.id, outcome);
  if (input.fact.kind === 'ipn') await markHandled(db, input.fact.id, `${outcome.kind}: ${outcome.status}`);
  await auditFact(db, { fact: input.fact, before: order, outcome });
  return outcome;
}

/** A decision on a case that was answered meanwhile, or a move the table does not know. */
async function refusalOf(
  db: Database,
  order: OrderRow,
  meaning: Meaning,
  decision: Decision,
  at: string,
): Promise<FactOutcome | null> {
  if (decision.kind === 'refused') {
    return {
      kind: 'refused',
      status: order.status,
      reason: `${meaning.event} is not possible: the order is ${order.status}`,
    };
  }
  if (!meaning.decision) return null;
  const fault = await applyDecision(db, order, meaning.decision, at);
  return fault === null ? null : { kind: 'refused', status: order.status, reason: fault };
}

async function carryOut(
  db: Database,
  order: OrderRow,
  input: SettleInput,
  meaning: Meaning,
  decision: Decision,
  at: string,
): Promise<void> {
  if (decision.kind === 'moved') await move(db, order, input, meaning, decision, at);
  if (decision.kind === 'stayed') await stay(db, order, meaning, decision, at);
  if (input.fact.kind === 'operator' && order.paymentId === null && meaning.event !== 'nothing_new') {
    await fillPaymentId(db, order.id, input.fact.paymentId);
  }
  await closeAnsweredCases(db, order, meaning, decision, at);
  await recordMoney(db, order, meaning, decision, at);
  await announce(db, (await findOrder(db, order.id)) ?? order, decision, at);
}

async function move(
  db: Database,
  order: OrderRow,
  input: SettleInput,
  meaning: Meaning,
  decision: Extract<Decision, { kind: 'moved' }>,
  at: string,
): Promise<void> {
  const moved = await moveStatus(db, {
    id: order.id,
    from: decision.from,
    to: decision.to,
    at,
    partialUntil: decision.to === 'partial' ? isoAfter(at, input.clocks.partialWindowMs) : null,
    failedReason: decision.to === 'failed' ? (meaning.source === 'expired' ? 'expired' : 'ipn') : null,
  });
  if (!moved) throw retryLater('OrderMoved', `order ${order.id} is no longer ${decision.from}`, 100);
  await appendOrderEvent(db, {
    orderId: order.id,
    status: decision.to,
    source: meaning.source,
    event: meaning.event,
    at,
    runId: input.runId,
    factId: input.fact.id,
    detail: { ...(meaning.detail ? { detail: meaning.detail } : {}), ...(meaning.note ? { note: meaning.note } : {}) },
  });
}

/** A late deposit is a visible change; other news of an open order only moves the time. */
async function stay(
  db: Database,
  order: OrderRow,
  meaning: Meaning,
  decision: Extract<Decision, { kind: 'stayed' }>,
  at: string,
): Promise<void> {
  const late = meaning.deposits.find((deposit) => deposit.late);
  const visible = late !== undefined || decision.move.withdraws === true;
  if (late && order.paymentId === null) await fillPaymentId(db, order.id, late.view.paymentId);
  if (visible || (meaning.deposits.length > 0 && !isClosed(order.status)))
    await touchOrder(db, order.id, { at, visible });
}
