import { randomUUID } from 'node:crypto';
import type { Pool } from '../../src/db/pool.js';

export interface OrderHistory {
  readonly accountId: string | null;
  readonly mode: 'live' | 'test';
  readonly status: 'paid' | 'pending';
  readonly count: number;
  /** Spread evenly over this span, which ends now; 0: all in one millisecond. */
  readonly spanMs: number;
}

/** Orders with their timelines, written past the API: thousands in a moment. Answers their ids. */
export async function insertManyOrders(
  pool: Pool,
  { accountId, mode, status, count, spanMs }: OrderHistory,
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `with placed as (
       insert into orders (id, account_id, mode, product, price_cents, price_currency, status, provider, requested_coin,
         pay_token, expires_at, paid_at, closed_at, created_at, updated_at)
       select 'ord_' || substr(md5($5 || n), 1, 12), $1, $2, 'team_manual', 4900, 'USD', $3, 'nowpayments', 'usdttrc20',
         $5 || n, at + interval '1 hour', paid_at, paid_at, at, coalesce(paid_at, at)
       from generate_series(1, $4::integer) as n,
         lateral (select now() - make_interval(secs => $6::float8 / 1000 * n / $4) as at) as placed_at,
         lateral (select case when $3 = 'paid' then at + interval '1 minute' end as paid_at) as settled_at
       returning id, created_at, paid_at
     ), started as (
       insert into order_events (order_id, seq, status, source, event, at)
       select id, 1, 'pending', 'create', 'created', created_at from placed
     ), settled as (
       insert into order_events (order_id, seq, status, source, event, at)
       select id, 2, 'paid', 'ipn', 'payment_finished', paid_at from placed where paid_at is not null
     )
     select id from placed`,
    [accountId, mode, status, count, randomUUID(), spanMs],
  );
  return rows.map(({ id }) => id);
}
