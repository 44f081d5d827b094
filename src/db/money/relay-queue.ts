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

/** The row's workflow has it; when to look whether it still does. The first time, its looks are counted anew. */
export function markRelayed(db: Database, id: string, lookAgainMs: number): Promise<number> {
  return execute(
    db,
    `update provider_events set relay_attempts = case when relayed_at is null then 1 else relay_attempts end,
       relayed_at = now(), relay_error = null, next_relay_at = now() + make_interval(secs => $2 / 1000.0)
     where id = $1 and handled_at is null and quarantined_at is null`,
    [id, lookAgainMs],
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
