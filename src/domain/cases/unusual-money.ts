import { isUnusual } from '../payments/deposits.js';
import type { Meaning, SeenPayment } from '../facts/meaning.js';
import { isZeroCoins } from '../money.js';
import type { AllowedDecision, OrderEvent, OrderStatus } from '../order.js';
import { sameCoin } from '../payments/payment-view.js';
import { caseKindOf, type CaseKind } from './support-case.js';

/** What of an order decides what kind of case its money is. */
export interface Receiving {
  readonly status: OrderStatus; // before the move
  readonly payAddress: string | null;
  readonly payCurrency: string | null;
}

/** A case that support must see, with the payment it is about; null: about the order as a whole. */
export interface NeededCase {
  readonly kind: CaseKind;
  readonly payment: SeenPayment | null;
}

/** The cases that a settled fact opens or adds to: every coin that no price absorbed has one. */
export function casesNeeded(order: Receiving, meaning: Meaning, decision: AllowedDecision): NeededCase[] {
  const ofCoins = meaning.seen
    .filter(({ share }) => isUnusual(share))
    .map((payment) => ({ kind: kindFor(order, payment, meaning.event), payment }));
  if (meaning.caseKind !== null) return [...ofCoins, { kind: meaning.caseKind, payment: null }];
  if (ofCoins.length > 0 || decision.move.opens !== 'case') return ofCoins;
  const kind = caseKindOf(meaning.event, order.status, decision.move.late === true);
  return kind === null ? [] : [{ kind, payment: meaning.seen[0] ?? null }];
}

function kindFor(order: Receiving, { view, share, role, late }: SeenPayment, event: OrderEvent): CaseKind {
  if (role === 'second') return 'second_payment';
  if (role === 'orphan' && order.payAddress !== null) return 'orphan_payment';
  if (late) return order.status === 'paid' ? 'second_payment' : 'late_payment';
  if (!isZeroCoins(share.excess)) return 'overpaid';
  if (order.payCurrency !== null && !sameCoin(view.payCurrency, order.payCurrency)) return 'wrong_asset';
  // Coins beside those that pay the order, their own last word still to come.
  if (event === 'payment_finished' || event === 'overpaid') return 'second_payment';
  return caseKindOf(event, order.status, false) ?? (role === 'orphan' ? 'orphan_payment' : 'underpaid');
}

const answeredByPayment: readonly CaseKind[] = ['underpaid', 'amount_mismatch', 'slow_confirmation', 'mint_failed'];
const answeredByAnyEnd: readonly CaseKind[] = ['slow_confirmation'];

/** The kinds of case that a move answers by itself: a top-up completed the order, or a slow confirmation ended. */
export function casesAnsweredBy(decision: AllowedDecision): readonly CaseKind[] {
  if (decision.kind !== 'moved') return [];
  if (decision.to === 'paid') return answeredByPayment;
  return decision.from === 'confirming' ? answeredByAnyEnd : [];
}
