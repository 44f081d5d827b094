import type { Mode } from '../../domain/ids.js';
import type { Database } from '../pool.js';
import { execute, one } from '../query.js';

export interface OrderLimits {
  readonly maxUnpaid24h: number;
  readonly maxMints24h: number;
  readonly maxPending: number;
}

/** How many more orders an account may place, and what stands in the way when it is none. */
export interface Room {
  readonly free: number;
  readonly reached: { readonly field: 'created_at' | 'payment_id' | 'status'; readonly limit: number } | null;
}

/** Whose orders are counted. An order is minted within its pay window, so that bounds how old a minted one may be. */
export interface RoomOwner {
  readonly accountId: string;
  readonly mode: Mode;
  readonly payWindowMs: number;
}

/**
 * Counts no further than the limits: a busy account does not make its own checkouts slow. Of the mints it counts those of
 * which a payment may exist. What the provider refused or never got made none: an hour of outage, in which each order
 * tries again and again, would use up a day's mints. Mints are looked up by their unpaid orders, of which the limits allow
 * few: the day's mints of everybody, and all the orders that an account ever had, are many more.
 */
export async function orderRoom(db: Database, owner: RoomOwner, limits: OrderLimits): Promise<Room> {
  const counts = await one<{ unpaid: number; mints: number; pending: number }>(
    db,
    `select
       (select count(*) from (select 1 from orders where account_id = $1 and mode = $2
          and status in ('pending', 'cancelled', 'failed') and created_at > now() - interval '24 hours'
          limit $3) u) as unpaid,
       (select count(*) from (select 1 from orders o cross join lateral (
            select 1 from mint_intents m where m.order_id = o.id
              and m.outcome in ('bound', 'open', 'unseen', 'absent', 'unusable')
              and m.started_at > now() - interval '24 hours' offset 0) m
          where o.account_id = $1 and o.mode = $2 and o.status in ('pending', 'cancelled', 'failed')
            and o.created_at > now() - interval '25 hours' - make_interval(secs => $6 / 1000.0) limit $4) m) as mints,
       (select count(*) from (select 1 from orders where account_id = $1 and mode = $2 and status = 'pending'
          limit $5) p) as pending`,
    [owner.accountId, owner.mode, limits.maxUnpaid24h, limits.maxMints24h, limits.maxPending, owner.payWindowMs],
  );
  const rooms = [
    { field: 'created_at', limit: limits.maxUnpaid24h, free: limits.maxUnpaid24h - counts.unpaid },
    { field: 'payment_id', limit: limits.maxMints24h, free: limits.maxMints24h - counts.mints },
    { field: 'status', limit: limits.maxPending, free: limits.maxPending - counts.pending },
  ] as const;
  const reached = rooms.find((room) => room.free <= 0);
  return {
    free: Math.max(0, Math.min(...rooms.map((room) => room.free))),
    reached: reached ? { field: reached.field, limit: reached.limit } : null,
  };
}

/** Until the transaction ends, the account's other checkouts that are near a limit wait. */
export function lockRoom(db: Database, owner: RoomOwner): Promise<number> {
  return execute(db, `select pg_advisory_xact_lock(hashtextextended('order room ' || $1::text || $2::text, 0))`, [
    owner.accountId,
    owner.mode,
  ]);
}
