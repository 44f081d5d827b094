import type { MoneySummary } from './orders/money.js';
import type { LatePayment, NextAction, Order, OrderStatus } from './orders/order.js';

export type EventType =
  | 'crypto.order.paid'
  | 'crypto.order.failed'
  | 'crypto.order.confirming'
  | 'crypto.order.partial'
  | 'crypto.order.cancelled'
  | 'crypto.order.refunded'
  | 'crypto.order.late_payment'
  | 'crypto.order.overpaid'
  | 'crypto.order.second_payment'
  | 'crypto.order.case.opened'
  | 'crypto.order.case.resolved'
  | 'support.case.escalated';

interface Event<Type extends string, Data> {
  /** The same for every endpoint and every attempt: deduplicate on it. */
  id: string;
  type: Type;
  created_at: string;
  data: Data;
}

/** The order as it stands after the change: what every event of an order has. */
export interface ChangedData {
  order_id: string;
  product: string;
  price_cents: number;
  price_currency: string;
  payment_id: string | null;
  status: OrderStatus;
  customer_reference: string | null;
  metadata: Record<string, string>;
  /** Events may overtake each other: the higher version is newer. */
  version: number;
  at: string;
  /** What was to be paid and what has come. */
  money: MoneySummary;
  /** The order's envelope as of the event, for endpoints whose `payload` is `full`. */
  order?: Order;
}

export interface PaidData extends ChangedData {
  paid_at: string;
}

export interface FailedData extends ChangedData {
  /** `expired`: a window ended. `ipn`: the payment provider said so. `mint_failed`: no payment address could be made.
   * `declined`: support did not take what came. */
  reason: 'expired' | 'ipn' | 'mint_failed' | 'declined';
  failed_at: string;
}

export interface PartialData extends ChangedData {
  /** `underpaid`: too little came. `wrong_asset`: another coin, or the coin on another network. */
  reason: 'underpaid' | 'wrong_asset';
  /** `top_up`: ask the payer for the rest. `contact_support`: do not. */
  next_action: NextAction;
  pay_currency: string | null;
  pay_amount_text: string | null;
  actually_paid: string;
  amount_due: string;
}

export interface LatePaymentData extends ChangedData {
  late_payments: LatePayment[];
}

/** More came than was owed, beyond the tolerance: the order is paid, and support decides about the excess. */
export interface OverpaidData extends ChangedData {
  case_id: string;
  pay_currency: string | null;
  pay_amount_text: string | null;
  actually_paid: string;
  /** What arrived beyond what was owed, as decimal text in `pay_currency`. */
  excess: string;
}

/** One more payment for an order that is paid: nothing to grant. */
export interface SecondPaymentData extends ChangedData {
  case_id: string;
  /** Amounts are null where the payment provider did not show us the payment. */
  second_payment: { payment_id: string | null; actually_paid: string | null; pay_currency: string | null };
}

/** Money that does not fit, from the moment it is noticed to its end. */
export interface OrderCaseData extends ChangedData {
  case: {
    id: string;
    /** Such as `overpaid`, `late_payment`, `second_payment` or `refunded`; there may be more one day. */
    kind: string;
    payment_id: string | null;
    actually_paid: string | null;
    pay_currency: string | null;
    opened_at: string;
    resolved_at: string | null;
    /** Null when it opens. `honour`: the coins count. `decline`: they do not. `settled`: what came later answered it. */
    resolution: string | null;
  };
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
  /** The order's envelope, where there is one and the endpoint's `payload` is `full`. */
  order?: Order;
}

export interface PingData {
  webhook_id: string;
}

/** What a delivery carries; `type` tells the shape of `data`. */
export type WebhookEvent = KnownEvent | UnknownEvent;

export type KnownEvent =
  | Event<'crypto.order.paid', PaidData>
  | Event<'crypto.order.failed', FailedData>
  | Event<'crypto.order.confirming' | 'crypto.order.cancelled' | 'crypto.order.refunded', ChangedData>
  | Event<'crypto.order.partial', PartialData>
  | Event<'crypto.order.late_payment', LatePaymentData>
  | Event<'crypto.order.overpaid', OverpaidData>
  | Event<'crypto.order.second_payment', SecondPaymentData>
  | Event<'crypto.order.case.opened' | 'crypto.order.case.resolved', OrderCaseData>
  | Event<'support.case.escalated', CaseEscalatedData>
  | Event<'test.ping', PingData>;

/** Genuine, of a type that is newer than this SDK: answer 2xx, or the sender tries for days and then gives the endpoint up. */
export interface UnknownEvent extends Event<'unknown', Readonly<Record<string, unknown>>> {
  /** The type as it was sent. */
  sent_type: string;
}

/** Keyed by type, so that the compiler misses none. */
const eventTypes: Readonly<Record<KnownEvent['type'], true>> = {
  'crypto.order.paid': true,
  'crypto.order.failed': true,
  'crypto.order.confirming': true,
  'crypto.order.partial': true,
  'crypto.order.cancelled': true,
  'crypto.order.refunded': true,
  'crypto.order.late_payment': true,
  'crypto.order.overpaid': true,
  'crypto.order.second_payment': true,
  'crypto.order.case.opened': true,
  'crypto.order.case.resolved': true,
  'support.case.escalated': true,
  'test.ping': true,
};

export function isEventType(type: string): boolean {
  return Object.hasOwn(eventTypes, type);
}
