import type { AfterAttempt } from '../../domain/delivery.js';
import type { Database } from '../pool.js';
import { execute, many } from '../query.js';

/** Nobody works on `d`, nor will, as long as its endpoint `w` is as it is: `follow` in the domain says the same. */
export const isAbandoned = `(w.disabled_at is not null and d.status = 'pending'
  or (w.disabled_at is not null or not w.active) and d.status = 'in_flight'
    and coalesce(d.claimed_until, '-infinity') < now())`;

export interface AttemptRecord {
  readonly deliveryId: string;
  readonly round: number;
  readonly n: number;
  readonly status: number | null;
  readonly excerpt: string | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly next: AfterAttempt;
}

/** What a batch of attempts says about one endpoint. */
export interface EndpointNews {
  readonly id: string;
  readonly accepted: boolean;
  readonly failed: boolean;
  readonly dead: number; // deliveries that ended dead
  readonly gone: boolean; // it answered 410
}

/** Attempts that were made, and what follows from them. */
export interface Outcomes {
  readonly records: readonly AttemptRecord[];
  readonly news: readonly EndpointNews[];
  readonly begun: readonly string[]; // ids of the events whose first attempts are among them
}

/** How long a lock is waited for, in this transaction; null: as long as usual. */
const patience = (ms: string) =>
  `select set_config('lock_timeout', coalesce(${ms}::int || 'ms', current_setting('lock_timeout')), true)`;

// A success that follows another within a second decides nothing about its endpoint, and changes nothing worth a row version.
const isTold = `n.failed or w.consecutive_failures > 0 or w.last_success_at is null
  or w.last_success_at < now() - interval '1 second'`;

/**
 * Holds the endpoints whose standing decides about attempts, or is changed by them, until the transaction ends: one that is
 * disabled at this moment is disabled before or after, never in between. Of the others nothing is answered.
 */
export function lockEndpoints(
  db: Database,
  attempted: readonly { id: string; failed: boolean }[],
  waitMs: number | null,
): Promise<{ id: string; disabled: boolean }[]> {
  return many(
    db,
    `with patience as materialized (${patience('$2')})
     select w.id, w.disabled_at is not null as disabled
     from patience cross join jsonb_to_recordset($1::jsonb) as n (id uuid, failed boolean)
       join webhook_endpoints w on w.id = n.id
     where ${isTold} order by w.id for no key update of w`,
    [JSON.stringify(attempted), waitMs],
  );
}

/**
 * Writes what came of many attempts in one statement: a row for each, where its delivery stands, what its endpoint is worth,
 * and which events are published by it, since their first attempts are all made, or wait for a paused endpoint. Successes reset
 * an endpoint's row of dead deliveries; `deadLimit` of them in a row disable it, 410 at once. Answers the endpoints that are
 * disabled. Endpoints are taken in one order by everybody.
 */
