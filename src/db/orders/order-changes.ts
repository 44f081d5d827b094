import type { FailedReason, OrderStatus } from '../../domain/order.js';
import type { Stub } from '../../domain/stub.js';
import { orderColumns, type OrderRow } from './orders.js';
import type { Database } from '../pool.js';
import { execute, one } from '../query.js';

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
  readonly payWindowMs: number; // begins with the binding
}

/** Binds the payment once, to a pending order that has none, and begins its pay window; answers whether this call did it. */
export async function bindPayment(db: Database, id: string, binding: Binding, at: string): Promise<boolean> {
  const bound = await execute(
    db,
    `update orders set payment_id = $2, pay_currency = $3, pay_amount = $4::numeric, pay_amount_text = $4,
       pay_address = $5, pay_extra_id = $6, network = $7, address_sha256 = $8, provider_key_label = $9, provider = 'nowpayments', stub_reason = null, stub_minimum = null,
       stub_minimum_currency = null, updated_at = $10::timestamptz,
       expires_at = $10::timestamptz + make_interval(secs => $11 / 1000.0)
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
      binding.payWindowMs,
    ],
  );
  return bound === 1;
}

/** The provider refused for good, or there is none: the order goes on without an address until it expires. */
export function makeStub(db: Database, id: string, { reason, minimum }: Stub, at: string): Promise<number> {
  return execute(
    db,
    `update orders set provider = 'stub', stub_reason = $3, stub_minimum = $4, stub_minimum_currency = $5, updated_at = $2
     where id = $1 and provider = 'nowpayments' and payment_id is null`,
    [id, at, reason, minimum?.amount ?? null, minimum?.currency ?? null],
  );
}

export interface StatusMove {
  readonly id: string;
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly at: string;
  readonly partialUntil: string | null;
  readonly failedReason: FailedReason | null;
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

export function setTopUpFloor(db: Database, id: string, floor: string): Promise<number> {
  return execute(db, 'update orders set top_up_floor = $2 where id = $1', [id, floor]);
}

/** The partial window runs on, since more is on its way. */
export function extendPartialWindow(db: Database, id: string, until: string): Promise<number> {
  return execute(db, `update orders set partial_until = $2 where id = $1 and status = 'partial'`, [id, until]);
}

/** Fills a payment id that was never bound, from late money (docs/contract.md, "Late money"). */
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
