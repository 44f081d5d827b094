import { parsePayment } from '../../gateway/wire.js';
import { findProviderEvent } from '../../db/money/provider-events.js';
import type { Fact } from '../../domain/facts/fact.js';
import { nothingNew, type Meaning } from '../../domain/facts/meaning.js';
import { caseOfUnread, givesUp, type Claim } from '../../domain/facts/unreadable.js';
import type { Pool } from '../../db/pool.js';
import { refusalOfRead } from '../evidence.js';
import type { Understanding } from './understanding.js';

/**
 * What a fact means whose payment could not be read: nothing yet, so the failure is thrown on and the same is tried later;
 * or, on a closed order and after enough tries, nothing new and a case that says why and what was claimed.
 */
export async function meaningUnread(understanding: Understanding, fact: Fact, failure: unknown): Promise<Meaning> {
  const { deps, order, situation, attempt } = understanding;
  const refusal = refusalOfRead(failure);
  if (refusal === null || !givesUp(situation.status, { attempt, isRefused: refusal.isRefused })) throw failure;
  const claim = fact.kind === 'ipn' ? await claimIn(deps.pool, fact.id) : null;
  const source = fact.kind === 'ipn' || fact.kind === 'reconcile' ? fact.kind : 'poll';
  const { why } = refusal;
  deps.alarms.raise('fact_given_up', { orderId: order.id, factId: fact.id, why, claim });
  return {
    ...nothingNew(source, `given up, the provider cannot be read: ${why}`),
    caseKind: caseOfUnread(situation, claim),
    unread: { why, attempts: attempt, claim },
  };
}

/** The figures of a notice that is signed in form B cannot be trusted and are left out. */
async function claimIn(pool: Pool, providerEventId: string): Promise<Claim | null> {
  const row = await findProviderEvent(pool, providerEventId);
  const parsed = row && parsePayment(row.raw.toString('utf8'));
  if (parsed?.kind !== 'payment') return null;
  const { paymentId, parentPaymentId, status, actuallyPaid, payCurrency } = parsed.payment;
  const figures = row?.form === 'A' ? { actuallyPaid, payCurrency } : { actuallyPaid: null, payCurrency: null };
  return { paymentId, parentPaymentId, status, ...figures };
}
