import type { Mode } from '../../domain/ids.js';
import type { CaseKind } from '../../domain/cases/support-case.js';
import type { OrderStatus } from '../../domain/order.js';
import type { Database } from '../pool.js';
import { many, one } from '../query.js';

/** The orders of one status and currency, over all time, and what they cost together. */
export interface OrdersByEnd {
  readonly mode: Mode;
  readonly status: OrderStatus;
  readonly currency: string;
  readonly orders: number;
  readonly priceCents: number;
}

export function ordersByEnd(db: Database): Promise<OrdersByEnd[]> {
  return many<OrdersByEnd>(
    db,
    `select mode, status, price_currency as currency, sum(orders)::bigint as orders,
       sum(price_cents)::bigint as "priceCents"
     from order_figures_now group by mode, status, price_currency order by mode, status, price_currency`,
  );
}

/** The cases of one kind and coin that nobody has decided. */
export interface CasesWaiting {
  readonly mode: Mode;
  readonly kind: CaseKind;
  readonly coin: string; // empty: about no coins
  readonly cases: number;
  readonly oldestSeconds: number;
  readonly coins: number; // a figure for a curve, not for a book: the cases have the exact text
}

export function casesWaiting(db: Database): Promise<CasesWaiting[]> {
  return many<CasesWaiting>(
    db,
    `select mode, kind, coalesce(pay_currency, '') as coin, count(*) as cases,
       extract(epoch from now() - min(opened_at))::float8 as "oldestSeconds",
       coalesce(sum(actually_paid::numeric) filter (where actually_paid ~ '^[0-9]{1,30}([.][0-9]{1,30})?$'), 0)::float8
         as coins
     from support_cases where resolved_at is null group by mode, kind, coalesce(pay_currency, '') order by 1, 2, 3`,
  );
}

/** What the last whole run of reconcile handed over, and what it could not, by kind of difference. */
export interface LastRepairs {
  readonly repaired: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
}

export async function lastRepairs(db: Database): Promise<LastRepairs> {
  const [last] = await many<LastRepairs>(
    db,
    `select repaired, failed from reconcile_runs
     where finished_at is not null and not dry_run order by started_at desc limit 1`,
  );
  return last ?? { repaired: {}, failed: {} };
}

/** From the moment an IPN was stored until its order had dealt with it. */
export interface IpnLag {
  readonly median: number;
  readonly nineteenOfTwenty: number;
  readonly longest: number;
}

const latestIpns = 1_000; // enough to see a lag, and little to read
const latelyReceived = '15 minutes';

export function ipnLag(db: Database): Promise<IpnLag> {
  return one<IpnLag>(
    db,
    `select coalesce(percentile_cont(0.5) within group (order by lag), 0)::float8 as median,
       coalesce(percentile_cont(0.95) within group (order by lag), 0)::float8 as "nineteenOfTwenty",
       coalesce(max(lag), 0)::float8 as longest
     from (select extract(epoch from coalesce(handled_at, now()) - received_at) as lag from provider_events
       where received_at > now() - $1::interval and quarantined_at is null
       order by received_at desc limit $2) latest`,
    [latelyReceived, latestIpns],
  );
}
