import { ApplicationFailure } from '@temporalio/common';
import { windowEnd, type WindowEnd } from '../../domain/deadline.js';
import type { Fact, OperatorFact, ResolveFact } from '../../domain/facts/fact.js';
import { assertNever } from '../../domain/invariant.js';
import { decisionMeaning, nothingNew, plainMeaning, type Meaning } from '../../domain/facts/meaning.js';
import { operatorMeaning, strangerNamed } from '../../domain/facts/operator-word.js';
import { readMeaning } from '../../domain/facts/read-meaning.js';
import { windowEndMeaning } from '../../domain/facts/window-end-meaning.js';
import { isPaymentId } from '../../domain/ids.js';
import { decide, isClosed } from '../../domain/order.js';
import { awaitsChoice } from '../../domain/payments/offer.js';
import { findPayment } from '../../db/money/payments.js';
import { hasUnhandledEvent } from '../../db/money/provider-events.js';
import { findOrderByPayment } from '../../db/orders/orders.js';
import { earlierOffersOf } from '../../db/orders/offers.js';
import { findCase } from '../../db/support/support-cases.js';
import { readEvidence, unreadFailure } from '../evidence.js';
import { retryLater } from '../retry-later.js';
import { understandChoice } from './understand-offer.js';
import { understandCancel } from './understand-cancel.js';
import { understandStranger } from './understand-stranger.js';
import type { Understanding } from './understanding.js';

/** An IPN has a file of its own: understand-ipn.ts. */
type OtherFact = Exclude<Fact, { kind: 'ipn' }>;

const depositsUnread = 'DepositsUnread';

/** Turns a fact into its meaning; asks the provider wherever money is concerned. What it says is judged in the domain. */
export async function understandFact(understanding: Understanding, fact: OtherFact): Promise<Meaning> {
  switch (fact.kind) {
    case 'poll':
      return understandRead(understanding, fact.kind);
    case 'reconcile':
      // A fact names a payment only where that is none of the order's deposits, as far as is known.
      return fact.paymentId === undefined
        ? understandRead(understanding, fact.kind)
        : understandStranger(understanding, { paymentId: fact.paymentId, source: fact.kind, claim: null });
    case 'window_closed':
    case 'partial_window_ended':
      return understandWindowEnd(understanding, fact);
    case 'operator':
      return understandOperator(understanding, fact);
    case 'choice':
      return understandChoice(understanding, fact);
    case 'cancel':
      return understandCancel(understanding, fact, () => understandLastLook(understanding));
    case 'resolve':
      return understandDecision(understanding, fact);
    case 'advance':
      return understandAdvance(understanding);
    case 'slow_confirmation':
      return plainMeaning(understanding.order.status, fact);
    default:
      return assertNever(fact);
  }
}

/** All that may have been paid, before an order ends: its own payment, and what it offered before. Null: it has no payment. */
async function understandLastLook(understanding: Understanding): Promise<Meaning | null> {
  const { deps, order } = understanding;
  for (const { paymentId } of await earlierOffersOf(deps.pool, order)) {
    const meaning = await understandStranger(understanding, { paymentId, source: 'poll', claim: null });
    if (decide(order.status, meaning.event).kind === 'moved') return meaning;
  }
  return order.payAddress === null ? null : understandRead(understanding, 'poll');
}

async function understandRead({ deps, record, situation }: Understanding, source: 'poll' | 'reconcile') {
  const priority = source === 'poll' ? 'decision' : 'reconcile';
  // Somebody saw something that is not on record: a deposit that had said its last word may have been sent back.
  const evidence = await readEvidence(deps, record, { priority, finalToo: source === 'reconcile' });
  if (evidence.kind === 'unavailable') throw unreadFailure(evidence);
  if (evidence.unread > 0) {
    // The sum is judged when all of it is known: the next attempt reads the next few.
    throw retryLater(depositsUnread, `${evidence.unread} re-deposits are not read yet`, 1_000);
  }
  return readMeaning(situation, evidence, source);
}

