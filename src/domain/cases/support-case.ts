import { isZeroCoins, type CoinAmount } from '../money.js';
import { decide, type OrderEvent, type OrderStatus } from '../order.js';

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

/**
 * What a case is about. Coins have one open case, whatever else is found about them: the first reason names it, another is
 * one more line in it. A refund, a slow confirmation and a failed mint are about no coins that wait, and stand beside it.
 */
export const ownSubjects = ['refunded', 'slow_confirmation', 'mint_failed'] as const satisfies readonly CaseKind[];

/** That coins confirm too slowly is one more line of the case that they have, if they have one. */
export function joinsCaseOfCoins(kind: CaseKind): boolean {
  return kind === 'slow_confirmation';
}

const kindByEvent: Partial<Record<OrderEvent, CaseKind>> = {
  underpaid: 'underpaid',
  payment_failed: 'underpaid', // with coins; without any there is nothing to answer
  wrong_asset: 'wrong_asset',
  overpaid: 'overpaid',
  payment_refunded: 'refunded',
  amount_mismatch: 'amount_mismatch',
};

/** The kind of case that an event opens where the table says `case`; `late` money has its own two names. */
export function caseKindOf(event: OrderEvent, status: OrderStatus, late: boolean): CaseKind | null {
  if (late) return status === 'paid' ? 'second_payment' : 'late_payment';
  return kindByEvent[event] ?? null;
}

/**
 * What support may do with an unresolved case of an order in that status. Only coins can be honoured, `arrived` are those of
 * the case, and what the provider says in figures that do not fit. Money that names no order of ours can be declined and
 * noted.
 */
export function allowedActions(kind: CaseKind, status: OrderStatus | null, arrived: string | null): CaseAction[] {
  const mayHonour =
    status !== null &&
    decide(status, 'honoured').kind === 'moved' &&
    !neverHonoured.has(kind) &&
    (kind === 'amount_mismatch' || hasCoins(arrived)); // it may call a payment finished and give no sum: a person can see more
  return mayHonour ? ['honour', 'decline', 'note'] : ['decline', 'note'];
}

function hasCoins(arrived: string | null): boolean {
  return arrived !== null && !isZeroCoins(arrived as CoinAmount); // the provider's amount, checked when it was read
}

// A refund took its coins back, a failed mint never had any.
const neverHonoured: ReadonlySet<CaseKind> = new Set(['mint_failed', 'refunded']);

/**
 * Whether declining a case of that kind ends the order: it holds coins of its own that nothing else would ever end, no
 * window and no top-up. Other orders have a window that runs, or are closed.
 */
export function endsByDeclining(kind: CaseKind, status: OrderStatus): boolean {
  return status === 'confirming' && (kind === 'amount_mismatch' || kind === 'slow_confirmation');
}

// With any other question open about the order's coins, a person looks at all of them.
const answeredByPolicy: ReadonlySet<CaseKind> = new Set(['late_payment', 'underpaid']);

/** The open case of late money that a policy may honour without a person; undefined: there is none, or more to look at. */
export function lateCaseToHonour<Case extends { readonly kind: CaseKind; readonly resolvedAt: string | null }>(
  cases: readonly Case[],
): Case | undefined {
  const open = cases.filter(({ resolvedAt }) => resolvedAt === null);
  if (!open.every(({ kind }) => answeredByPolicy.has(kind))) return undefined;
  return open.find(({ kind }) => kind === 'late_payment') ?? open[0]; // late coins of a payment that was short keep its case
}
