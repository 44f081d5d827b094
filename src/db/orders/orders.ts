import { priceText } from '../../domain/currency.js';
import type { AccountId, Mode, OrderId, PaymentId } from '../../domain/ids.js';
import type { CoinAmount } from '../../domain/money.js';
import type { OrderStatus } from '../../domain/order.js';
import type { Clocks } from '../../domain/timing.js';
import type { Database } from '../pool.js';
import { many, maybeOne, one } from '../query.js';

export interface OrderRow {
  readonly id: OrderId;
  readonly accountId: AccountId;
  readonly mode: Mode;
  readonly product: string;
  readonly priceCents: number;
  readonly priceCurrency: string;
  readonly status: OrderStatus;
  readonly provider: 'nowpayments' | 'stub';
  readonly requestedCoin: string;
  readonly paymentId: PaymentId | null;
  readonly payCurrency: string | null;
  readonly payAmount: CoinAmount | null;
  readonly payAmountText: string | null;
  readonly payAddress: string | null;
  readonly payExtraId: string | null;
  readonly network: string | null;
  readonly addressSha256: string | null;
  readonly providerKeyLabel: string | null;
  readonly openedAt: string | null;
  readonly customerNote: string | null;
  readonly internalNote: string | null;
  readonly customerReference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly successUrl: string | null;
  readonly payToken: string;
  readonly version: number;
  readonly expiresAt: string;
  readonly confirmingSince: string | null;
  readonly partialUntil: string | null;
  readonly topUpFloor: CoinAmount | null; // what the provider takes at least; null: not known
  readonly paidAt: string | null;
  readonly closedAt: string | null;
  readonly failedReason: 'expired' | 'ipn' | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The columns of an OrderRow, for every statement that answers one. */
export const orderColumns = `
  o.id, o.account_id as "accountId", o.mode, o.product, o.price_cents as "priceCents",
  o.price_currency as "priceCurrency", o.status, o.provider, o.requested_coin as "requestedCoin",
  o.payment_id as "paymentId", o.pay_currency as "payCurrency", o.pay_amount as "payAmount",
  o.pay_amount_text as "payAmountText", o.pay_address as "payAddress", o.pay_extra_id as "payExtraId", o.network,
  o.address_sha256 as "addressSha256", o.provider_key_label as "providerKeyLabel", o.opened_at as "openedAt",
  o.customer_note as "customerNote", o.internal_note as "internalNote", o.customer_reference as "customerReference",
  o.metadata, o.success_url as "successUrl", o.pay_token as "payToken", o.version, o.expires_at as "expiresAt",
  o.confirming_since as "confirmingSince", o.partial_until as "partialUntil", o.top_up_floor as "topUpFloor",
  o.paid_at as "paidAt", o.closed_at as "closedAt", o.failed_reason as "failedReason", o.created_at as "createdAt",
  o.updated_at as "updatedAt"`;

export function findOrder(db: Database, id: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(db, `select ${orderColumns} from orders o where o.id = $1`, [id]);
}

export function findOrders(db: Database, ids: readonly string[]): Promise<OrderRow[]> {
  return many<OrderRow>(db, `select ${orderColumns} from orders o where o.id = any ($1)`, [ids]);
}

/** An order as its owner may see it: another account's or mode's is not there. */
export function findOwnOrder(
  db: Database,
  owner: { accountId: string; mode: Mode },
  id: string,
): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(
    db,
    `select ${orderColumns} from orders o where o.id = $1 and o.account_id = $2 and o.mode = $3`,
    [id, owner.accountId, owner.mode],
  );
}

export function findOrderByToken(db: Database, token: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(db, `select ${orderColumns} from orders o where o.pay_token = $1`, [token]);
}

export function findOrderByPayment(db: Database, mode: Mode, paymentId: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(db, `select ${orderColumns} from orders o where o.mode = $1 and o.payment_id = $2`, [
    mode,
    paymentId,
  ]);
}

/** Locks the row until the transaction ends: whoever settles an order does it alone. */
export function lockOrder(db: Database, id: string): Promise<OrderRow> {
  return one<OrderRow>(db, `select ${orderColumns} from orders o where o.id = $1 for update`, [id]);
}

/** The oldest pending orders created before `before`: what an operator's sweep hands expiry facts to. */
export function pendingCreatedBefore(db: Database, before: string, limit: number): Promise<OrderRow[]> {
  return many<OrderRow>(
    db,
    `select ${orderColumns} from orders o where o.status = 'pending' and o.created_at <= $1
     order by o.created_at, o.id limit $2`,
    [before, limit],
  );
}

/** One line for the operator's list: `team_manual · 49.00 USD · USDT-TRC20`. Nothing personal in it. */
export function orderSummary(order: OrderRow): string {
  const price = priceText({ cents: order.priceCents, currency: order.priceCurrency });
  const coin = order.requestedCoin.toUpperCase().replace(/^(USD[TC])(?=.)/, '$1-'); // the network after the token
  return `${order.product} · ${price} ${order.priceCurrency} · ${coin}`;
}

/** What the order's workflow is started with, the same from whoever starts it. */
export function orderStart<Queues>(order: OrderRow, wiring: { clocks: Clocks; queues: Queues }) {
  return {
    orderId: order.id as string,
    accountId: order.accountId as string,
    summary: orderSummary(order),
    payCurrency: order.requestedCoin,
    expiresAt: order.expiresAt,
    clocks: wiring.clocks,
    queues: wiring.queues,
  };
}