/** What the order's own poll would have seen meanwhile. The ends of windows that are passed are facts of their own, and come next. */
async function understandAdvance(understanding: Understanding): Promise<Meaning> {
  const { status, payAddress } = understanding.order;
  if (isClosed(status) || payAddress === null) return nothingNew('poll');
  return understandRead(understanding, 'poll');
}

/** The end of a window: one last read. Without a usable answer the order stays open and this step is tried again. */
async function understandWindowEnd(
  understanding: Understanding,
  fact: Extract<Fact, { kind: 'window_closed' | 'partial_window_ended' }>,
): Promise<Meaning> {
  const event = fact.kind;
  const { deps, order } = understanding;
  if (decide(order.status, event).kind !== 'moved') return windowEndMeaning(order.status, event, null);
  const end = windowEnd(order, fact, await deps.now(deps.pool));
  if (end.kind === 'far') return nothingNew('expired', 'the window is still open');
  if (end.kind !== 'reached') return understandEarlyEnd(understanding, end);
  const seen = await understandLastLook(understanding).catch((failure: unknown) => {
    const isReading = failure instanceof ApplicationFailure && failure.type === depositsUnread;
    if (!isReading) deps.alarms.raise('expiry_waits_for_provider', { orderId: order.id });
    throw failure;
  });
  return windowEndMeaning(order.status, event, seen, awaitsChoice(order));
}

/**
 * The database's clock is behind Temporal's: the same step later, not a second fact. The order's IPNs wait behind this step,
 * so where one does, its payment is read at once.
 */
async function understandEarlyEnd(
  understanding: Understanding,
  end: Extract<WindowEnd, { kind: 'nearly' | 'ahead' }>,
): Promise<Meaning> {
  const { deps, order } = understanding;
  if (end.kind === 'ahead') deps.alarms.raise('clocks_disagree', { orderId: order.id, aheadMs: end.aheadMs });
  if (order.payAddress !== null && (await hasUnhandledEvent(deps.pool, order.id))) {
    const seen = await understandRead(understanding, 'poll');
    if (decide(order.status, seen.event).kind === 'moved') return seen;
  }
  throw retryLater('WindowOpen', 'the window is still open', end.waitMs);
}

async function understandDecision({ deps, order }: Understanding, fact: ResolveFact): Promise<Meaning> {
  const found = await findCase(deps.pool, fact.caseId);
  return decisionMeaning(order.status, fact, found?.kind ?? null);
}

async function understandOperator(understanding: Understanding, fact: OperatorFact): Promise<Meaning> {
  const stranger = await strangerOf(understanding, fact);
  if (stranger !== null) return strangerNamed(stranger);
  return operatorMeaning(understanding.situation, understanding.order, fact);
}

/** Why the payment that is named cannot be this order's; null when it can. */
async function strangerOf(understanding: Understanding, fact: OperatorFact): Promise<string | null> {
  const { deps, order } = understanding;
  if (order.paymentId === fact.paymentId) return null;
  if (order.paymentId !== null) return 'another payment id is bound';
  const [boundTo, recorded] = await Promise.all([
    findOrderByPayment(deps.pool, order.mode, fact.paymentId),
    findPayment(deps.pool, order.mode, fact.paymentId),
  ]);
  const isTaken = boundTo !== null || (recorded !== null && recorded.orderId !== order.id);
  if (isTaken || (await isMadeForAnother(understanding, fact.paymentId)))
    return 'the payment id belongs to another order';
  return null;
}

/**
 * A payment of which nobody has a record yet may still be another order's, whose mint is being looked for: where the
 * provider shows it, it must name ours. An id that it does not show, or cannot now, is taken as it always was.
 */
async function isMadeForAnother({ deps, order, record }: Understanding, paymentId: string): Promise<boolean> {
  const account = isPaymentId(paymentId) ? await deps.providerAccount(order, record.pair) : null;
  if (account === null || !isPaymentId(paymentId)) return false;
  const read = await deps.gateway.read(account, paymentId, 'decision');
  return read.kind === 'read' && read.payment.orderId !== order.id;
}
