import type { Mode } from '../../domain/ids.js';
import type { OrderStatus } from '../../domain/order.js';
import type { Rung } from '../../domain/payments/listed.js';
import { unreadStatus } from '../../domain/payments/payment-view.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one, selectList } from '../query.js';

/** A pair of credentials with orders worth a sweep. */
export interface WatchedLane {
  readonly mode: Mode;
  readonly keyLabel: string;
  readonly orderId: string; // one of them: its account knows the credentials
  readonly createdFrom: string; // of the oldest of them
  readonly lateWatchMs?: number; // how long closed orders are watched, in a deep sweep
}

/** The lanes of orders that are open, or closed unpaid a short while ago, and no older than `lookBackMs`. */
export function watchedLanes(
  db: Database,
  { lookBackMs, closedWithinMs }: { lookBackMs: number; closedWithinMs: number },
): Promise<WatchedLane[]> {
  return many<WatchedLane>(
    db,
    `with watched as (
       select mode, provider_key_label, id, created_at from orders
       where status in ('pending', 'confirming', 'partial') and pay_address is not null
       union all
       select mode, provider_key_label, id, created_at from orders
       where status in ('failed', 'cancelled') and pay_address is not null
         and closed_at > now() - make_interval(secs => $2 / 1000.0))
     select mode, provider_key_label as "keyLabel", min(id) as "orderId", min(created_at)::timestamptz as "createdFrom"
     from watched where provider_key_label is not null and created_at > now() - make_interval(secs => $1 / 1000.0)
     group by mode, provider_key_label order by mode, provider_key_label`,
    [lookBackMs, closedWithinMs],
  );
}

/** A pair of credentials whose list was ever swept, and one of its orders. */
export interface SweptPair extends Pick<WatchedLane, 'mode' | 'keyLabel' | 'orderId'> {
  readonly accountId: string | null; // null: the installation's
}

export function sweptLanes(db: Database): Promise<SweptPair[]> {
  return many<SweptPair>(
    db,
    `select s.mode, s.key_label as "keyLabel", o.id as "orderId", c.account_id as "accountId"
     from provider_sweeps s
     cross join lateral (
       select id from orders where mode = s.mode and provider_key_label = s.key_label limit 1
     ) o
     left join lateral (
       select account_id from provider_credentials where mode = s.mode and key_label = s.key_label limit 1
     ) c on true
     order by s.mode, s.key_label`,
  );
}

/**
 * Whether a sweep of the provider's list sees order `o`, and last did so a moment ago. Three minutes: one sweep may fail, the
 * second that fails gives the order back to single reads. Of a paid order the deep ones count too.
 */
export const isSwept = `exists (select 1 from provider_sweeps s where s.mode = o.mode and s.key_label = o.provider_key_label
  and (s.swept_at > now() - interval '3 minutes' and s.swept_from < o.created_at
    or o.status = 'paid' and s.deep_at > now() - interval '3 hours' and s.deep_from < o.created_at))`;

/** Not one with a deposit that the provider did not show us: it heals by reading. */
export async function isLeftToSweep(db: Database, orderId: string): Promise<boolean> {
  const sql = `select 1 from orders o where o.id = $1 and ${isSwept}
    and not exists (select 1 from payments p where p.order_id = o.id and p.provider_status = '${unreadStatus}')`;
  return (await maybeOne(db, sql, [orderId])) !== null;
}

export interface ListedOrder {
  readonly id: string;
  readonly status: OrderStatus;
  readonly paymentId: string | null;
}

export const listedOrderColumns = selectList<ListedOrder>({
  id: 'o.id',
  status: 'o.status',
  paymentId: 'o.payment_id',
});

/** The orders that a page of the list is about: by payment id, the parent's id, or the order's own. */
export function ordersOnPage(
  db: Database,
  { mode, keyLabel }: Pick<WatchedLane, 'mode' | 'keyLabel'>,
  { paymentIds, orderIds }: { paymentIds: readonly string[]; orderIds: readonly string[] },
): Promise<ListedOrder[]> {
  return many<ListedOrder>(
    db,
    `select ${listedOrderColumns} from orders o
     where o.mode = $1 and o.provider_key_label = $2 and (o.payment_id = any ($3) or o.id = any ($4))`,
    [mode, keyLabel, paymentIds, orderIds],
  );
}

export type RungRow = Rung & { readonly orderId: string };

export const rungColumns = selectList<RungRow>({
  orderId: 'order_id',
  content: 'content',
  times: 'times',
  rungAt: 'rung_at',
});

export function rungOf(db: Database, orderIds: readonly string[]): Promise<RungRow[]> {
  return many<RungRow>(db, `select ${rungColumns} from sweep_rings where order_id = any ($1)`, [orderIds]);
}

export function recordRing(db: Database, { orderId, content, times, rungAt }: RungRow): Promise<number> {
  return execute(
    db,
    `insert into sweep_rings (order_id, content, times, rung_at) values ($1, $2, $3, $4)
     on conflict (order_id) do update set content = excluded.content, times = excluded.times, rung_at = excluded.rung_at`,
    [orderId, content, times, rungAt],
  );
}

export interface FinishedSweep extends Pick<WatchedLane, 'mode' | 'keyLabel'> {
  readonly sweptFrom: string;
  readonly sweptAt: string;
  readonly pages: number;
  readonly listed: number;
  readonly rung: number;
  readonly isDeep: boolean; // it began with the oldest order that may still bring money
}

/**
 * Whether a deep sweep of the lane is due, and if so from which instant on its orders are watched; null: it is not. Asking
 * counts as a try, so that a list that cannot be had in time is not asked for as deeply every minute.
 */
export async function beginDeepSweep(
  db: Database,
  { mode, keyLabel }: Pick<WatchedLane, 'mode' | 'keyLabel'>,
  { everyMs, lateWatchMs }: { everyMs: number; lateWatchMs: number },
): Promise<string | null> {
  const isDue = await execute(
    db,
    `update provider_sweeps set deep_tried_at = now()
     where mode = $1 and key_label = $2
       and coalesce(deep_tried_at < now() - make_interval(secs => $3 / 1000.0), true)`,
    [mode, keyLabel, everyMs],
  );
  if (isDue === 0) return null;
  const { from } = await one<{ from: string }>(
    db,
    `select coalesce(min(created_at), now())::timestamptz as "from" from orders
     where closed_at > now() - make_interval(secs => $3 / 1000.0) and mode = $1 and provider_key_label = $2`,
    [mode, keyLabel, lateWatchMs],
  );
  return from;
}

/** Notes a sweep that came to the end of the list, and forgets rings that no sweep looks at any more. */
export async function recordSweep(db: Database, sweep: FinishedSweep): Promise<void> {
  await execute(
    db,
    `insert into provider_sweeps (mode, key_label, swept_from, swept_at, pages, listed, rung, deep_from, deep_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (mode, key_label) do update set swept_from = excluded.swept_from, swept_at = excluded.swept_at,
       pages = excluded.pages, listed = excluded.listed, rung = excluded.rung,
       deep_from = coalesce(excluded.deep_from, provider_sweeps.deep_from),
       deep_at = coalesce(excluded.deep_at, provider_sweeps.deep_at)`,
    [
      sweep.mode,
      sweep.keyLabel,
      sweep.sweptFrom,
      sweep.sweptAt,
      sweep.pages,
      sweep.listed,
      sweep.rung,
      sweep.isDeep ? sweep.sweptFrom : null,
      sweep.isDeep ? sweep.sweptAt : null,
    ],
  );
  await execute(db, `delete from sweep_rings where rung_at < now() - interval '7 days'`);
}
