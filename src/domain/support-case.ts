import type { OrderEvent, OrderStatus } from './order.js';
import { decide } from './order.js';

export const caseKinds = [
  'underpaid',
  'overpaid',
  'late_payment',
  'second_payment',
  'wrong_asset',
  'orphan_payment',
  'amount_mismatch',
  'refunded',
  'slow_confirmation',
  'mint_failed',
] as const;
export type CaseKind = (typeof caseKinds)[number];

export const caseStatuses = ['open', 'awaiting_approval', 'resolved'] as const;
export type CaseStatus = (typeof caseStatuses)[number];

export const caseActions = ['honour', 'decline', 'note'] as const;
export type CaseAction = (typeof caseActions)[number];

/** The kind of case that an event opens where the table says `case`; `late` money has its own two names. */
export function caseKindOf(event: OrderEvent, status: OrderStatus, late: boolean): CaseKind | null {
  if (late) return status === 'paid' ? 'second_payment' : 'late_payment';
  switch (event) {
    case 'underpaid':
    case 'payment_failed':
      return 'underpaid';
    case 'wrong_asset':
      return 'wrong_asset';
    case 'overpaid':
      return 'overpaid';
    case 'payment_refunded':
      return 'refunded';
    case 'amount_mismatch':
      return 'amount_mismatch';
    default:
      return null;
  }
}

/** What support may do with an unresolved case of an order in that status. */
export function allowedActions(kind: CaseKind, status: OrderStatus): CaseAction[] {
  const mayHonour = decide(status, 'honoured').kind === 'moved' && kind !== 'mint_failed' && kind !== 'refunded';
  return mayHonour ? ['honour', 'decline', 'note'] : ['decline', 'note'];
}
