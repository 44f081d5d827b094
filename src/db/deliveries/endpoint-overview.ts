import type { Mode } from '../../domain/ids.js';
import type { EventType } from '../../domain/outgoing-event.js';
import { countDeliveries } from './delivery-log.js';
import type { Database } from '../pool.js';
import { many, one, selectList } from '../query.js';

/** How the deliveries of an endpoint stand that have not ended. */
export interface OpenDeliveries {
  readonly all: number;
  readonly overdue: number; // due for over a minute, so they wait for their turn or for the resume
  readonly onTheWire: number;
  readonly leftLying: number; // nobody works on them: until they are claimed again, or the next reconcile
}

/** A merchant's endpoint as operators see it: its health, none of its secrets. */
export interface EndpointHealth {
  readonly id: string;
  readonly accountId: string;
  readonly mode: Mode;
  readonly url: string;
  readonly events: readonly EventType[];
  readonly active: boolean;
  readonly consecutiveFailures: number;
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  readonly disabledReason: string | null;
  readonly deliveryCounts: { readonly delivered: number; readonly failed: number; readonly dlq: number };
  readonly open: OpenDeliveries;
}

type EndpointRow = Omit<EndpointHealth, 'deliveryCounts' | 'open'>;

export const endpointHealthColumns = selectList<EndpointRow>({
  id: 'id',
  accountId: 'account_id',
  mode: 'mode',
  url: 'url',
  events: 'events',
  active: 'active',
  consecutiveFailures: 'consecutive_failures',
  lastSuccessAt: 'last_success_at',
  lastFailureAt: 'last_failure_at',
  disabledReason: 'disabled_reason',
});

const none = { delivered: 0, failed: 0, dlq: 0 };
const noneOpen: OpenDeliveries = { all: 0, overdue: 0, onTheWire: 0, leftLying: 0 };

const isLeftLying = `(w.disabled_at is not null and d.status = 'pending'
  or d.status = 'in_flight' and coalesce(d.claimed_until, '-infinity') < now())`;

function openDeliveries(
  db: Database,
  endpointIds: readonly string[],
): Promise<(OpenDeliveries & { endpointId: string })[]> {
  return many(
    db,
    `select w.id as "endpointId", count(*) as "all",
       count(*) filter (where d.status = 'pending' and d.next_attempt_at < now() - interval '1 minute') as overdue,
       count(*) filter (where d.status = 'in_flight' and d.claimed_until >= now()) as "onTheWire",
       count(*) filter (where ${isLeftLying}) as "leftLying"
     from webhook_endpoints w join deliveries d on d.endpoint_id = w.id
     where w.id = any ($1) and d.status in ('pending', 'in_flight') group by w.id`,
    [endpointIds],
  );
}

/** Deliveries that nobody works on, those of deleted endpoints too. */
export async function countLeftLying(db: Database): Promise<number> {
  const row = await one<{ count: number }>(
    db,
    `select count(*) as count from deliveries d join webhook_endpoints w on w.id = d.endpoint_id
     where d.status in ('pending', 'in_flight') and ${isLeftLying}`,
  );
  return row.count;
}

/** Endpoints of every account, those in trouble first; deleted ones are left out. */
export async function endpointHealth(db: Database, limit: number): Promise<EndpointHealth[]> {
  const rows = await many<EndpointRow>(
    db,
    `select ${endpointHealthColumns} from webhook_endpoints
     where disabled_reason is distinct from 'deleted'
     order by (disabled_at is not null) desc, consecutive_failures desc, created_at desc, id limit $1`,
    [limit],
  );
  const ids = rows.map(({ id }) => id);
  const [counts, open] = await Promise.all([countDeliveries(db, ids), openDeliveries(db, ids)]);
  const countsOf = new Map(counts.map(({ endpointId, ...each }) => [endpointId, each]));
  const openOf = new Map(open.map(({ endpointId, ...each }) => [endpointId, each]));
  return rows.map((row) => ({
    ...row,
    deliveryCounts: countsOf.get(row.id) ?? none,
    open: openOf.get(row.id) ?? noneOpen,
  }));
}
