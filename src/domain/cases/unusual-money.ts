import type { Meaning } from '../facts/meaning.js';
import type { SeenPayment } from '../facts/seen-payment.js';
import { isZeroCoins } from '../money.js';
import { isClosed, type AllowedDecision, type OrderEvent, type OrderStatus } from '../order.js';
import { isForeign, isRefunded } from '../payments/payment-view.js';
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
  readonly isNew: boolean; // false: one more line for the case that is open, and nothing to open one for
}

/** The cases that a settled fact opens or adds to: coins that no price absorbed have one, and so has each refund. */
export function casesNeeded(order: Receiving, meaning: Meaning, decision: AllowedDecision): NeededCase[] {
  const ofCoins = meaning.seen.flatMap((payment) => caseOf(order, payment, meaning));
  if (meaning.caseKind !== null) return [...ofCoins, { kind: meaning.caseKind, payment: null, isNew: true }];
  const hasCoins = meaning.seen.some(({ share }) => !isZeroCoins(share.arrived));
  if (ofCoins.length > 0 || hasCoins || decision.move.opens !== 'case') return ofCoins;
  const kind = caseKindOf(meaning.event, order.status, decision.move.late === true);
  return kind === null ? [] : [{ kind, payment: meaning.seen[0] ?? null, isNew: true }];
}

function caseOf(order: Receiving, payment: SeenPayment, { event, unread }: Meaning): NeededCase[] {
  const { isSentBack, trouble, view } = payment;
  if (isRefunded(view)) return [{ kind: 'refunded', payment, isNew: isSentBack || trouble === 'more' }];
  const isClaimed = unread !== null; // coins that stand in no record: only the case tells of them
  if (trouble === 'none' && !isClaimed) return [];
  return [{ kind: kindFor(order, payment, event), payment, isNew: trouble === 'more' || isClaimed }];
}

function kindFor(order: Receiving, { view, share, role, late }: SeenPayment, event: OrderEvent): CaseKind {
  if (role === 'second') return 'second_payment';
  if (role === 'orphan' && order.payAddress !== null) return 'orphan_payment';
  if (late || isClosed(order.status)) return order.status === 'paid' ? 'second_payment' : 'late_payment';
  if (event === 'overpaid' && !isZeroCoins(share.excess)) return 'overpaid';
  if (order.payCurrency !== null && isForeign(view, order.payCurrency)) return 'wrong_asset';
  // Coins beside those that pay the order, their own last word still to come.
  if (event === 'payment_finished' || event === 'overpaid') return 'second_payment';
  if (event === 'amount_mismatch') return 'amount_mismatch';
  return role === 'orphan' ? 'orphan_payment' : 'underpaid';
}

const answeredByPayment: readonly CaseKind[] = ['underpaid', 'amount_mismatch', 'slow_confirmation', 'mint_failed'];
const answeredByAnyEnd: readonly CaseKind[] = ['slow_confirmation'];

/** The kinds of case that a move answers by itself: a top-up completed the order, or a slow confirmation ended. */
export function casesAnsweredBy(decision: AllowedDecision): readonly CaseKind[] {
  if (decision.kind !== 'moved') return [];
  if (decision.to === 'paid') return answeredByPayment;
  return decision.from === 'confirming' ? answeredByAnyEnd : [];
}

/** Why the case of a payment's coins has its answer, whatever its kind; null: they are still to be decided about. */
export function answerForCoins({ status }: Pick<Receiving, 'status'>, payment: SeenPayment): string | null {
  if (payment.isSentBack) return 'the provider sent the coins back';
  const isPaying = status === 'paid' && payment.trouble === 'none' && !isZeroCoins(payment.share.arrived);
  return isPaying ? 'the coins pay the order now' : null;
}
