import type { FactOutcome } from '../../domain/facts/fact.js';
import type { Situation } from '../../domain/facts/meaning.js';
import { priceOf, termsOf } from '../../domain/payments/bound-terms.js';
import { decide } from '../../domain/order.js';
import { toleranceOf } from '../../domain/cases/policy.js';
import { rulingFor } from '../../db/accounts/account-policies.js';
import { unpublishedEventsOf } from '../../db/deliveries/outgoing-events.js';
import { paymentsOf } from '../../db/money/payments.js';
import { markHandled } from '../../db/money/provider-events.js';
import { setTopUpFloor } from '../../db/orders/order-changes.js';
import { factsNotDealtWith, outcomeOfFact, recordFact } from '../../db/orders/order-facts.js';
import { lockOrder, type OrderRow } from '../../db/orders/orders.js';
import { declinedPayments } from '../../db/support/cases-of-coins.js';
import type { Database } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { isFirstAlarm } from '../../db/support/raised-alarms.js';
import type { OrderState } from '../../workflows/messages.js';
import type { OrderDependencies } from '../dependencies.js';
import { adoptFromIpn } from '../open/adopt-payment.js';
import { existingOrder, orderState } from '../order-state.js';
import { retryLater } from '../retry-later.js';
import { auditFact } from './audit-fact.js';
import { carryOut } from './carry-out.js';
import { meaningUnread } from './give-up.js';
import { takeLateMoney } from './late-money.js';
import { lateQuote, topUpFloor } from './provider-quotes.js';
import { applyResolution } from './resolve-cases.js';
import type { HandedInput, SettleInput, Settlement, Understood } from './settlement.js';
import { toldFact } from './told-fact.js';
import { understandFact } from './understand-fact.js';
import { understandIpns, type UnderstoodIpns } from './understand-ipn.js';
import type { Understanding } from './understanding.js';

export interface Settled {
  readonly outcome: FactOutcome;
  readonly left?: readonly string[]; // of the IPNs that came along: what another reading must answer
  readonly state: OrderState;
}

/**
 * Deals with one fact, once: understands it (asking the provider where money is concerned), decides by the table, and
 * commits status, timeline, money, entitlement, receipt, event and case in one transaction. Then the merchant is told.
 * Safe to run twice: the fact's id is recorded in the same transaction.
 */
export async function settleOrder(deps: OrderDependencies, handed: HandedInput, attempt: number): Promise<Settled> {
  const input: SettleInput = { ...handed, fact: await toldFact(deps.pool, handed.fact) };
  const { pool } = deps;
  const before = await outcomeOfFact<FactOutcome>(pool, input.orderId, input.fact.id);
  const outcome = before ?? (await settleNew(deps, input, attempt));
  const unpublished = await unpublishedEventsOf(pool, input.orderId);
  if (unpublished.length > 0) await deps.publish(unpublished);
  const left = input.also && (await factsNotDealtWith(pool, input.orderId, input.also));
  const state = await orderState(pool, await existingOrder(pool, input.orderId), input.clocks);
  return { outcome, state, ...(left ? { left } : {}) };
}

async function settleNew(deps: OrderDependencies, input: SettleInput, attempt: number): Promise<FactOutcome> {
  const understood = await understand(deps, input, attempt);
  await raiseOnce(deps, understood);
  return inTransaction(deps.pool, (db) => commitFact(db, deps, understood));
}

/** The same coins are told of again by each further word of the provider, and by each retry of this step. */
async function raiseOnce(
  { pool, alarms }: OrderDependencies,
  { seen: order, meaning, fact }: Understood,
): Promise<void> {
  const { alarm } = meaning;
  if (alarm === null) return;
  const payments = meaning.seen.map(({ view }) => view.paymentId).sort();
  const about = payments.length > 0 ? payments.join(',') : (order.paymentId ?? '');
  if (await isFirstAlarm(pool, { orderId: order.id, alarm, about })) {
    alarms.raise(alarm, { orderId: order.id, factId: fact.id, about });
  }
}

/** Loads what the order is judged by, asks the provider, and asks the domain what the fact means. */
async function understand(deps: OrderDependencies, input: SettleInput, attempt: number): Promise<Understood> {
  const { pool } = deps;
  const found = await existingOrder(pool, input.orderId);
  const { fact, clocks } = input;
  const order = fact.kind === 'ipn' ? await adoptFromIpn(deps, found, { id: fact.id, clocks }) : found;
  const known = await paymentsOf(pool, [order.id]);
  const ruling = await rulingFor(pool, order.accountId);
  const situation: Situation = {
    status: order.status,
    paymentId: order.paymentId,
    terms: termsOf(order),
    known,
    declined: new Set(order.status === 'paid' ? await declinedPayments(pool, order.id) : []),
    tolerance: toleranceOf(ruling.policy, priceOf(order), deps.tolerance),
  };
  const understanding = { deps, order, known, situation, attempt };
  const { meaning, covers } = await meaningOf(understanding, input).catch(async (failure: unknown) => ({
    meaning: await meaningUnread(understanding, input.fact, failure),
    covers: [],
  }));
  return {
    ...input,
    seen: order,
    meaning,
    covers,
    ruling,
    lateQuote: await lateQuote(deps, order, meaning),
    topUpFloor: await topUpFloor(deps, order, meaning),
  };
}

async function meaningOf(understanding: Understanding, { fact, also = [] }: SettleInput): Promise<UnderstoodIpns> {
  if (fact.kind === 'ipn') return understandIpns(understanding, fact.id, also);
  return { meaning: await understandFact(understanding, fact), covers: [] };
}

async function commitFact(
  db: Database,
  { now, signReceipt }: Pick<OrderDependencies, 'now' | 'signReceipt'>,
  { seen, ...understood }: Understood,
): Promise<FactOutcome> {
  const { fact } = understood;
  if (understood.topUpFloor !== null) await setTopUpFloor(db, seen.id, understood.topUpFloor);
  const order = await lockOrder(db, seen.id);
  const before = await outcomeOfFact<FactOutcome>(db, order.id, fact.id);
  if (before) return before;
  if (order.status !== seen.status || order.paymentId !== seen.paymentId) {
    throw retryLater('OrderMoved', `order ${order.id} moved while the fact was being understood`, 100);
  }
  const at = await now(db);
  const outcome = await settle({ ...understood, db, order, at, signReceipt });
  const covered = await factsNotDealtWith(db, order.id, understood.covers);
  for (const id of [fact.id, ...covered]) await recordFact(db, order.id, id, outcome);
  if (fact.kind === 'ipn') await markHandled(db, [fact.id, ...covered], `${outcome.kind}: ${outcome.status}`);
  await auditFact(db, { fact, before: order, outcome });
  return outcome;
}

/** Asks the table, then a person's word, and carries out what both allow. */
async function settle(undecided: Omit<Settlement, 'decision'>): Promise<FactOutcome> {
  const { order, meaning } = undecided;
  const decision = decide(order.status, meaning.event);
  if (decision.kind === 'refused') {
    return refused(order, `${meaning.event} is not possible: the order is ${order.status}`);
  }
  const settlement: Settlement = { ...undecided, decision };
  const fault = await applyResolution(settlement);
  if (fault !== null) return refused(order, fault);
  await carryOut(settlement);
  const status = decision.kind === 'moved' ? decision.to : order.status;
  return (await takeLateMoney(settlement)) ?? { kind: decision.kind, status, reason: meaning.note };
}

function refused({ status }: OrderRow, reason: string): FactOutcome {
  return { kind: 'refused', status, reason };
}
