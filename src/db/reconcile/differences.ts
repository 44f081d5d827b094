import { unreadStatus } from '../../domain/payments/payment-view.js';
import { isAbandoned } from '../deliveries/deliveries.js';
import { orderColumns, type OrderRow } from '../orders/orders.js';
import type { Database } from '../pool.js';
import { many, one } from '../query.js';
import { isSwept } from './sweeps.js';

/** A page of order rows in id order; `after` is the last id of the page before. */
interface Page {
  readonly after: string | null;
  readonly limit: number;
}

/** Orders whose workflow never ran: the API died between the insert and the start. */
export function unstartedOrders(db: Database, { after, limit }: Page): Promise<OrderRow[]> {
  return many<OrderRow>(
    db,
    `select ${orderColumns} from orders o
     where o.status in ('pending', 'confirming', 'partial') and o.opened_at is null
       and o.created_at < now() - interval '30 seconds' and ($1::text is null or o.id > $1)
     order by o.id limit $2`,
    [after, limit],
  );
}

/** Open orders that were opened so long ago that Temporal should list their runs. Ids alone, since nearly all of them are well. */
export async function openedOrders(db: Database, { after, limit }: Page): Promise<string[]> {
  const rows = await many<{ id: string }>(
    db,
    `select o.id from orders o
     where o.status in ('pending', 'confirming', 'partial') and o.opened_at < now() - interval '1 minute'
       and ($1::text is null or o.id > $1)
     order by o.id limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

/** Open orders that should have moved by themselves: past their deadline, so their run is gone or stuck. */
export function overdueOrders(db: Database, { after, limit }: Page): Promise<OrderRow[]> {
  return many<OrderRow>(
    db,
    `select ${orderColumns} from orders o
     where ($1::text is null or o.id > $1) and o.opened_at is not null
       and (o.status = 'pending' and o.expires_at < now() - interval '1 minute'
         or o.status = 'partial' and o.partial_until < now() - interval '1 minute')
     order by o.id limit $2`,
    [after, limit],
  );
}

/**
 * Open orders with a payment that nobody has read for a while; their own poll reads at most half an hour apart. Those that the
 * sweep sees are read a few times a day all the same: its list is the provider's word, and may be wrong for ever. One with a
 * deposit that the provider did not show us is read sooner, ever more rarely: once it shows it, the order heals by itself.
 */
export function openOrdersToRead(db: Database, { after, limit }: Page): Promise<OrderRow[]> {
  return many<OrderRow>(
    db,
    `select ${orderColumns} from orders o
     where o.status in ('pending', 'confirming', 'partial') and o.pay_address is not null
       and (o.created_at < now() - interval '2 minutes' and coalesce(o.provider_checked_at, o.created_at)
             < now() - case when ${isSwept} then interval '6 hours' else interval '35 minutes' end
         or exists (select 1 from payments p
           where p.order_id = o.id and p.provider_status = '${unreadStatus}'
             and coalesce(o.provider_checked_at, o.created_at)
               < now() - greatest(interval '15 seconds', least(interval '35 minutes', (now() - p.first_seen_at) / 6))))
       and ($1::text is null or o.id > $1)
     order by o.id limit $2`,
    [after, limit],
  );
}

/** A walk over closed orders, newest first; `after` is where the page before stopped. */
interface ClosedPage {
  readonly orders: readonly OrderRow[];
  readonly next: string | null;
}

// Most closed orders are not due. A page looks at so many, due or not, that it ends in time however many there are.
const mostWalked = 2_000;

/**
 * Closed orders whose payment may still bring money, or be sent back; read ever more rarely as they age, the paid ones a
 * handful of times in all. Those that a sweep of the provider's list sees are left to it. The newest come first: if a run
 * has no time for all, it is the oldest that wait.
 */
export async function closedOrdersToRead(
  db: Database,
  { after, limit }: Page,
  lateWatchMs: number,
): Promise<ClosedPage> {
  const [afterAt = null, afterId = null] = after?.split(' ') ?? [];
  const walk = await one<{ end: string | null; walked: number }>(
    db,
    `select min(closed_at)::timestamptz as "end", count(*) as walked from (
       select o.closed_at from orders o where ${isWatched('$3')} and ($1::timestamptz is null or (o.closed_at, o.id) < ($1, $2))
       order by o.closed_at desc, o.id desc limit ${mostWalked}) w`,
    [afterAt, afterId, lateWatchMs],
  );
  if (walk.end === null) return { orders: [], next: null };
  const orders = await many<OrderRow>(
    db,
    `select ${orderColumns} from orders o
     where ${isWatched('$3')} and ($1::timestamptz is null or (o.closed_at, o.id) < ($1, $2))
       and o.closed_at between $4 and coalesce($1::timestamptz, 'infinity') -- the planner reads no range out of the line above
       and greatest(o.provider_checked_at, o.closed_at) < now() - ${pauseOfClosed} and not ${isSwept}
     order by o.closed_at desc, o.id desc limit $5`,
    [afterAt, afterId, lateWatchMs, walk.end, limit],
  );
  const last = orders.length < limit ? undefined : orders.at(-1);
  if (last) return { orders, next: `${last.closedAt} ${last.id}` };
  return { orders, next: walk.walked < mostWalked ? null : `${walk.end} ` };
}

// An order that was never bound takes the payment id of its late money.
function isWatched(lateWatchMs: string): string {
  return `o.closed_at is not null and o.closed_at > now() - make_interval(secs => ${lateWatchMs} / 1000.0)
    and o.payment_id is not null`;
}

const pauseOfClosed = `case when o.status = 'paid' then greatest(interval '2 hours', (now() - o.closed_at) / 2)
  else greatest(interval '4 minutes', least(interval '6 hours', (now() - o.closed_at) / 6)) end`;

/**
 * Endpoints whose deliveries wait for what will not come: an event was written while its endpoint was disabled, deleted
 * or resumed, so that neither saw the other; or a worker died with an attempt, and its endpoint was taken out of service
 * before the claim was over.
 */
export function endpointsOutOfStep(db: Database): Promise<{ id: string; inService: boolean }[]> {
  return many(
    db,
    `select w.id, w.active and w.disabled_at is null as "inService" from webhook_endpoints w
     where exists (select 1 from deliveries d
       where d.endpoint_id = w.id and d.status in ('pending', 'in_flight') and (${isAbandoned}
         or w.active and w.disabled_at is null and d.status = 'pending' and d.next_attempt_at is null))
     order by w.id`,
  );
}

/** Cases nobody answered within their deadline; each is escalated once. */
export function overdueCases(db: Database, { after, limit }: Page): Promise<{ id: string; orderId: string | null }[]> {
  return many(
    db,
    `select id, order_id as "orderId" from support_cases
     where resolved_at is null and escalated_at is null and deadline_at < now() and ($1::uuid is null or id > $1)
     order by id limit $2`,
    [after, limit],
  );
}
