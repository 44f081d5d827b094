import { decide } from '../../domain/order.js';
import type { Decision } from '../../domain/order.js';
import { toleranceOf } from '../../domain/policy.js';
import type { Clocks } from '../../domain/timing.js';
import type { PolicyRow } from '../../db/accounts/account-policies.js';
import { rulingFor } from '../../db/accounts/account-policies.js';
import type { Database } from '../../db/pool.js';
import { outcomeOfFact, recordFact } from '../../db/orders/order-facts.js';
import { findOrder, lockOrder } from '../../db/orders/orders.js';
import { fillPaymentId, setTopUpFloor } from '../../db/orders/order-changes.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { unpublishedEventsOf } from '../../db/deliveries/outgoing-events.js';
import { paymentsOf } from '../../db/money/payments.js';
import { markHandled } from '../../db/money/provider-events.js';
import { inTransaction } from '../../db/query.js';
import type { Fact, FactOutcome, OrderState } from '../../workflows/messages.js';
import { adoptFromIpn } from '../open/adopt-payment.js';
import { announce } from './announce.js';
import { auditFact } from './audit-fact.js';
import type { OrderDependencies } from '../dependencies.js';
import { existingOrder, orderState } from '../order-state.js';
import { lateDecision, lateQuote } from './late-money.js';
import { keepOrder, moveOrder } from './move-order.js';
import { recordMoney } from './record-money.js';
import { applyDecision, closeAnsweredCases } from './resolve-cases.js';
import { retryLater } from '../retry-later.js';
import { topUpFloor } from './top-up-floor.js';
import { nothingNew, understandFact } from './understand-fact.js';
import type { Meaning } from './understand-fact.js';

export interface SettleInput {
  readonly orderId: string;
  readonly fact: Fact;
  readonly clocks: Clocks;
  readonly runId: string;
}

/** A fact, and what the account's policy says at the moment it is settled. */
export interface Settling extends SettleInput {
  readonly ruling: Pick<PolicyRow, 'version' | 'policy'>;
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
  const ruling = await rulingFor(deps.pool, order.accountId);
  const price = { cents: order.priceCents, currency: order.priceCurrency };
  const tolerance = toleranceOf(ruling.policy, price, deps.tolerance);
  const understood = await understandFact({ deps, db: deps.pool, order, known, attempt, tolerance }, input.fact);
  const meaning = { ...understood, lateQuote: await lateQuote(deps, order, understood) };
  if (meaning.alarm) deps.alarms.raise(meaning.alarm, { orderId: order.id, factId: input.fact.id });
  const floor = await topUpFloor(deps, order, meaning);
  return inTransaction(deps.pool, async (db) => {
    if (floor !== null) await setTopUpFloor(db, order.id, floor);
    return commitFact(db, deps, { ...input, ruling }, order, meaning);
  });
}

async function commitFact(
  db: Database,
  deps: OrderDependencies,
  input: Settling,
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
  let outcome: FactOutcome = refusal ?? {
    kind: decision.kind,
    status: decision.kind === 'moved' ? decision.to : order.status,
    reason: meaning.note,
  };
  if (outcome.kind !== 'refused') {
    await carryOut(db, order, input, meaning, decision, at);
    outcome = (await takeLate(db, order, input, meaning, at)) ?? outcome;
  }
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

/** Late money that the account's policy takes: its case is honoured at once, in the policy's name. */
async function takeLate(
  db: Database,
  before: OrderRow,
  input: Settling,
  meaning: Meaning,
  at: string,
): Promise<FactOutcome | null> {
  const fact = await lateDecision(db, before, { meaning, ruling: input.ruling, factId: input.fact.id });
  if (!fact) return null;
  const order = await lockOrder(db, before.id);
  const fault = await applyDecision(db, order, fact, at);
  if (fault !== null) return null;
  const honoured: Meaning = { ...nothingNew, event: 'honoured', source: 'support', decision: fact, note: fact.reason };
  await carryOut(db, order, input, honoured, decide(order.status, 'honoured'), at);
  const outcome = { kind: 'moved', status: 'paid', reason: fact.reason } as const;
  await auditFact(db, { fact, before: order, outcome });
  return outcome;
}

async function carryOut(
  db: Database,
  order: OrderRow,
  input: Settling,
  meaning: Meaning,
  decision: Decision,
  at: string,
): Promise<void> {
  if (decision.kind === 'moved') await moveOrder(db, order, input, meaning, decision, at);
  if (decision.kind === 'stayed') await keepOrder(db, order, meaning, decision, at);
  if (input.fact.kind === 'operator' && order.paymentId === null && meaning.event !== 'nothing_new') {
    await fillPaymentId(db, order.id, input.fact.paymentId);
  }
  await closeAnsweredCases(db, order, meaning, decision, at);
  await recordMoney(db, order, meaning, decision, at);
  await announce(db, (await findOrder(db, order.id)) ?? order, decision, at);
}
