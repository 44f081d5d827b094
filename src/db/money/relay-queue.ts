import type { Database } from '../pool.js';
import { execute, many, one, selectList } from '../query.js';

// A hand-over may take two calls of five seconds each; a worker that died meanwhile holds its rows no longer than this.
const leaseSeconds = 30;

/** An inbox row that this caller alone may hand over, until its lease is over. */
export interface DueFact {
  readonly id: string;
  readonly orderId: string;
  readonly relayedAt: string | null;
  readonly attempts: number; // this claim included
}

export const dueFactColumns = selectList<DueFact>({
  id: 'e.id',
  orderId: 'e.order_id',
  relayedAt: 'e.relayed_at',
  attempts: 'e.relay_attempts',
});

/**
 * Claims rows that are due: those that were tried least, so that a fresh one is never behind what is stuck, and of these the
 * oldest. Claiming moves the instant of the next look, which is the lease.
 */
export function claimDueFacts(db: Database, limit: number): Promise<DueFact[]> {
  return many<DueFact>(
    db,
    `with due as (
       select id from provider_events where next_relay_at <= now() and order_id is not null
       order by relay_attempts, received_at limit $1 for update skip locked
     )
     update provider_events e set relay_attempts = e.relay_attempts + 1,
       next_relay_at = now() + interval '${leaseSeconds} seconds'
     from due where e.id = due.id returning ${dueFactColumns}`,
    [limit],
  );
}

export async function countDueFacts(db: Database): Promise<number> {
  const row = await one<{ due: number }>(
    db,
    'select count(*)::integer as due from provider_events where next_relay_at <= now() and order_id is not null',
  );
  return row.due;
}

/** Rows that wait and are never due: stored by a release that knew of no such instant. Now they are. */
export function makeForgottenDue(db: Database): Promise<number> {
  return execute(
    db,
    `update provider_events set next_relay_at = now()
     where handled_at is null and quarantined_at is null and next_relay_at is null and order_id is not null
       and received_at < now() - interval '1 minute'`,
  );
}

/** That a row's workflow has it, since when, and when after that to look whether it still does. */
export interface HandedOver {
  readonly id: string;
  readonly agoMs: number;
  readonly lookAgainMs: number;
}

/**
 * The first time, a row's looks are counted anew. One that is locked is left out: its workflow is dealing with it, which
 * says more.
 */
export function markRelayed(db: Database, handed: readonly HandedOver[]): Promise<number> {
  return execute(
    db,
    `with held as (
       select e.id, h.ago, h.look from unnest($1::uuid[], $2::float8[], $3::float8[]) as h (id, ago, look)
       join provider_events e on e.id = h.id
       where e.handled_at is null and e.quarantined_at is null for update of e skip locked
     )
     update provider_events e
     set relay_attempts = case when e.relayed_at is null then 1 else e.relay_attempts end, relay_error = null,
       relayed_at = now() - held.ago * interval '1 ms', next_relay_at = now() + (held.look - held.ago) * interval '1 ms'
     from held where e.id = held.id`,
    [handed.map(({ id }) => id), handed.map(({ agoMs }) => agoMs), handed.map(({ lookAgainMs }) => lookAgainMs)],
  );
}

export function postponeRelay(
  db: Database,
  id: string,
  { waitMs, error }: { waitMs: number; error: string | null },
): Promise<number> {
  return execute(
    db,
    `update provider_events set relay_error = $3, next_relay_at = now() + make_interval(secs => $2 / 1000.0)
     where id = $1 and handled_at is null and quarantined_at is null`,
    [id, waitMs, error],
  );
}

/** Sets a row aside until a person releases it; answers whether this call did. */
export async function quarantineFact(db: Database, id: string, error: string | null): Promise<boolean> {
  const set = await execute(
    db,
    `update provider_events set quarantined_at = now(), next_relay_at = null, relay_error = coalesce($2, relay_error)
     where id = $1 and handled_at is null and quarantined_at is null`,
    [id, error],
  );
  return set === 1;
}
