import type { LatePayment, OrderStatus } from './order.js';

export type EventType =
  | 'crypto.order.paid'
  | 'crypto.order.failed'
  | 'crypto.order.confirming'
  | 'crypto.order.partial'
  | 'crypto.order.cancelled'
  | 'crypto.order.refunded'
  | 'crypto.order.late_payment'
  | 'support.case.escalated';

interface Event<Type extends string, Data> {
  /** The same for every endpoint and every attempt: deduplicate on it. */
  id: string;
  type: Type;
  created_at: string;
  data: Data;
}

interface OrderFacts {
  order_id: string;
  product: string;
  price_cents: number;
  price_currency: string;
  payment_id: string | null;
  /** Events may overtake each other: the higher version is newer. */
  version: number;
}

export interface PaidData extends OrderFacts {
  paid_at: string;
}

export interface FailedData extends OrderFacts {
  /** `expired`: a window ended. `ipn`: the payment provider said so. `mint_failed`: no payment address could be made. */
  reason: 'expired' | 'ipn' | 'mint_failed';
  failed_at: string;
}

export interface ChangedData extends OrderFacts {
  status: OrderStatus;
  customer_reference: string | null;
  at: string;
}

export interface PartialData extends ChangedData {
  pay_currency: string | null;
  pay_amount_text: string | null;
  actually_paid: string;
  amount_due: string;
}

export interface LatePaymentData extends ChangedData {
  late_payments: LatePayment[];
}

/** Unusual money of an order that nobody answered in time. */
export interface CaseEscalatedData {
  case_id: string;
  kind: string;
  order_id: string | null;
  payment_id: string | null;
  actually_paid: string | null;
  pay_currency: string | null;
  opened_at: string;
  deadline_at: string;
  escalated_at: string;
}

export interface PingData {
  webhook_id: string;
}

/** What a delivery carries; `type` tells the shape of `data`. */
export type WebhookEvent =
  | Event<'crypto.order.paid', PaidData>
  | Event<'crypto.order.failed', FailedData>
  | Event<'crypto.order.confirming' | 'crypto.order.cancelled' | 'crypto.order.refunded', ChangedData>
  | Event<'crypto.order.partial', PartialData>
  | Event<'crypto.order.late_payment', LatePaymentData>
  | Event<'support.case.escalated', CaseEscalatedData>
  | Event<'test.ping', PingData>;

/** Keyed by type, so that the compiler misses none. */
const eventTypes: Readonly<Record<WebhookEvent['type'], true>> = {
  'crypto.order.paid': true,
  'crypto.order.failed': true,
  'crypto.order.confirming': true,
  'crypto.order.partial': true,
  'crypto.order.cancelled': true,
  'crypto.order.refunded': true,
  'crypto.order.late_payment': true,
  'support.case.escalated': true,
  'test.ping': true,
};

export function isEventType(type: string): type is WebhookEvent['type'] {
  return Object.hasOwn(eventTypes, type);
}
