import type { PaymentRole } from '../../domain/payments/deposits.js';
import type { Mode, PaymentId } from '../../domain/ids.js';
import type { CoinAmount } from '../../domain/money.js';
import type { Database } from '../pool.js';
import { execute, isoText, many, maybeOne, selectList } from '../query.js';

export interface PaymentRow {
  readonly mode: Mode;
  readonly paymentId: PaymentId;
  readonly orderId: string | null;
  readonly role: PaymentRole;
  readonly parentPaymentId: PaymentId | null;
  readonly keyLabel: string | null;
  readonly providerStatus: string;
  readonly coin: string | null;
  readonly arrived: CoinAmount;
  readonly applied: CoinAmount;
  readonly excess: CoinAmount;
  readonly unapplied: CoinAmount;
  readonly lateAt: string | null;
  readonly lateQuote: CoinAmount | null; // what the price cost in this coin then; null: not asked, or no answer
  readonly transactionHash: string | null;
  readonly firstSeenAt: string;
  readonly updatedAt: string;
}

export const paymentColumns = selectList<PaymentRow>({
  mode: 'mode',
  paymentId: 'payment_id',
  orderId: 'order_id',
  role: 'role',
  parentPaymentId: 'parent_payment_id',
  keyLabel: 'key_label',
  providerStatus: 'provider_status',
  coin: 'coin',
  arrived: 'arrived::text',
  applied: 'applied::text',
  excess: 'excess::text',
  unapplied: 'unapplied::text',
  lateAt: isoText('late_at'),
  lateQuote: 'late_quote::text',
  transactionHash: 'transaction_hash',
  firstSeenAt: isoText('first_seen_at'),
  updatedAt: isoText('updated_at'),
});

/** Every payment of these orders, oldest first. */
export function paymentsOf(db: Database, orderIds: readonly string[]): Promise<PaymentRow[]> {
  return many<PaymentRow>(
    db,
    `select ${paymentColumns} from payments where order_id = any ($1) order by order_id, first_seen_at, payment_id`,
    [orderIds],
  );
}

export function findPayment(db: Database, mode: Mode, paymentId: string): Promise<PaymentRow | null> {
  return maybeOne<PaymentRow>(db, `select ${paymentColumns} from payments where mode = $1 and payment_id = $2`, [
    mode,
    paymentId,
  ]);
}

export interface PaymentRecord {
  readonly mode: Mode;
  readonly paymentId: string;
  readonly orderId: string | null;
  readonly role: PaymentRole;
  readonly parentPaymentId: string | null;
  readonly keyLabel: string | null;
  readonly providerStatus: string;
  readonly coin: string | null;
  readonly arrived: string;
  readonly applied: string;
  readonly excess: string;
  readonly unapplied: string;
  readonly lateAt: string | null;
  readonly lateQuote?: string | null;
  readonly transactionHash?: string | null;
  readonly at: string;
}

// The role and the first late moment are kept once given.
export const orUpdatePayment = `on conflict (mode, payment_id) do update set
  order_id = coalesce(p.order_id, excluded.order_id),
  role = case when p.role = 'orphan' then excluded.role else p.role end,
  parent_payment_id = coalesce(p.parent_payment_id, excluded.parent_payment_id),
  key_label = coalesce(p.key_label, excluded.key_label),
  provider_status = excluded.provider_status, coin = coalesce(excluded.coin, p.coin),
  arrived = excluded.arrived, applied = excluded.applied, excess = excluded.excess, unapplied = excluded.unapplied,
  late_at = coalesce(p.late_at, excluded.late_at), late_quote = coalesce(excluded.late_quote, p.late_quote),
  transaction_hash = coalesce(excluded.transaction_hash, p.transaction_hash),
  updated_at = excluded.updated_at`;

