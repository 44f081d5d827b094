import type { Fact } from '../../domain/facts/fact.js';
import { nothingNew, type Meaning } from '../../domain/facts/meaning.js';
import { caseOfUnread, givesUp } from '../../domain/facts/unreadable.js';
import { refusalOfRead } from '../evidence.js';
import { claimIn } from './notice-claim.js';
import type { Understanding } from './understanding.js';

/**
 * What a fact means whose payment could not be read: nothing yet, so the failure is thrown on and the same is tried later;
 * or, on a closed order and after enough tries, nothing new and a case that says why and what was claimed.
 */
export function meaningUnread(understanding: Understanding, fact: Fact, failure: unknown): Meaning {
  const { deps, order, record, situation, attempt } = understanding;
  const refusal = refusalOfRead(failure);
  if (refusal === null || !givesUp(situation.status, { attempt, isRefused: refusal.isRefused })) throw failure;
  const row = record.notices.find(({ id }) => id === fact.id);
  const claim = row ? claimIn(row) : null;
  const source = fact.kind === 'ipn' || fact.kind === 'reconcile' ? fact.kind : 'poll';
  const { why } = refusal;
  deps.alarms.raise('fact_given_up', { orderId: order.id, factId: fact.id, why, claim });
  return {
    ...nothingNew(source, `given up, the provider cannot be read: ${why}`),
    caseKind: caseOfUnread(situation, claim),
    unread: { why, attempts: attempt, claim },
  };
}
