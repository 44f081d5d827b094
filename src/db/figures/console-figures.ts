import type { Mode } from '../../domain/ids.js';
import type { Database } from '../pool.js';
import { many } from '../query.js';

/** How many of the latest paid orders took so long at most; the last bucket has no limit. */
export interface WaitBucket {
  readonly underMs: number | null;
  readonly count: number;
}

/** Sorts the latest paid orders by how long they took. `bounds` ascend; orders beyond `sample` are not looked at. */
export async function timeToPaid(
  db: Database,
  mode: Mode,
  { bounds, sample }: { bounds: readonly number[]; sample: number },
): Promise<WaitBucket[]> {
  const rows = await many<{ bucket: number; count: number }>(
    db,
    `select width_bucket(extract(epoch from paid_at - created_at) * 1000, $2::numeric[]) as bucket, count(*) as count
     from (select paid_at, created_at from orders where mode = $1 and status = 'paid'
           order by created_at desc, id limit $3) latest
     group by 1`,
    [mode, bounds, sample],
  );
  const counts = new Map(rows.map(({ bucket, count }) => [bucket, count]));
  return [...bounds, null].map((underMs, bucket) => ({ underMs, count: counts.get(bucket) ?? 0 }));
}

export interface DeliveryDay {
  readonly date: string;
  readonly delivered: number;
  readonly dead: number;
}

/** Deliveries that ended, by the UTC day of their creation: today and the days before, also those without any. */
export function deliveryDays(db: Database, mode: Mode, days: number): Promise<DeliveryDay[]> {
  return many<DeliveryDay>(
    db,
    `with day as (
       select generate_series(date_trunc('day', now()) - make_interval(days => $2 - 1), now(), interval '1 day') as at)
     select to_char(day.at, 'YYYY-MM-DD') as date, coalesce(sum(ended.count) filter (where status = 'delivered'), 0)::int
       as delivered, coalesce(sum(ended.count) filter (where status = 'dlq'), 0)::int as dead
     from day left join (
       select date_trunc('day', created_at) as at, status, count(*) as count from deliveries
       where mode = $1 and status in ('delivered', 'dlq')
         and created_at >= date_trunc('day', now()) - make_interval(days => $2 - 1)
       group by 1, 2) ended on ended.at = day.at
     group by day.at order by day.at`,
    [mode, days],
  );
}
