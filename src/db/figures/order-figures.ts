import type { Mode } from '../../domain/ids.js';
import type { OrderStatus } from '../../domain/order.js';
import type { Database, Pool } from '../pool.js';
import { execute, inTransaction, many, one } from '../query.js';

/** The orders of one status, product and currency, over all time. */
export interface OrderFigure {
  readonly status: OrderStatus;
  readonly product: string;
  readonly currency: string;
  readonly orders: number;
  readonly priceCents: number;
  readonly paidMs: number; // from creation to paid, summed
}

// Totals and what changed since are read in one statement, so in one snapshot: nothing is missed or counted twice.
export function orderFigures(db: Database, mode: Mode): Promise<OrderFigure[]> {
  return many<OrderFigure>(
    db,
    `select status, product, price_currency as currency, sum(orders)::bigint as orders,
       sum(price_cents)::bigint as "priceCents", sum(paid_ms)::bigint as "paidMs"
     from order_figures_now where mode = $1
     group by status, product, price_currency having sum(orders) <> 0 order by status, product, price_currency`,
    [mode],
  );
}

export interface DailyFigure {
  readonly date: string;
  readonly status: OrderStatus;
  readonly count: number;
}

/** Orders by UTC day of creation and status: today and the days before. */
export function dailyFigures(db: Database, { mode, days }: { mode: Mode; days: number }): Promise<DailyFigure[]> {
  return many<DailyFigure>(
    db,
    `select to_char(day, 'YYYY-MM-DD') as date, status, sum(orders)::bigint as count
     from order_figures_now where mode = $1 and day > (now() at time zone 'UTC')::date - $2::int
     group by day, status having sum(orders) <> 0 order by day, status`,
    [mode, days],
  );
}

export interface PendingAge {
  readonly currency: string;
  readonly under1h: number;
  readonly h1to6h: number;
  readonly h6to24h: number;
  readonly over24h: number;
  readonly priceCents: number;
}

/** Pending orders by currency and age; an order exactly as old as a bound is in the older group. */
export function pendingAges(db: Database, mode: Mode): Promise<PendingAge[]> {
  return many<PendingAge>(
    db,
    `select price_currency as currency, sum(price_cents)::bigint as "priceCents",
       count(*) filter (where created_at > now() - interval '1 hour') as "under1h",
       count(*) filter (where created_at <= now() - interval '1 hour' and created_at > now() - interval '6 hours')
         as "h1to6h",
       count(*) filter (where created_at <= now() - interval '6 hours' and created_at > now() - interval '24 hours')
         as "h6to24h",
       count(*) filter (where created_at <= now() - interval '24 hours') as "over24h"
     from orders where mode = $1 and status = 'pending' group by price_currency order by price_currency`,
    [mode],
  );
}

const foldLock = 4_711_002; // one folder at a time; a second one has nothing to do
const foldBatch = 20_000;

/** Folds changes into the totals, so that reading them stays short. Answers how many it folded. */
export function foldFigures(pool: Pool): Promise<number> {
  return inTransaction(pool, async (db) => {
    const { free } = await one<{ free: boolean }>(db, 'select pg_try_advisory_xact_lock($1) as free', [foldLock]);
    if (!free) return 0;
    return execute(
      db,
      `with folded as (
         delete from order_figure_changes where ctid = any (array(select ctid from order_figure_changes limit $1))
         returning *
       ), sums as (
         select mode, day, status, product, price_currency, sum(orders) as orders, sum(price_cents) as price_cents,
           sum(paid_ms) as paid_ms
         from folded group by mode, day, status, product, price_currency
       ), written as (
         insert into order_figures as f (mode, day, status, product, price_currency, orders, price_cents, paid_ms)
         select mode, day, status, product, price_currency, orders, price_cents, paid_ms from sums
         on conflict (mode, day, status, product, price_currency) do update set orders = f.orders + excluded.orders,
           price_cents = f.price_cents + excluded.price_cents, paid_ms = f.paid_ms + excluded.paid_ms
       )
       select 1 from folded`,
      [foldBatch],
    );
  });
}

export async function foldAllFigures(pool: Pool): Promise<void> {
  while ((await foldFigures(pool)) > 0);
}