export async function recordOutcomes(
  db: Database,
  { records, news, begun }: Outcomes,
  { deadLimit, waitMs }: { deadLimit: number; waitMs: number | null },
): Promise<string[]> {
  const rows = await many<{ id: string }>(
    db,
    `with patience as materialized (${patience('$5')}),
     r as (
       select * from jsonb_to_recordset($1::jsonb) as r (id uuid, round int, n int, response_status int, excerpt text,
         error text, duration_ms int, outcome text, after_ms bigint)
     ), attempted as (
       insert into delivery_attempts (delivery_id, round, n, at, response_status, excerpt, error, duration_ms)
       select id, round, n, now(), response_status, excerpt, error, duration_ms from r where outcome <> 'put_off'
       on conflict (delivery_id, round, n) do nothing
     ), stands as (
       update deliveries d set
         status = case r.outcome when 'delivered' then 'delivered' when 'dead' then 'dlq' else 'pending' end,
         next_attempt_at = now() + make_interval(secs => r.after_ms / 1000.0), -- null: there is no next one
         attempts = case when r.outcome = 'put_off' then d.attempts - 1 else d.attempts end,
         run_ended = r.outcome = 'put_off', -- whoever makes the next one sees to it that a run follows
         claimed_until = null, last_response_status = r.response_status, last_response_excerpt = r.excerpt,
         last_error = r.error, delivered_at = case when r.outcome = 'delivered' then now() else d.delivered_at end,
         updated_at = now()
       from r where d.id = r.id and d.round = r.round and d.attempts = r.n
         and (d.status = 'in_flight' or d.status = 'dlq' and r.outcome = 'delivered') -- laid aside, and accepted after all
     ), told as materialized (
       select w.id, n.accepted, n.failed, n.dead, n.gone
       from patience cross join jsonb_to_recordset($2::jsonb) as n (id uuid, accepted boolean, failed boolean, dead int,
           gone boolean) join webhook_endpoints w on w.id = n.id
       where ${isTold} order by w.id for no key update of w
     ), noted as (
       update webhook_endpoints w set
         consecutive_failures = case when n.accepted then 0 else w.consecutive_failures end + n.dead,
         last_success_at = case when n.accepted then now() else w.last_success_at end,
         last_failure_at = case when n.failed then now() else w.last_failure_at end,
         disabled_at = case when w.disabled_at is null and (n.gone or n.dead > 0 and
           case when n.accepted then 0 else w.consecutive_failures end + n.dead >= $3) then now() else w.disabled_at end,
         disabled_reason = case when w.disabled_at is not null then w.disabled_reason when n.gone then 'gone'
           when n.dead > 0 and case when n.accepted then 0 else w.consecutive_failures end + n.dead >= $3 then 'failures' end
       from told n where w.id = n.id
       returning w.id, w.disabled_at is not null as disabled
     ), published as (${markingPublished('$4')})
     select id from noted where disabled`,
    [JSON.stringify(records.map(asRow)), JSON.stringify(news), deadLimit, begun, waitMs],
  );
  return rows.map(({ id }) => id);
}

function asRow(record: AttemptRecord): object {
  return {
    id: record.deliveryId,
    round: record.round,
    n: record.n,
    response_status: record.status,
    excerpt: record.excerpt,
    error: record.error,
    duration_ms: record.durationMs,
    outcome: record.next.kind,
    after_ms: 'afterMs' in record.next ? record.next.afterMs : null,
  };
}

/** Waiting deliveries of an endpoint become due. Answers how many. */
export function makeWaitingDue(db: Database, endpointId: string): Promise<number> {
  return execute(
    db,
    `update deliveries set next_attempt_at = now(), updated_at = now() where endpoint_id = $1 and status = 'pending'`,
    [endpointId],
  );
}

/** Waiting deliveries that nobody gave a time become due, unless their endpoint is paused by now. */
export function makeUntimedDue(db: Database, endpointId: string): Promise<number> {
  return execute(
    db,
    `update deliveries d set next_attempt_at = now(), updated_at = now() from webhook_endpoints w
     where w.id = $1 and d.endpoint_id = w.id and d.status = 'pending' and d.next_attempt_at is null
       and w.active and w.disabled_at is null`,
    [endpointId],
  );
}

/**
 * What nobody will make an attempt of, since its endpoint is out of service. Disabled: it is dead; a replay of the window
 * finds it after the endpoint is back. Paused: it waits for the resume. That is what waits, and what was on the wire of a
 * worker that never answered for it. What is on the wire of a living one ends by its record, which sees the same endpoint.
 */
export function layAside(db: Database, endpointId: string): Promise<number> {
  return execute(
    db,
    `update deliveries d set status = case when w.disabled_at is null then 'pending' else 'dlq' end,
       next_attempt_at = case when w.disabled_at is null then d.next_attempt_at end,
       last_error = case when w.disabled_at is null then d.last_error else 'endpoint disabled' end,
       claimed_until = null, updated_at = now()
     from webhook_endpoints w
     where w.id = $1 and d.endpoint_id = w.id and ${isAbandoned}`,
    [endpointId],
  );
}

/** Marks events whose first attempts are all made, or wait for a paused endpoint. */
export function markPublishedWhereAttempted(db: Database, eventIds: readonly string[]): Promise<number> {
  return execute(db, markingPublished('$1'), [eventIds]);
}

function markingPublished(eventIds: string): string {
  return `update outgoing_events e set published_at = now() where e.id = any (${eventIds}) and e.published_at is null
    and not exists (select 1 from deliveries d join webhook_endpoints w on w.id = d.endpoint_id
      where d.event_id = e.id and d.attempts = 0 and d.status = 'pending' and w.active and w.disabled_at is null
        and d.next_attempt_at <= now())`;
}
