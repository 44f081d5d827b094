import type { Mode } from '../../domain/ids.js';
import type { EventType } from '../../domain/outgoing-event.js';
import { countDeliveries } from './delivery-log.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';

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
}

export const endpointHealthColumns = selectList<Omit<EndpointHealth, 'deliveryCounts'>>({
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

/** Endpoints of every account, those in trouble first; deleted ones are left out. */
export async function endpointHealth(db: Database, limit: number): Promise<EndpointHealth[]> {
  const rows = await many<Omit<EndpointHealth, 'deliveryCounts'>>(
    db,
    `select ${endpointHealthColumns} from webhook_endpoints
     where disabled_reason is distinct from 'deleted'
     order by (disabled_at is not null) desc, consecutive_failures desc, created_at desc, id limit $1`,
    [limit],
  );
  const counts = await countDeliveries(
    db,
    rows.map(({ id }) => id),
  );
  const byId = new Map(counts.map(({ endpointId, ...each }) => [endpointId, each]));
  return rows.map((row) => ({ ...row, deliveryCounts: byId.get(row.id) ?? none }));
}