/** Writes what is now known of payments, and answers all payments of the order as they then are, oldest first. */
export function recordPayments(
  db: Database,
  orderId: string,
  payments: readonly PaymentRecord[],
): Promise<PaymentRow[]> {
  const known = new Map(payments.map((payment) => [payment.paymentId, payment])); // the last word on each
  const rows = [...known.values()].map((payment) => ({
    mode: payment.mode,
    payment_id: payment.paymentId,
    order_id: payment.orderId,
    role: payment.role,
    parent_payment_id: payment.parentPaymentId,
    key_label: payment.keyLabel,
    provider_status: payment.providerStatus,
    coin: payment.coin,
    arrived: payment.arrived,
    applied: payment.applied,
    excess: payment.excess,
    unapplied: payment.unapplied,
    late_at: payment.lateAt,
    late_quote: payment.lateQuote ?? null,
    transaction_hash: payment.transactionHash ?? null,
    at: payment.at,
  }));
  return many<PaymentRow>(
    db,
    `with recorded as (
       insert into payments as p (mode, payment_id, order_id, role, parent_payment_id, key_label, provider_status, coin,
         arrived, applied, excess, unapplied, late_at, late_quote, transaction_hash, first_seen_at, updated_at)
       select mode, payment_id, order_id, role, parent_payment_id, key_label, provider_status, coin,
         arrived, applied, excess, unapplied, late_at, late_quote, transaction_hash, at, at
       from jsonb_to_recordset($2::jsonb) as r (mode text, payment_id text, order_id text, role text,
         parent_payment_id text, key_label text, provider_status text, coin text, arrived numeric, applied numeric,
         excess numeric, unapplied numeric, late_at timestamptz, late_quote numeric, transaction_hash text, at timestamptz)
       order by mode, payment_id
       ${orUpdatePayment} returning ${paymentColumns}
     )
     select * from recorded where "orderId" = $1
     union all
     select ${paymentColumns} from payments p where order_id = $1
       and not exists (select 1 from recorded r where r.mode = p.mode and r."paymentId" = p.payment_id)
     order by "firstSeenAt", "paymentId"`,
    [orderId, JSON.stringify(rows)],
  );
}

/** Support would not take what is on its way: it pays nothing. Answers the payments that it is about. */
export function unapplyAll(db: Database, orderId: string, at: string): Promise<PaymentRow[]> {
  return many<PaymentRow>(
    db,
    `update payments set unapplied = arrived, applied = 0, excess = 0, updated_at = $2
     where order_id = $1 and applied + excess > 0 returning ${paymentColumns}`,
    [orderId, at],
  );
}

/** Those of these payments, by id, that are on record nowhere, and name no order that there is. */
export async function unknownPayments(
  db: Database,
  mode: Mode,
  named: readonly { readonly paymentId: string; readonly orderId: string }[],
): Promise<string[]> {
  const rows = await many<{ paymentId: string }>(
    db,
    `select named.payment_id as "paymentId"
     from unnest($2::text[], $3::text[]) as named (payment_id, order_id)
     where not exists (select 1 from payments p where p.mode = $1 and p.payment_id = named.payment_id)
       and not exists (select 1 from orders o where o.id = named.order_id)`,
    [mode, named.map(({ paymentId }) => paymentId), named.map(({ orderId }) => orderId)],
  );
  return rows.map(({ paymentId }) => paymentId);
}

/** Nothing of one payment pays the order any more. Null: there is no such payment. */
export function unapplyPayment(db: Database, mode: Mode, paymentId: string, at: string): Promise<PaymentRow | null> {
  return maybeOne<PaymentRow>(
    db,
    `update payments set unapplied = arrived, applied = 0, excess = 0, updated_at = $3
     where mode = $1 and payment_id = $2 returning ${paymentColumns}`,
    [mode, paymentId, at],
  );
}

/** Support honoured the order: what was unapplied now pays it. What was sent back cannot. */
export function applyUnapplied(db: Database, orderId: string, at: string): Promise<number> {
  return execute(
    db,
    `update payments set applied = applied + unapplied, unapplied = 0, updated_at = $2
     where order_id = $1 and unapplied > 0 and provider_status <> 'refunded'`,
    [orderId, at],
  );
}
