import type { FailedReason, OrderStatus } from './order.js';
import type { CaseKind } from './cases/support-case.js';

/** What happens to an order and is told to its merchant: at most once each. */
export const orderEventTypes = [
  'crypto.order.paid',
  'crypto.order.failed',
  'crypto.order.confirming',
  'crypto.order.partial',
  'crypto.order.cancelled',
  'crypto.order.refunded',
  'crypto.order.late_payment',
] as const;
export type OrderEventType = (typeof orderEventTypes)[number];

/** Unusual money that nobody at the merchant's service answered in time. */
export const caseEscalated = 'support.case.escalated';

/** What merchants can subscribe to. `test.ping` is sent on request only. */
export const eventTypes = [...orderEventTypes, caseEscalated] as const;
export type EventType = (typeof eventTypes)[number];

/** What a delivery may carry. */
export const deliveredTypes = [...eventTypes, 'test.ping'] as const;

/** One late or extra deposit, as in the envelope's `late_payments[]`. */
export interface LatePayment {
  readonly payment_id: string;
  readonly provider_status: string;
  readonly actually_paid: string;
  readonly pay_currency: string;
  readonly at: string;
}

/** The order as an event quotes it: the row after the change. */
export interface EventOrder {
  readonly orderId: string;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly paymentId: string | null;
  readonly status: OrderStatus;
  readonly customerReference: string | null;
  readonly version: number;
  readonly payCurrency: string | null;
  readonly payAmountText: string | null;
  readonly actuallyPaid: string;
  readonly amountDue: string;
  readonly latePayments: readonly LatePayment[];
}

/** The `data` of an event, by its type (docs/webhooks.md, "Events"). `reason` is for failed orders. */
export function eventData(
  type: OrderEventType,
  order: EventOrder,
  { at, reason }: { at: string; reason?: FailedReason },
): Record<string, unknown> {
  const what = {
    order_id: order.orderId,
    product: order.product,
    price_cents: order.priceCents,
    price_currency: order.priceCurrency,
    payment_id: order.paymentId,
  };
  if (type === 'crypto.order.paid') return { ...what, paid_at: at, version: order.version };
  if (type === 'crypto.order.failed') return { ...what, reason, failed_at: at, version: order.version };
  const whole = {
    ...what,
    status: order.status,
    customer_reference: order.customerReference,
    version: order.version,
    at,
  };
  if (type === 'crypto.order.partial') {
    return {
      ...whole,
      pay_currency: order.payCurrency,
      pay_amount_text: order.payAmountText,
      actually_paid: order.actuallyPaid,
      amount_due: order.amountDue,
    };
  }
  if (type === 'crypto.order.late_payment') return { ...whole, late_payments: order.latePayments };
  return whole;
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

/** The exact bytes that are signed and sent, the same on every attempt. */
export function eventBody(event: { id: string; type: string; createdAt: string; data: unknown }): string {
  return JSON.stringify({ id: event.id, type: event.type, created_at: event.createdAt, data: event.data });
}

/** The event that a new status announces, if any. */
export function eventOfStatus(status: OrderStatus): OrderEventType | null {
  return status === 'pending' ? null : `crypto.order.${status}`;
}
