import { decide } from '../domain/order.js';
import { caseActions } from '../domain/cases/support-case.js';
import type { HandedDecision } from '../domain/facts/fact.js';
import type { OrderState } from './messages.js';

/**
 * Why a decision on a case is not taken on; null: it is. Asked before the update is accepted, so a refusal leaves no trace
 * in the history. Without a state the order is being loaded, and the settling step judges alone.
 */
export function decisionFault(fact: HandedDecision, state: OrderState | null): string | null {
  if (!caseActions.includes(fact.action)) return 'the action is none of honour, decline, note';
  if (fact.actor === '') return 'a decision has a name';
  if (fact.approvedBy === fact.actor) return 'nobody approves their own decision';
  if (fact.action !== 'honour' || state === null || decide(state.status, 'honoured').kind !== 'refused') return null;
  return `nothing to honour: the order is ${state.status}`;
}
