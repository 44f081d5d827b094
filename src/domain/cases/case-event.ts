import { wholeOrder, type EventOrder, type SurplusEventType } from '../outgoing-event.js';
import type { CaseKind } from './support-case.js';

/** A case of an order, as its own events quote it. What people wrote about it stays with support. */
export interface EventOrderCase {
  readonly id: string; // public
  readonly kind: CaseKind;
  readonly paymentId: string | null;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly openedAt: string;
  readonly resolution: { readonly action: string; readonly at: string } | null;
}

/** The `data` of `crypto.order.case.…`: the order as it now stands, and the case. */
export function orderCaseEventData(order: EventOrder, one: EventOrderCase, at: string): Record<string, unknown> {
  return {
    ...wholeOrder(order, at),
    case: {
      id: one.id,
      kind: one.kind,
      payment_id: one.paymentId,
      actually_paid: one.actuallyPaid,
      pay_currency: one.payCurrency,
      opened_at: one.openedAt,
      resolved_at: one.resolution?.at ?? null,
      resolution: one.resolution?.action ?? null,
    },
  };
}

/** The event that names what a case of that kind is about, if there is one. */
export function surplusEventOf(kind: CaseKind): SurplusEventType | null {
  if (kind === 'overpaid') return 'crypto.order.overpaid';
  return kind === 'second_payment' ? 'crypto.order.second_payment' : null;
}

/** The `data` of it: what came beyond what was owed, or the coins of a payment that the paid order did not wait for. */
export function surplusEventData(
  type: SurplusEventType,
  { order, one, excess, at }: { order: EventOrder; one: EventOrderCase; excess: string; at: string },
): Record<string, unknown> {
  const whole = { ...wholeOrder(order, at), case_id: one.id };
  const { paymentId, actuallyPaid, payCurrency } = one;
  if (type === 'crypto.order.second_payment') {
    return {
      ...whole,
      second_payment: { payment_id: paymentId, actually_paid: actuallyPaid, pay_currency: payCurrency },
    };
  }
  return {
    ...whole,
    pay_currency: order.payCurrency,
    pay_amount_text: order.payAmountText,
    actually_paid: order.actuallyPaid,
    excess,
  };
}

/** A case as its event quotes it. */
export interface EventCase {
  readonly id: string; // public
  readonly kind: CaseKind;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly openedAt: string;
  readonly deadlineAt: string;
  readonly escalatedAt: string;
}

export function caseEventData(one: EventCase): Record<string, unknown> {
  return {
    case_id: one.id,
    kind: one.kind,
    order_id: one.orderId,
    payment_id: one.paymentId,
    actually_paid: one.actuallyPaid,
    pay_currency: one.payCurrency,
    opened_at: one.openedAt,
    deadline_at: one.deadlineAt,
    escalated_at: one.escalatedAt,
  };
}
