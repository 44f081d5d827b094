import type { Mode } from '../../domain/ids.js';
import { isWorthRinging } from '../../domain/facts/doorbell.js';
import { orderColumns, type OrderRow } from '../orders/orders.js';
import { paymentsOf } from './payments.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one, selectList } from '../query.js';

export interface NewProviderEvent {
  readonly id: string;
  readonly fingerprint: string;
  readonly accountId: string | null; // whose secret signed it; null: the installation's
  readonly modes: readonly Mode[]; // the modes that secret reaches
  readonly kind: 'payment' | 'other' | 'malformed';
  readonly form: 'A' | 'B' | 'C';
  readonly paymentId: string | null;
  readonly parentPaymentId: string | null;
  readonly orderId: string | null;
  readonly paymentStatus: string | null;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly raw: Buffer;
  readonly headers: Record<string, string>;
}

export interface StoredProviderEvent {
  readonly id: string;
  readonly isNew: boolean;
  readonly relayed: boolean;
  readonly order: OrderRow | null;
}

/**
 * Puts an authentic IPN into the inbox, handled already if it cannot change anything; a known fingerprint stores nothing.
 * The order is found by payment id, then parent id, then order id, among those the signing secret reaches.
 */
export async function storeProviderEvent(db: Database, event: NewProviderEvent): Promise<StoredProviderEvent> {
  const order = await orderOfIpn(db, event);
  const outcome = await outcomeAtOnce(db, event, order);
  const inserted = await execute(
    db,
    `insert into provider_events (id, fingerprint, account_id, kind, form, payment_id, parent_payment_id, order_id,
       payment_status, actually_paid, pay_currency, raw, headers, relayed_at, handled_at, outcome, next_relay_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
       case when $14 then null else now() end, case when $14 then null else now() end, $15,
       case when $14 then now() + interval '2 seconds' end) -- until then it is the receiver's to hand over
     on conflict (fingerprint) do nothing`,
    [
      event.id,
      event.fingerprint,
      event.accountId,
      event.kind,
      event.form,
      event.paymentId,
      event.parentPaymentId,
      order?.id ?? null,
      event.paymentStatus,
      event.actuallyPaid,
      event.payCurrency,
      event.raw,
      event.headers,
      outcome === null,
      outcome,
    ],
  );
  const row = await one<{ id: string; relayed: boolean }>(
    db,
    'select id, relayed_at is not null as relayed from provider_events where fingerprint = $1',
    [event.fingerprint],
  );
  return { id: row.id, isNew: inserted === 1, relayed: row.relayed, order };
}

/** Why nobody has to hear of it; null: the order's workflow must. */
async function outcomeAtOnce(db: Database, event: NewProviderEvent, order: OrderRow | null): Promise<string | null> {
  if (!order) return `no order: ${event.kind}`;
  const known = (await paymentsOf(db, [order.id])).find((payment) => payment.paymentId === event.paymentId);
  const notice = { ...event, status: event.paymentStatus };
  return isWorthRinging(order, notice, known) ? null : `nothing new: ${event.paymentStatus}`;
}

async function orderOfIpn(db: Database, event: NewProviderEvent): Promise<OrderRow | null> {
  if (event.kind !== 'payment') return null;
  const candidates = await many<OrderRow>(
    db,
    `select ${orderColumns} from orders o
     where o.mode = any ($1) and (o.payment_id in ($3, $4) or o.id = $5)
       and (o.account_id = $2::uuid or $2::uuid is null and not exists (
         select 1 from provider_credentials c where c.account_id = o.account_id and c.mode = o.mode
           and (c.key_label = o.provider_key_label or o.provider_key_label is null and c.retired_at is null)))
     order by o.payment_id is not distinct from $3 desc, o.payment_id is not distinct from $4 desc limit 1`,
    [event.modes, event.accountId, event.paymentId, event.parentPaymentId, event.orderId],
  );
  return candidates[0] ?? null;
}

export interface ProviderEventRow {
  readonly id: string;
  readonly form: 'A' | 'B' | 'C';
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly parentPaymentId: string | null;
  readonly paymentStatus: string | null;
  readonly raw: Buffer;
  readonly receivedAt: string;
  readonly relayedAt: string | null;
  readonly handledAt: string | null;
}

export const providerEventColumns = selectList<ProviderEventRow>({
  id: 'id',
  form: 'form',
  orderId: 'order_id',
  paymentId: 'payment_id',
  parentPaymentId: 'parent_payment_id',
  paymentStatus: 'payment_status',
  raw: 'raw',
  receivedAt: 'received_at',
  relayedAt: 'relayed_at',
  handledAt: 'handled_at',
});

export function findProviderEvent(db: Database, id: string): Promise<ProviderEventRow | null> {
  return maybeOne<ProviderEventRow>(db, `select ${providerEventColumns} from provider_events where id = $1`, [id]);
}

/** These rows of the inbox, in the order they came. */
export function findProviderEvents(db: Database, ids: readonly string[]): Promise<ProviderEventRow[]> {
  return many<ProviderEventRow>(
    db,
    `select ${providerEventColumns} from provider_events where id = any ($1) order by received_at, id`,
    [ids],
  );
}

/** Whether an IPN of the order waits to be dealt with. */
export async function hasUnhandledEvent(db: Database, orderId: string): Promise<boolean> {
  const found = await maybeOne(
    db,
    `select id from provider_events
     where order_id = $1 and handled_at is null and quarantined_at is null limit 1`,
    [orderId],
  );
  return found !== null;
}

export function markHandled(db: Database, ids: readonly string[], outcome: string): Promise<number> {
  return execute(
    db,
    `update provider_events set handled_at = now(), outcome = $2, relayed_at = coalesce(relayed_at, now()),
       next_relay_at = null, quarantined_at = null
     where id = any ($1) and handled_at is null`,
    [ids, outcome],
  );
}
