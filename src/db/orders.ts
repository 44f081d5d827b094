import { priceText } from '../domain/currency.js';
import type { AccountId, Mode, OrderId, PaymentId } from '../domain/ids.js';
import type { CoinAmount } from '../domain/money.js';
import type { OrderStatus } from '../domain/order.js';
import type { Clocks } from '../domain/timing.js';
import type { Database } from './pool.js';
import { execute, many, maybeOne, one } from './query.js';

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
  o.confirming_since as "confirmingSince", o.partial_until as "partialUntil", o.paid_at as "paidAt",
  o.closed_at as "closedAt", o.failed_reason as "failedReason", o.created_at as "createdAt",
  o.updated_at as "updatedAt"`;

export function findOrder(db: Database, id: string): Promise<OrderRow | null> {
  return maybeOne<OrderRow>(db, `select ${orderColumns} from orders o where o.id = $1`, [id]);
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

/** Notes that the order's workflow has run for it. */
export function markOpened(db: Database, id: string, at: string): Promise<number> {
  return execute(db, 'update orders set opened_at = $2 where id = $1 and opened_at is null', [id, at]);
}

export interface Binding {
  readonly paymentId: string;
  readonly payCurrency: string;
  readonly payAmountText: string;
  readonly payAddress: string;
  readonly payExtraId: string | null;
  readonly network: string | null;
  readonly addressSha256: string;
  readonly keyLabel: string;
}

/** Binds the payment once, to a pending order that has none; answers whether this call did it. */
export async function bindPayment(db: Database, id: string, binding: Binding, at: string): Promise<boolean> {
  const bound = await execute(
    db,
    `update orders set payment_id = $2, pay_currency = $3, pay_amount = $4::numeric, pay_amount_text = $4,
       pay_address = $5, pay_extra_id = $6, network = $7, address_sha256 = $8, provider_key_label = $9, updated_at = $10
     where id = $1 and status = 'pending' and payment_id is null`,
    [
      id,
      binding.paymentId,
      binding.payCurrency,
      binding.payAmountText,
      binding.payAddress,
      binding.payExtraId,
      binding.network,
      binding.addressSha256,
      binding.keyLabel,
      at,
    ],
  );
  return bound === 1;
}

/** The provider refused for good, or there is none: the order goes on without an address until it expires. */
export function makeStub(db: Database, id: string, at: string): Promise<number> {
  return execute(
    db,
    `update orders set provider = 'stub', updated_at = $2
     where id = $1 and provider = 'nowpayments' and payment_id is null`,
    [id, at],
  );
}

export interface StatusMove {
  readonly id: string;
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly at: string;
  readonly partialUntil: string | null;
  readonly failedReason: 'expired' | 'ipn' | null;
}

/** Moves the status if it is still `from`; answers whether it was. */
export async function moveStatus(db: Database, move: StatusMove): Promise<boolean> {
  const moved = await execute(
    db,
    `update orders set status = $3::text, version = version + 1, updated_at = $4::timestamptz,
       confirming_since = case when $3::text = 'confirming' then $4::timestamptz else confirming_since end,
       partial_until = case when $3::text = 'partial' then $5::timestamptz else partial_until end,
       paid_at = case when $3::text = 'paid' then $4::timestamptz end,
       closed_at = case when $3::text in ('paid', 'failed', 'cancelled') then $4::timestamptz end,
       failed_reason = case when $3::text = 'failed' then $6::text else failed_reason end
     where id = $1 and status = $2`,
    [move.id, move.from, move.to, move.at, move.partialUntil, move.failedReason],
  );
  return moved === 1;
}

/** A visible change that is no move: a late deposit raises the version, a new fact only the time. */
export function touchOrder(
  db: Database,
  id: string,
  { at, visible }: { at: string; visible: boolean },
): Promise<number> {
  return execute(db, 'update orders set updated_at = $2, version = version + $3 where id = $1', [
    id,
    at,
    visible ? 1 : 0,
  ]);
}

/** Fills a payment id that was never bound, from late money (contract.md 4.2, L). */
export function fillPaymentId(db: Database, id: string, paymentId: string): Promise<number> {
  return execute(db, 'update orders set payment_id = $2 where id = $1 and payment_id is null', [id, paymentId]);
}

export function setCustomerNote(db: Database, id: string, note: string | null, at: string): Promise<OrderRow> {
  return one<OrderRow>(
    db,
    `update orders o set customer_note = $2, updated_at = $3, version = version + 1 where o.id = $1
     returning ${orderColumns}`,
    [id, note, at],
  );
}

export function setInternalNote(db: Database, id: string, note: string | null): Promise<OrderRow> {
  return one<OrderRow>(db, `update orders o set internal_note = $2 where o.id = $1 returning ${orderColumns}`, [
    id,
    note,
  ]);
}

export function markProviderChecked(db: Database, id: string, at: string): Promise<number> {
  return execute(db, 'update orders set provider_checked_at = $2 where id = $1', [id, at]);
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

/** One line for the operator's list: `team_manual · 49.00 USD · USDTTRC20`. Nothing personal in it. */
export function orderSummary(order: OrderRow): string {
  const price = priceText({ cents: order.priceCents, currency: order.priceCurrency });
  return `${order.product} · ${price} ${order.priceCurrency} · ${order.requestedCoin.toUpperCase()}`;
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
