import type { NextAction } from './next-action.js';
import type { FailedReason } from './failed-reason.js';
import type { OrderStatus } from './order.js';
import type { MoneySummary } from './payments/order-money.js';
import { exactJson } from './told/exact-json.js';

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

/** More money than an order wanted, each told once for every case of that kind. */
export const surplusEventTypes = ['crypto.order.overpaid', 'crypto.order.second_payment'] as const;
export type SurplusEventType = (typeof surplusEventTypes)[number];

/** A case of an order, from its beginning to its end: once each for every case. */
export const caseEventTypes = [...surplusEventTypes, 'crypto.order.case.opened', 'crypto.order.case.resolved'] as const;
export type CaseEventType = (typeof caseEventTypes)[number];

/** Unusual money that nobody at the merchant's service answered in time. */
export const caseEscalated = 'support.case.escalated';

/** What merchants can subscribe to. `test.ping` is sent on request only. */
export const eventTypes = [...orderEventTypes, ...caseEventTypes, caseEscalated] as const;
export type EventType = (typeof eventTypes)[number];

/** What a delivery may carry. */
export const deliveredTypes = [...eventTypes, 'test.ping'] as const;

/** One late or extra deposit, as in the envelope's `late_payments[]`. */
export interface LatePayment {
  readonly payment_id: string;
  readonly provider_status: string;
  readonly actually_paid: string;
  readonly pay_currency: string | null;
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
  readonly metadata: Readonly<Record<string, string>>;
  readonly nextAction: NextAction;
  readonly version: number;
  readonly payCurrency: string | null;
  readonly payAmountText: string | null;
  readonly actuallyPaid: string;
  readonly amountDue: string;
  readonly latePayments: readonly LatePayment[];
  readonly money: MoneySummary;
}

/** Why an order failed, or why what came is not enough. */
export type EventReason = FailedReason | 'underpaid' | 'wrong_asset';

/** The `data` of an event, by its type (docs/webhooks.md, "Events"). `reason` is for failed and partial orders. */
export function eventData(
  type: OrderEventType,
  order: EventOrder,
  { at, reason }: { at: string; reason?: EventReason },
): Record<string, unknown> {
  const whole = wholeOrder(order, at);
  switch (type) {
    case 'crypto.order.paid':
      return { ...whole, paid_at: at };
    case 'crypto.order.failed':
      return { ...whole, reason, failed_at: at };
    case 'crypto.order.partial':
      return {
        ...whole,
        reason,
        next_action: order.nextAction,
        pay_currency: order.payCurrency,
        pay_amount_text: order.payAmountText,
        actually_paid: order.actuallyPaid,
        amount_due: order.amountDue,
      };
    case 'crypto.order.late_payment':
      return { ...whole, late_payments: order.latePayments };
    case 'crypto.order.confirming':
    case 'crypto.order.cancelled':
    case 'crypto.order.refunded':
      return whole;
  }
}

/** What every event of an order begins with. */
export function wholeOrder(order: EventOrder, at: string): Record<string, unknown> {
  return {
    order_id: order.orderId,
    product: order.product,
    price_cents: order.priceCents,
    price_currency: order.priceCurrency,
    payment_id: order.paymentId,
    status: order.status,
    customer_reference: order.customerReference,
    metadata: order.metadata,
    version: order.version,
    at,
    money: order.money,
  };
}

/** The exact bytes that are signed and sent, the same on every attempt. */
export function eventBody(event: { id: string; type: string; createdAt: string; data: unknown }): string {
  return exactJson({ id: event.id, type: event.type, created_at: event.createdAt, data: event.data });
}

/** The event that a new status announces, if any. */
export function eventOfStatus(status: OrderStatus): OrderEventType | null {
  return status === 'pending' ? null : `crypto.order.${status}`;
}
