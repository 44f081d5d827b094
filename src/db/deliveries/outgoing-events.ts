import { createHash, randomUUID } from 'node:crypto';
import type { Mode } from '../../domain/ids.js';
import { caseEventTypes, type CaseEventType } from '../../domain/outgoing-event.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one } from '../query.js';

/** Writes an event once per order and type, and once by its id; answers the id, or null when it was written before. */
export async function insertOutgoingEvent(
  db: Database,
  event: {
    id: string;
    accountId: string;
    mode: Mode;
    orderId: string | null;
    type: string;
    body: string;
    createdAt: string;
  },
): Promise<string | null> {
  const row = await maybeOne<{ id: string }>(
    db,
    `insert into outgoing_events (id, account_id, mode, order_id, type, body, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning id`,
    [event.id, event.accountId, event.mode, event.orderId, event.type, event.body, event.createdAt],
  );
  return row?.id ?? null;
}

/**
 * One delivery per subscribed endpoint. A paused endpoint gets a waiting one; a disabled one a dead one, so that a
 * replay of the window finds it. An event that nobody subscribed to counts as published.
 */
export async function insertDeliveries(db: Database, eventId: string, at: string): Promise<number> {
  const endpoints = await many<{ id: string }>(
    db,
    `select w.id from outgoing_events e join webhook_endpoints w on w.account_id = e.account_id and w.mode = e.mode
     where e.id = $1 and e.type = any (w.events) and w.disabled_reason is distinct from 'deleted'`,
    [eventId],
  );
  if (endpoints.length === 0) return publishNothing(db, eventId, at);
  return execute(
    db,
    `insert into deliveries (id, event_id, endpoint_id, account_id, mode, status, next_attempt_at, last_error,
       created_at, updated_at)
     select d.id, e.id, w.id, e.account_id, e.mode, case when w.disabled_at is null then 'pending' else 'dlq' end,
       case when w.disabled_at is null and w.active then $3::timestamptz end,
       case when w.disabled_at is not null then 'endpoint disabled' end, $3, $3
     from unnest($2::uuid[], $4::uuid[]) as d (id, endpoint_id)
       join webhook_endpoints w on w.id = d.endpoint_id cross join outgoing_events e
     where e.id = $1
     on conflict (event_id, endpoint_id) do nothing`,
    [eventId, endpoints.map(() => randomUUID()), at, endpoints.map((endpoint) => endpoint.id)],
  );
}

/** One delivery of an event to one endpoint, due now. */
export async function insertDelivery(
  db: Database,
  { eventId, endpointId }: { eventId: string; endpointId: string },
): Promise<string> {
  const row = await one<{ id: string }>(
    db,
    `insert into deliveries (id, event_id, endpoint_id, account_id, mode, next_attempt_at, created_at, updated_at)
     select $1, e.id, $3, e.account_id, e.mode, now(), e.created_at, now() from outgoing_events e where e.id = $2
     returning id`,
    [randomUUID(), eventId, endpointId],
  );
  return row.id;
}

async function publishNothing(db: Database, eventId: string, at: string): Promise<number> {
  await markPublished(db, eventId, at);
  return 0;
}

export function markPublished(db: Database, eventId: string, at: string): Promise<number> {
  return execute(db, 'update outgoing_events set published_at = $2 where id = $1 and published_at is null', [
    eventId,
    at,
  ]);
}

/** The id of the event that tells such a step of a case: the same whoever tells it. */
export function caseEventId(caseId: string, type: CaseEventType): string {
  return createHash('sha256')
    .update(`${caseId} ${type}`)
    .digest('hex')
    .slice(0, 32)
    .replace(uuidParts, '$1-$2-$3-$4-$5');
}

const uuidParts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
// The same in SQL, which finds the events of an order's cases without a column for them.
const eventIdOfCase = `left(encode(sha256(convert_to(c.id::text || ' ' || told.type, 'UTF8')), 'hex'), 32)::uuid`;

/** Events of an order and of its cases whose first attempts have not been made. */
export async function unpublishedEventsOf(db: Database, orderId: string): Promise<string[]> {
  const rows = await many<{ id: string }>(
    db,
    `select id from (
       select e.id, e.created_at from outgoing_events e where e.order_id = $1 and e.published_at is null
       union all
       select e.id, e.created_at from support_cases c cross join unnest($2::text[]) as told (type)
         join outgoing_events e on e.id = ${eventIdOfCase} and e.published_at is null
         where c.order_id = $1
     ) untold order by created_at`,
    [orderId, caseEventTypes],
  );
  return rows.map((row) => row.id);
}

/** Events nobody published for a while: a worker died between the commit and the first attempts. */
export function unpublishedEvents(db: Database, olderThanMs: number, limit: number): Promise<{ id: string }[]> {
  return many(
    db,
    `select id from outgoing_events where published_at is null
       and created_at < now() - make_interval(secs => $1 / 1000.0) order by created_at limit $2`,
    [olderThanMs, limit],
  );
}
