import type { DeliveryStatus } from '../domain/delivery.js';
import type { Database } from './pool.js';
import { execute, many, maybeOne } from './query.js';

/** A delivery that the caller may attempt now: nobody else will until `claimed_until`. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly body: string;
  readonly endpointId: string;
  readonly url: string;
  readonly secretSealed: string;
  readonly prevSecretSealed: string | null; // while the rotation's grace lasts
  readonly attempts: number; // this one counted
  readonly round: number;
}

const claimSeconds = 60; // an attempt takes 10 s at most; a dead worker's claim ends then

const claimReturning = `d.id, d.event_id as "eventId", e.type as "eventType", e.body, d.endpoint_id as "endpointId", w.url,
  w.secret_sealed as "secretSealed",
  case when w.rotation_grace_expires_at > now() then w.prev_secret_sealed end as "prevSecretSealed", d.attempts, d.round`;

/** Claims first attempts that are due, of these events or of any; endpoints that are paused or disabled are left out. */
export function claimFirstAttempts(
  db: Database,
  { eventIds, limit }: { eventIds: readonly string[] | null; limit: number },
): Promise<ClaimedDelivery[]> {
  return many<ClaimedDelivery>(
    db,
    `update deliveries d set status = 'in_flight', attempts = d.attempts + 1, updated_at = now(),
       claimed_until = now() + make_interval(secs => $3)
     from outgoing_events e, webhook_endpoints w
     where e.id = d.event_id and w.id = d.endpoint_id and d.id in (
       select c.id from deliveries c join webhook_endpoints cw on cw.id = c.endpoint_id
       where c.status in ('pending', 'in_flight') and c.next_attempt_at <= now()
         and (c.attempts = 0 or c.attempts = 1 and c.status = 'in_flight')
         and (c.claimed_until is null or c.claimed_until < now()) and cw.active and cw.disabled_at is null
         and ($1::uuid[] is null or c.event_id = any ($1))
       order by c.next_attempt_at limit $2 for update of c skip locked)
     returning ${claimReturning}`,
    [eventIds, limit, claimSeconds],
  );
}

/** Claims one delivery for its next attempt, if it is due, unclaimed, and its endpoint takes deliveries. */
export function claimDelivery(db: Database, id: string): Promise<ClaimedDelivery | null> {
  return maybeOne<ClaimedDelivery>(
    db,
    `update deliveries d set status = 'in_flight', attempts = d.attempts + 1, updated_at = now(),
       claimed_until = now() + make_interval(secs => $2)
     from outgoing_events e, webhook_endpoints w
     where d.id = $1 and e.id = d.event_id and w.id = d.endpoint_id and d.status in ('pending', 'in_flight')
       and d.next_attempt_at <= now() and (d.claimed_until is null or d.claimed_until < now())
       and w.active and w.disabled_at is null
     returning ${claimReturning}`,
    [id, claimSeconds],
  );
}

/** Why a delivery could not be claimed, for whoever waits on it. */
export interface DeliveryStanding {
  readonly status: DeliveryStatus;
  readonly endpointId: string;
  readonly active: boolean;
  readonly disabled: boolean;
  readonly waitMs: number; // until its next attempt is due, or another's claim ends
}

export function deliveryStanding(db: Database, id: string): Promise<DeliveryStanding | null> {
  return maybeOne<DeliveryStanding>(
    db,
    `select d.status, d.endpoint_id as "endpointId", w.active, w.disabled_at is not null as disabled,
       greatest(0, ceil(extract(epoch from greatest(d.next_attempt_at, d.claimed_until) - now()) * 1000))::int as "waitMs"
     from deliveries d join webhook_endpoints w on w.id = d.endpoint_id where d.id = $1`,
    [id],
  );
}

export interface AttemptRecord {
  readonly deliveryId: string;
  readonly round: number;
  readonly n: number;
  readonly status: number | null;
  readonly excerpt: string | null;
  readonly error: string | null;
  readonly durationMs: number;
  /** What becomes of the delivery: accepted, tried again after so long, or dead. */
  readonly next: { kind: 'delivered' } | { kind: 'retry'; afterMs: number } | { kind: 'dead' };
}

