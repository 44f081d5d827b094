import { createHash, randomUUID } from 'node:crypto';
import type { Mode } from '../../domain/ids.js';
import { caseEventTypes, type CaseEventType } from '../../domain/outgoing-event.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one } from '../query.js';

export interface NewOutgoingEvent {
  readonly id: string;
  readonly accountId: string;
  readonly mode: Mode;
  readonly orderId: string | null;
  readonly type: string;
  readonly body: string;
  readonly createdAt: string;
}

const insertEvent = `insert into outgoing_events (id, account_id, mode, order_id, type, body, created_at)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`;

const eventValues = (event: NewOutgoingEvent) => [
  event.id,
  event.accountId,
  event.mode,
  event.orderId,
  event.type,
  event.body,
  event.createdAt,
];

/** Writes an event that is for one endpoint, to which `insertDelivery` sends it. */
export function insertOutgoingEvent(db: Database, event: NewOutgoingEvent): Promise<number> {
  return execute(db, insertEvent, eventValues(event));
}

/**
 * Writes an event once per order and type, and once by its id, with one delivery per subscribed endpoint. A paused endpoint gets
 * a waiting one; a disabled one a dead one, so that a replay of the window finds it. An event that nobody subscribed to counts
 * as published. Answers whether one of them wants the order's envelope too, which is not written yet; null when the event was
 * written before.
 */
export async function tellEndpoints(db: Database, event: NewOutgoingEvent): Promise<{ wantsFull: boolean } | null> {
  const row = await maybeOne<{ isForNobody: boolean; wantsFull: boolean }>(
    db,
    `with event as (${insertEvent} returning id, account_id, mode, type, created_at),
     sent as (
       insert into deliveries (id, event_id, endpoint_id, account_id, mode, payload, status, next_attempt_at, last_error,
         created_at, updated_at)
       select gen_random_uuid(), e.id, w.id, e.account_id, e.mode, w.payload,
         case when w.disabled_at is null then 'pending' else 'dlq' end,
         case when w.disabled_at is null and w.active then e.created_at end,
         case when w.disabled_at is not null then 'endpoint disabled' end, e.created_at, e.created_at
       from event e join webhook_endpoints w on w.account_id = e.account_id and w.mode = e.mode
       where e.type = any (w.events) and w.disabled_reason is distinct from 'deleted'
       returning payload
     )
     select not exists (select 1 from sent) as "isForNobody",
       exists (select 1 from sent where payload = 'full') as "wantsFull" from event`,
    eventValues(event),
  );
  if (row?.isForNobody) await markPublished(db, event.id, event.createdAt);
  return row && { wantsFull: row.wantsFull };
}

/** The same event with the order's envelope, for the endpoints that want it; in the transaction that wrote it. */
export function addFullBody(db: Database, eventId: string, body: string): Promise<number> {
  return execute(db, 'update outgoing_events set full_body = $2 where id = $1 and full_body is null', [eventId, body]);
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

/** Events of an order and of its cases whose first attempts have not been made, within another statement. */
export function unpublishedWithin(orderId: string): string {
  const types = caseEventTypes.map((type) => `'${type}'`).join(', ');
  return `array(select id from (
      select e.id, e.created_at from outgoing_events e where e.order_id = ${orderId} and e.published_at is null
      union all
      select e.id, e.created_at from support_cases c cross join unnest(array[${types}]) as told (type)
        join outgoing_events e on e.id = ${eventIdOfCase} and e.published_at is null
        where c.order_id = ${orderId}
    ) untold order by created_at)`;
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
