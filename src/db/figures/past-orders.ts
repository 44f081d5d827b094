import type { Mode } from '../../domain/ids.js';
import type { PastOrder } from '../../domain/cases/policy-rehearsal.js';
import type { Database } from '../pool.js';
import { many, one } from '../query.js';

export interface PastWindow {
  readonly accountId: string;
  readonly mode: Mode;
  readonly since: string;
}

/** How many orders the account made in the window, with or without money. */
export async function countPastOrders(db: Database, { accountId, mode, since }: PastWindow): Promise<number> {
  const row = await one<{ count: number }>(
    db,
    'select count(*) as count from orders where account_id = $1 and mode = $2 and created_at >= $3',
    [accountId, mode, since],
  );
  return row.count;
}

/** One page of the window's orders that coins came for, in the order of their ids, as a rehearsal needs them. */
export function pastOrders(
  db: Database,
  { accountId, mode, since }: PastWindow,
  { after, limit }: { after: string | null; limit: number },
): Promise<PastOrder[]> {
  return many<PastOrder>(
    db,
    `select o.id as "orderId", o.price_cents as "priceCents", o.price_currency as "priceCurrency", o.status,
       o.expires_at as "expiresAt", o.pay_currency as "payCurrency", o.pay_amount as "payAmount",
       (select min(e.at) from order_events e where e.order_id = o.id and e.status = 'partial') as "partialAt",
       ended.at as "endedAt", ended.cause as "endedBy", o.paid_at as "paidAt", d.deposits
     from orders o
       cross join lateral (
         select json_agg(json_build_object('role', p.role, 'providerStatus', p.provider_status, 'coin', p.coin,
           'arrived', p.arrived::text, 'seenAt', ${isoText('p.first_seen_at')}, 'lateAt', ${isoText('p.late_at')},
           'lateQuote', p.late_quote::text) order by p.first_seen_at, p.payment_id) as deposits
         from payments p where p.order_id = o.id and p.arrived > 0) d
       left join lateral (
         select e.at, case when e.status = 'cancelled' then 'cancelled' when e.source = 'expired' then 'expired'
           else 'ipn' end as cause
         from order_events e where e.order_id = o.id and e.status in ('failed', 'cancelled') order by e.seq limit 1) ended
         on true
     where o.account_id = $1 and o.mode = $2 and o.created_at >= $3 and d.deposits is not null
       and ($4::text is null or o.id > $4)
     order by o.id limit $5`,
    [accountId, mode, since, after, limit],
  );
}

/** An instant inside JSON, written as everywhere else. */
function isoText(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
