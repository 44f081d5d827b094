import type { Http } from '../http.js';
import type {
  Checkout,
  CheckoutRequest,
  CoinList,
  ListOrdersOptions,
  Order,
  OrderPage,
  PlacedCheckout,
  Quote,
  QuoteRequest,
} from './order.js';
import type { Receipt } from './receipt.js';
import { walkPages } from '../pages.js';
import { segment } from '../path.js';
import { pollUntilSettled, type SettlementOptions } from './settlement.js';

export interface RequestOptions {
  signal?: AbortSignal;
}

export interface KeyedOptions extends RequestOptions {
  /** Makes the call safe to repeat, by you and by this SDK, for a day: a repeat is answered as the first call was. */
  idempotencyKey?: string;
}

export interface CheckoutOptions extends RequestOptions {
  /** Makes the call safe to repeat, by you and by this SDK: one key, one order. Keep it with the purchase. */
  idempotencyKey?: string;
}

const orders = '/v1/billing/crypto-orders';

export class CryptoOrders {
  readonly #http: Http;
  readonly #warn: (warning: string) => void;

  constructor(http: Http, onWarning: (warning: string) => void) {
    this.#http = http;
    this.#warn = onWarning;
  }

  /** The list price of a product. */
  quote(body: QuoteRequest, { signal }: RequestOptions = {}): Promise<Quote> {
    return this.#http.json({ method: 'POST', path: '/v1/billing/crypto-checkout/quote', body, signal });
  }

  /** Places an order, or answers the one that already has the key. Only keyed calls are retried. */
  async createCheckout(
    body: CheckoutRequest,
    { idempotencyKey, signal }: CheckoutOptions = {},
  ): Promise<PlacedCheckout> {
    const path = '/v1/billing/crypto-checkout';
    const answer = await this.#http.answer<Checkout>({ method: 'POST', path, body, idempotencyKey, signal });
    if (answer.headers.get('x-driftstack-idempotency-mismatch') !== '1') return answer.body;
    this.#warn(`${answer.body.order_id}: its idempotency key was first sent with another body`);
    return { ...answer.body, idempotency_mismatch: true };
  }

  /** One page; `listAll` walks them. */
  list(options?: ListOrdersOptions, { signal }: RequestOptions = {}): Promise<OrderPage> {
    return this.#http.json({ method: 'GET', path: orders, query: options, signal });
  }

  /** Every order that matches, page by page, each once. */
  async *listAll(options: ListOrdersOptions = {}, request?: RequestOptions): AsyncGenerator<Order, void, undefined> {
    const load = (cursor: string | undefined): Promise<OrderPage> =>
      this.list(cursor === undefined ? options : { ...options, cursor }, request);
    for await (const page of walkPages(options.cursor, load)) yield* page.orders;
  }

  /** The other name of `listAll`. */
  iterate(options?: ListOrdersOptions, request?: RequestOptions): AsyncGenerator<Order, void, undefined> {
    return this.listAll(options, request);
  }

  get(id: string, { signal }: RequestOptions = {}): Promise<Order> {
    return this.#http.json({ method: 'GET', path: `${orders}/${segment(id)}`, signal });
  }

  /** In any state; null or empty clears it. */
  updateNote(id: string, body: { customer_note: string | null }, { signal }: RequestOptions = {}): Promise<Order> {
    return this.#http.json({ method: 'PATCH', path: `${orders}/${segment(id)}`, body, signal });
  }

  /** Pending orders only; another status is a ConflictError. */
  cancel(id: string, options: KeyedOptions = {}): Promise<Order> {
    return this.#http.json({ method: 'POST', path: `${orders}/${segment(id)}/cancel`, ...options });
  }

  /** Test orders, on the simulator: puts the order's clocks forward, by default to the end of what it waits for. */
  advance(id: string, body: { seconds?: number } = {}, options: KeyedOptions = {}): Promise<Order> {
    return this.#http.json({ method: 'POST', path: `/v1/test/orders/${segment(id)}/advance`, body, ...options });
  }

  /** The coins that a price can be paid in. */
  coins(price: { price_cents: number; price_currency: string }, { signal }: RequestOptions = {}): Promise<CoinList> {
    return this.#http.json({ method: 'GET', path: '/v1/billing/coins', query: price, signal });
  }

  /** Names the coin of an order that leaves the choice to its payer. A ConflictError once no coin can be named any more. */
  chooseCoin(id: string, body: { pay_currency: string }, options: KeyedOptions = {}): Promise<Order> {
    return this.#http.json({ method: 'POST', path: `${orders}/${segment(id)}/coin`, body, ...options });
  }

  /** Paid orders only; another status is a ConflictError. */
  receipt(id: string, { signal }: RequestOptions = {}): Promise<Receipt> {
    return this.#http.json({ method: 'GET', path: `${orders}/${segment(id)}/receipt`, signal });
  }

  receiptText(id: string, { signal }: RequestOptions = {}): Promise<string> {
    return this.#http.text({ method: 'GET', path: `${orders}/${segment(id)}/receipt.txt`, signal });
  }

  receiptPdf(id: string, { signal }: RequestOptions = {}): Promise<Uint8Array> {
    return this.#http.bytes({ method: 'GET', path: `${orders}/${segment(id)}/receipt.pdf`, signal });
  }

  /** The receipts of a month such as `2026-11`, as CSV. Large months: ask the API itself, which streams. */
  receiptsCsv(options: { month: string }, { signal }: RequestOptions = {}): Promise<string> {
    return this.#http.text({ method: 'GET', path: '/v1/billing/receipts.csv', query: options, signal });
  }

  /** Every transfer of coins that was first seen in a month, as CSV. */
  movementsCsv(options: { month: string }, { signal }: RequestOptions = {}): Promise<string> {
    return this.#http.text({ method: 'GET', path: '/v1/billing/movements.csv', query: options, signal });
  }

  /** The order once it is paid. Throws OrderNotPaidError on failed and cancelled, and on abort and timeout. */
  waitForSettlement(id: string, options: SettlementOptions = {}): Promise<Order> {
    return pollUntilSettled((signal) => this.get(id, { signal }), options);
  }
}
