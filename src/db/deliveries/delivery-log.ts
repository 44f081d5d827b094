import type { Mode } from '../../domain/ids.js';
import type { DeliveryStatus } from '../../domain/delivery.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { many, maybeOne, one, selectList } from '../query.js';
import type { EndpointOwner } from './webhook-endpoints.js';

export interface DeliveryRow {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly endpointId: string;
  readonly accountId: string;
  readonly mode: Mode;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly lastResponseStatus: number | null;
  readonly lastResponseExcerpt: string | null;
  readonly lastError: string | null;
  readonly deliveredAt: string | null;
  readonly discardedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const deliveryColumns = selectList<DeliveryRow>({
  id: 'd.id',
  eventId: 'd.event_id',
  eventType: 'e.type',
  endpointId: 'd.endpoint_id',
  accountId: 'd.account_id',
  mode: 'd.mode',
  status: 'd.status',
  attempts: 'd.attempts',
  nextAttemptAt: 'd.next_attempt_at',
  lastResponseStatus: 'd.last_response_status',
  lastResponseExcerpt: 'd.last_response_excerpt',
  lastError: 'd.last_error',
  deliveredAt: 'd.delivered_at',
  discardedAt: 'd.discarded_at',
  createdAt: 'd.created_at',
  updatedAt: 'd.updated_at',
});
const tables = 'deliveries d join outgoing_events e on e.id = d.event_id';

interface Wanted {
  readonly after: Position | null;
  readonly limit: number;
}

/** An endpoint's deliveries, newest first. */
export async function listDeliveries(
  db: Database,
  endpointId: string,
  { status, after, limit }: Wanted & { status: DeliveryStatus | null },
): Promise<Page<DeliveryRow>> {
  const rows = await many<DeliveryRow>(
    db,
    `select ${deliveryColumns} from ${tables}
     where d.endpoint_id = $1 and ($2::text is null or d.status = $2)
       and ($3::timestamptz is null or d.created_at <= $3 and (d.created_at < $3 or d.id > $4::uuid))
     order by d.created_at desc, d.id limit $5`,
    [endpointId, status, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => row.createdAt);
}

/** Dead letters of every account, the latest to die first. Discarded ones are out of sight. */
export async function listDeadLetters(
  db: Database,
  { endpointId, mode = null, after, limit }: Wanted & { endpointId: string | null; mode?: Mode | null },
): Promise<Page<DeliveryRow>> {
  const rows = await many<DeliveryRow>(
    db,
    `select ${deliveryColumns} from ${tables}
     where d.status = 'dlq' and d.discarded_at is null and ($1::uuid is null or d.endpoint_id = $1)
       and ($5::text is null or d.mode = $5)
       and ($2::timestamptz is null or d.updated_at <= $2 and (d.updated_at < $2 or d.id > $3::uuid))
     order by d.updated_at desc, d.id limit $4`,
    [endpointId, after?.at ?? null, after?.id ?? null, limit + 1, mode],
  );
  return pageOf(rows, limit, (row) => row.updatedAt);
}

export async function countDeadLetters(db: Database): Promise<number> {
  const row = await one<{ count: number }>(
    db,
    `select count(*) as count from deliveries where status = 'dlq' and discarded_at is null`,
  );
  return row.count;
}

/** One delivery: of this owner, or of anybody when there is none. */
export function findDelivery(db: Database, id: string, owner: EndpointOwner | null): Promise<DeliveryRow | null> {
  return maybeOne<DeliveryRow>(
    db,
    `select ${deliveryColumns} from ${tables}
     where d.id = $1 and ($2::uuid is null or d.account_id = $2) and ($3::text is null or d.mode = $3)`,
    [id, owner?.accountId ?? null, owner?.mode ?? null],
  );
}

export interface DeliveryCounts {
  readonly endpointId: string;
  readonly delivered: number;
  readonly failed: number;
  readonly dlq: number;
}

export function countDeliveries(db: Database, endpointIds: readonly string[]): Promise<DeliveryCounts[]> {
  return many<DeliveryCounts>(
    db,
    `select endpoint_id as "endpointId", count(*) filter (where status = 'delivered') as delivered,
       count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'dlq') as dlq
     from deliveries where endpoint_id = any ($1) and status in ('delivered', 'failed', 'dlq') group by endpoint_id`,
    [endpointIds],
  );
}

/** Test pings to an endpoint in the last minute, and how long until the oldest of them is a minute old. */
export function recentPings(db: Database, endpointId: string): Promise<{ count: number; freeInMs: number }> {
  return one(
    db,
    `select count(*) as count,
       coalesce(ceil(extract(epoch from min(d.created_at) + interval '1 minute' - now()) * 1000), 0)::int as "freeInMs"
     from ${tables}
     where d.endpoint_id = $1 and d.created_at > now() - interval '1 minute' and e.type = 'test.ping'`,
    [endpointId],
  );
}

/** Deliveries in the middle of their retries, or just laid aside: each may have a run that waits. */
export function deliveriesInRetry(db: Database, endpointId: string, limit: number): Promise<{ id: string }[]> {
  return many(
    db,
    `select d.id from deliveries d where d.endpoint_id = $1 and d.attempts > 0 and not d.run_ended
       and (d.status = 'pending' or d.status = 'dlq' and d.updated_at > now() - interval '1 minute')
     order by d.created_at limit $2`,
    [endpointId, limit],
  );
}
