import type { OrderMoney } from './money.js';

export type OrderStatus = 'pending' | 'confirming' | 'partial' | 'paid' | 'failed' | 'cancelled';
export type EventSource = 'create' | 'ipn' | 'poll' | 'reconcile' | 'expired' | 'mint_failed' | 'cancel' | 'support';
export type NextAction = 'choose_coin' | 'pay' | 'wait' | 'top_up' | 'contact_support' | 'none';

export interface QuoteRequest {
  product: string;
  /** ISO 4217; USD when absent. */
  price_currency?: string;
}

/** The list price. A quote keeps no state. */
export interface Quote {
  product: string;
  price_cents: number;
  price_currency: string;
}

export interface CheckoutRequest {
  product: string;
  /** Minor units of the currency: 4900 is USD 49.00 and JPY 4900. */
  price_cents: number;
  /** ISO 4217, capitals. */
  price_currency: string;
  /** The provider's coin code, such as `usdttrc20`; the account's default when absent. */
  pay_currency?: string;
  /** `payer`: whoever pays chooses the coin; not together with `pay_currency`. */
  coin_choice?: 'merchant' | 'payer';
  /** Your own reference, 1 to 128 characters. */
  customer_reference?: string;
  /** At most 20 keys of 1 to 64 characters, values of at most 500. */
  metadata?: Record<string, string>;
  /** What the payer reads beside the price, at most 200 characters. */
  description?: string;
  /** Where the payment page leads once paid; https, as the other two. */
  success_url?: string;
  /** Where it leads back to, whatever became of the order. */
  return_url?: string;
  /** The same while nothing was paid, and when nothing will be. */
  cancel_url?: string;
}

/** A coin that a price can be paid in. Figures are null where they are not known now. */
export interface Coin {
  pay_currency: string;
  network: string | null;
  /** Its address goes with a memo or tag, which must not be left out. */
  needs_extra_id: boolean;
  /** Decimal text, in the coin: the provider takes no less. */
  minimum_amount: string | null;
  /** Decimal text, in the coin. The amount that counts comes with the address. */
  estimated_amount: string | null;
  is_payable: boolean;
}

export interface CoinList {
  price_cents: number;
  price_currency: string;
  coins: Coin[];
}

export type StubReason =
  'no_provider' | 'below_minimum' | 'above_maximum' | 'coin_unavailable' | 'rejected' | 'mint_failed';

export interface Checkout {
  order_id: string;
  product: string;
  price_cents: number;
  price_currency: string;
  created_at: string;
  status: OrderStatus;
  /** `stub`: no payment can be made for this order. */
  provider: 'nowpayments' | 'stub';
  /** Null for a stub, and while the address is still being made: repeat the call with the same key. */
  payment_address: string | null;
  pay_currency: string | null;
  pay_amount: number | null;
  /** The exact amount. Show this one. */
  pay_amount_text: string | null;
  /** Memo or tag, where the coin needs one. */
  pay_extra_id: string | null;
  network: string | null;
  /** The end of the pay window, which begins with the address; before it, an estimate. Null unless pending. */
  expires_at: string | null;
  /** Why no payment can be made; null while one may be. */
  stub_reason: StubReason | null;
  /** The least that could be paid, as decimal text; null where it is not known. */
  stub_minimum: string | null;
  /** The price currency where the provider knows a rate, else the coin. */
  stub_minimum_currency: string | null;
  payment_url: string;
  is_final: boolean;
  next_action: NextAction;
}

/** What `createCheckout` answers. */
export interface PlacedCheckout extends Checkout {
  /**
   * True when the key was first sent with another body, and this is the order of that one: its price, product or coin may not be those
   * of this call. Two purchases share a key. In a strict account it is an IdempotencyMismatchError instead.
   */
  idempotency_mismatch?: true;
}

export interface OrderEvent {
  status: OrderStatus;
  at: string;
  source: EventSource;
}

/** A deposit that came late or on top. */
export interface LatePayment {
  payment_id: string;
  provider_status: string;
  /** Decimal text, in `pay_currency`. */
  actually_paid: string;
  /** Null when the provider did not say. */
  pay_currency: string | null;
  at: string;
}

export interface Order {
  order_id: string;
  product: string;
  price_cents: number;
  price_currency: string;
  payment_id: string | null;
  /** Grant on `paid`, never on `confirming` or `partial`. */
  status: OrderStatus;
  customer_note: string | null;
  events: OrderEvent[];
  expires_at: string | null;
  created_at: string;
  updated_at: string;
  paid_at: string | null;
  is_final: boolean;
  next_action: NextAction;
  late_payments: LatePayment[];
  customer_reference: string | null;
  metadata: Record<string, string>;
  description: string | null;
  /** Grows with every visible change. */
  version: number;
  /** This and the next seven: null unless pending or partial. */
  payment_address: string | null;
  pay_currency: string | null;
  pay_amount: number | null;
  pay_amount_text: string | null;
  pay_extra_id: string | null;
  network: string | null;
  /** Decimal text: what arrived. */
  actually_paid: string | null;
  /** Decimal text: what is missing. */
  amount_due: string | null;
  /** While a part is missing: what to ask the payer for, never less than the provider accepts. */
  top_up_amount: string | null;
  /** Why no payment can be made; null while one may be. */
  stub_reason: StubReason | null;
  /** The least that could be paid, as decimal text; null where it is not known. */
  stub_minimum: string | null;
  /** The price currency where the provider knows a rate, else the coin. */
  stub_minimum_currency: string | null;
  payment_url: string;
  /** What was to be paid and what has come: the same before and after the order closes. */
  money: OrderMoney;
}

export interface OrderPage {
  orders: Order[];
  next_cursor: string | null;
}

export interface ListOrdersOptions {
  /** Page size, 1 to 100; 50 when absent. */
  limit?: number;
  status?: OrderStatus;
  /** Inclusive, ISO 8601 with zone. */
  created_after?: string;
  /** Exclusive, ISO 8601 with zone. */
  created_before?: string;
  customer_reference?: string;
  /** Inclusive; sorts by `updated_at`, oldest first. */
  updated_after?: string;
  cursor?: string;
}
