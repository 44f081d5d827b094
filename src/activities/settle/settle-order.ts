import type { FactOutcome } from '../../domain/facts/fact.js';
import type { Situation } from '../../domain/facts/meaning.js';
import { priceOf, termsOf } from '../../domain/payments/bound-terms.js';
import { decide } from '../../domain/order.js';
import { toleranceOf } from '../../domain/cases/policy.js';
import { setTopUpFloor } from '../../db/orders/order-changes.js';
import { isDealtWith, recordFacts, type OrderRecord } from '../../db/orders/order-record.js';
import { lockOrder, type OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { isFirstAlarm } from '../../db/support/raised-alarms.js';
import type { OrderState } from '../../workflows/messages.js';
import type { OrderDependencies } from '../dependencies.js';
import { adoptFromIpn } from '../open/adopt-payment.js';
import { existingRecord, orderState } from '../order-state.js';
import { retryLater } from '../retry-later.js';
import { auditFact } from './audit-fact.js';
import { changeOffer, openCaseOfOffer } from './change-offer.js';
import { carryOut } from './carry-out.js';
import { meaningUnread } from './give-up.js';
import { takeLateMoney } from './late-money.js';
import { lateQuote, topUpFloor } from './provider-quotes.js';
import { applyResolution } from './resolve-cases.js';
import type { HandedInput, SettleInput, Settlement, Understood } from './settlement.js';
import { putClocksForward } from './test-clock.js';
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
 * Safe to run twice: the fact's id is recorded in the same transaction. What is on record is asked for once before, and comes
 * back out of the transaction.
 */
export async function settleOrder(deps: OrderDependencies, handed: HandedInput, attempt: number): Promise<Settled> {
  const input: SettleInput = { ...handed, fact: await toldFact(deps.pool, handed.fact) };
  const { fact, also } = input;
  const record = await existingRecord(deps.pool, input.orderId, factsOf(input));
  const before = record.outcomes.get(fact.id);
  const committed = before
    ? { outcome: before, covers: [], record }
    : await settleNew(deps, { input, record, attempt });
  const after = committed.record;
  if (after.unpublished.length > 0) await deps.publish(after.unpublished);
  const left = also?.filter((id) => !committed.covers.includes(id) && !after.outcomes.has(id));
  return { outcome: committed.outcome, state: orderState(after, input.clocks), ...(left ? { left } : {}) };
}

function factsOf({ fact, also = [] }: SettleInput): readonly string[] {
  return [fact.id, ...also];
}

interface Settling {
  readonly input: SettleInput;
  readonly record: OrderRecord;
  readonly attempt: number;
}

/** What came of a fact. */
interface Committed {
  readonly outcome: FactOutcome;
  readonly covers: readonly string[]; // more facts that have the same outcome by now, if they had none before
  readonly record: OrderRecord; // as it is now
}

async function settleNew(deps: OrderDependencies, settling: Settling): Promise<Committed> {
  const understood = await understand(deps, settling);
  await raiseOnce(deps, understood);
  try {
    return await inTransaction(deps.pool, (db) => commitFact(db, deps, understood));
  } catch (failure) {
    if (!isDealtWith(failure)) throw failure;
    throw retryLater('FactDealtWith', 'another attempt has dealt with the same fact', 100);
  }
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
async function understand(deps: OrderDependencies, settling: Settling): Promise<Understood> {
  const { input, attempt } = settling;
  const record = await withAdopted(deps, settling);
  const { order, payments: known, ruling, profile, declined } = record;
  const situation: Situation = {
    status: order.status,
    paymentId: order.paymentId,
    terms: termsOf(order),
    known,
    declined: new Set(order.status === 'paid' ? declined : []),
    tolerance: toleranceOf(ruling.policy, priceOf(order), deps.tolerance),
  };
  const understanding = { deps, order, record, situation, attempt };
  const { meaning, covers } = await meaningOf(understanding, input).catch((failure: unknown) => ({
    meaning: meaningUnread(understanding, input.fact, failure),
    covers: [],
  }));
  return {
    ...input,
    seen: order,
    meaning,
    covers,
    ruling,
    profile,
    lateQuote: await lateQuote(deps, order, meaning),
    topUpFloor: await topUpFloor(deps, order, meaning),
  };
}

/** The record, with the payment that an IPN may bring to an order that has none. */
async function withAdopted(deps: OrderDependencies, { input, record }: Settling): Promise<OrderRecord> {
  const { fact, clocks } = input;
  if (fact.kind !== 'ipn' || !(await adoptFromIpn(deps, record, { id: fact.id, clocks }))) return record;
  return existingRecord(deps.pool, input.orderId, factsOf(input));
}

async function meaningOf(understanding: Understanding, { fact }: SettleInput): Promise<UnderstoodIpns> {
  if (fact.kind === 'ipn') return understandIpns(understanding, fact.id);
  return { meaning: await understandFact(understanding, fact), covers: [] };
}

async function commitFact(
  db: Database,
  { signReceipt, keyring, publicUrl }: Pick<OrderDependencies, 'signReceipt' | 'keyring' | 'publicUrl'>,
  { seen, ...understood }: Understood,
): Promise<Committed> {
  const { fact, covers, also = [] } = understood;
  if (understood.topUpFloor !== null) await setTopUpFloor(db, seen.id, understood.topUpFloor);
  const { order, at } = await lockOrder(db, seen.id);
  if (order.status !== seen.status || order.paymentId !== seen.paymentId) {
    throw retryLater('OrderMoved', `order ${order.id} moved while the fact was being understood`, 100);
  }
  const offered = await changeOffer(db, order, { change: understood.meaning.offer, at });
  const standing = await putClocksForward(db, offered, { ...understood, at });
  const telling = { db, keyring, publicUrl };
  const { outcome, after } = await settle({ ...understood, ...telling, order: standing, at, signReceipt });
  if (understood.meaning.offer?.kind === 'taken') await openCaseOfOffer(telling, order, after, at);
  await auditFact(db, { fact, before: order, after, outcome });
  const dealtWith = { fact: fact.id, covers, areIpns: fact.kind === 'ipn', outcome };
  const record = await recordFacts(db, order.id, dealtWith, also);
  const isToldOfSlowness = record.isToldOfSlowness || fact.kind === 'slow_confirmation';
  return { outcome, covers, record: { ...record, isToldOfSlowness } };
}

interface Outcome {
  readonly outcome: FactOutcome;
  readonly after: OrderRow;
}

/** Asks the table, then a person's word, and carries out what both allow. */
async function settle(undecided: Omit<Settlement, 'decision'>): Promise<Outcome> {
  const { order, meaning } = undecided;
  const decision = decide(order.status, meaning.event);
  if (decision.kind === 'refused') {
    return refused(order, `${meaning.event} is not possible: the order is ${order.status}`);
  }
  const settlement: Settlement = { ...undecided, decision };
  const fault = await applyResolution(settlement);
  if (fault !== null) return refused(order, fault);
  const after = await carryOut(settlement);
  const taken = await takeLateMoney(settlement, after);
  if (taken !== null) return taken;
  const status = decision.kind === 'moved' ? decision.to : order.status;
  return { outcome: { kind: decision.kind, status, reason: meaning.note }, after };
}

function refused(order: OrderRow, reason: string): Outcome {
  return { outcome: { kind: 'refused', status: order.status, reason }, after: order };
}
