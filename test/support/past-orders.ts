import type { Pool } from '../../src/db/pool.js';
import type { Mode } from '../../src/domain/ids.js';
import type { OrderStatus } from '../../src/domain/order.js';

export interface PastOrders {
  readonly accountId: string;
  readonly count: number;
  readonly mode?: Mode;
  readonly status?: OrderStatus;
  readonly product?: string;
  readonly priceCents?: number;
  readonly currency?: string;
  readonly customerNote?: string | null;
  readonly customerReference?: string | null;
  readonly age?: string; // how long ago they were created, all at once
  readonly paidAfter?: string;
}

const mostAtOnce = 1_000; // a busy machine needs longer than one statement may take for many more

/** Rows of orders as the past left them, without their stories. Answers their ids. */
export async function insertOrders(pool: Pool, wanted: PastOrders): Promise<string[]> {
  const ids: string[] = [];
  const { rows } = await pool.query<{ now: string }>('select now()::timestamptz(3) as now');
  const now = rows[0]!.now; // one instant for all of them
  while (ids.length < wanted.count) {
    const count = Math.min(mostAtOnce, wanted.count - ids.length);
    ids.push(...(await insertSome(pool, { ...wanted, count }, now)));
  }
  return ids;
}

async function insertSome(pool: Pool, wanted: PastOrders, now: string): Promise<string[]> {
  const { accountId, count, mode = 'live', status = 'pending', product = 'team_manual', priceCents = 4900 } = wanted;
  const {
    currency = 'USD',
    customerNote = null,
    customerReference = null,
    age = '0',
    paidAfter = '5 minutes',
  } = wanted;
  const { rows } = await pool.query<{ id: string }>(
    `insert into orders (id, account_id, mode, product, price_cents, price_currency, status, provider, requested_coin,
       customer_note, customer_reference, pay_token, expires_at, partial_until, paid_at, closed_at, failed_reason,
       created_at, updated_at)
     select 'ord_' || substr(md5(random()::text || n), 1, 12), $1, $2, $3, $4, $5, $6, 'stub', 'usdttrc20', $7, $8,
       md5(random()::text || n), at + interval '1 hour', case when $6 = 'partial' then at + interval '7 days' end,
       case when $6 = 'paid' then at + $11::interval end,
       case when $6 in ('paid', 'failed', 'cancelled') then at + $11::interval end,
       case when $6 = 'failed' then 'expired' end, at, at
     from generate_series(1, $9::int) n, lateral (select ($12::timestamptz - $10::interval)::timestamptz(3) as at) born
     returning id`,
    [
      accountId,
      mode,
      product,
      priceCents,
      currency,
      status,
      customerNote,
      customerReference,
      count,
      age,
      paidAfter,
      now,
    ],
  );
  return rows.map(({ id }) => id);
}