/** Writes the outcomes of many attempts in one statement each for attempts and deliveries. */
export async function recordAttempts(db: Database, records: readonly AttemptRecord[]): Promise<void> {
  if (records.length === 0) return;
  const rows = JSON.stringify(
    records.map((record) => ({
      id: record.deliveryId,
      round: record.round,
      n: record.n,
      response_status: record.status,
      excerpt: record.excerpt,
      error: record.error,
      duration_ms: record.durationMs,
      outcome: record.next.kind,
      after_ms: record.next.kind === 'retry' ? record.next.afterMs : null,
    })),
  );
  await execute(
    db,
    `with r as (
       select * from jsonb_to_recordset($1::jsonb) as r (id uuid, round int, n int, response_status int, excerpt text,
         error text, duration_ms int, outcome text, after_ms bigint)
     ), attempted as (
       insert into delivery_attempts (delivery_id, round, n, at, response_status, excerpt, error, duration_ms)
       select id, round, n, now(), response_status, excerpt, error, duration_ms from r
       on conflict (delivery_id, round, n) do nothing
     )
     update deliveries d set
       status = case r.outcome when 'delivered' then 'delivered' when 'dead' then 'dlq' else 'pending' end,
       next_attempt_at = case when r.outcome = 'retry' then now() + make_interval(secs => r.after_ms / 1000.0) end,
       claimed_until = null, last_response_status = r.response_status, last_response_excerpt = r.excerpt,
       last_error = r.error, delivered_at = case when r.outcome = 'delivered' then now() else d.delivered_at end,
       updated_at = now()
     from r where d.id = r.id and d.round = r.round and d.attempts = r.n and d.status = 'in_flight'`,
    [rows],
  );
}

/** An attempt that was not made after all: the endpoint already has all it may have on the wire. */
export function unclaim(db: Database, ids: readonly string[], afterMs: number): Promise<number> {
  return execute(
    db,
    `update deliveries set status = 'pending', attempts = attempts - 1, claimed_until = null,
       next_attempt_at = now() + make_interval(secs => $2 / 1000.0), updated_at = now()
     where id = any ($1) and status = 'in_flight'`,
    [ids, afterMs],
  );
}

/** Successes reset an endpoint's row of dead deliveries. */
export function noteSuccesses(db: Database, endpointIds: readonly string[]): Promise<number> {
  return execute(
    db,
    'update webhook_endpoints set consecutive_failures = 0, last_success_at = now() where id = any ($1)',
    [endpointIds],
  );
}

export function noteFailures(db: Database, endpointIds: readonly string[]): Promise<number> {
  return execute(db, 'update webhook_endpoints set last_failure_at = now() where id = any ($1)', [endpointIds]);
}

/** A delivery ended dead: after `limit` in a row, or at once when it is gone for good, the endpoint is disabled. */
export function noteDead(
  db: Database,
  endpointId: string,
  { gone, limit }: { gone: boolean; limit: number },
): Promise<number> {
  return execute(
    db,
    `update webhook_endpoints set consecutive_failures = consecutive_failures + 1, last_failure_at = now(),
       disabled_at = case when disabled_at is null and ($2 or consecutive_failures + 1 >= $3) then now()
                     else disabled_at end,
       disabled_reason = case when disabled_reason is null and $2 then 'gone'
                              when disabled_reason is null and consecutive_failures + 1 >= $3 then 'failures'
                              else disabled_reason end
     where id = $1`,
    [endpointId, gone, limit],
  );
}

/** What waits for a disabled endpoint is dead; a replay of the window finds it after the endpoint is back. */
export function buryWaiting(db: Database, endpointId: string): Promise<number> {
  return execute(
    db,
    `update deliveries set status = 'dlq', next_attempt_at = null, claimed_until = null, last_error = 'endpoint disabled',
       updated_at = now()
     where endpoint_id = $1 and status = 'pending'
       and exists (select 1 from webhook_endpoints w where w.id = $1 and w.disabled_at is not null)`,
    [endpointId],
  );
}

/** Marks events whose first attempts are all made, or wait for a paused endpoint. */
export function markPublishedWhereAttempted(db: Database, eventIds: readonly string[]): Promise<number> {
  return execute(
    db,
    `update outgoing_events e set published_at = now() where e.id = any ($1) and e.published_at is null
       and not exists (select 1 from deliveries d join webhook_endpoints w on w.id = d.endpoint_id
         where d.event_id = e.id and d.attempts = 0 and d.status = 'pending' and w.active and w.disabled_at is null
           and d.next_attempt_at <= now())`,
    [eventIds],
  );
}
