import type { Mode } from '../../domain/ids.js';
import type { EventType } from '../../domain/outgoing-event.js';
import type { Payload } from '../../domain/told/payload.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, one, selectList } from '../query.js';

export interface EndpointOwner {
  readonly accountId: string;
  readonly mode: Mode;
}

export interface EndpointRow {
  readonly id: string;
  readonly accountId: string;
  readonly url: string;
  readonly events: readonly EventType[];
  readonly payload: Payload;
  readonly description: string | null;
  readonly secretPrefix: string;
  readonly prevSecretPrefix: string | null; // while the grace lasts
  readonly graceExpiresAt: string | null;
  readonly active: boolean;
  readonly consecutiveFailures: number;
  readonly lastSuccessAt: string | null;
  readonly lastFailureAt: string | null;
  readonly disabledAt: string | null;
  readonly disabledReason: 'deleted' | 'gone' | 'failures' | null;
  readonly createdAt: string;
}

/** Active and paused endpoints of an account and mode; disabled ones do not count. */
export const mostEndpoints = 10;

export const endpointColumns = selectList<EndpointRow>({
  id: 'id',
  accountId: 'account_id',
  url: 'url',
  events: 'events',
  payload: 'payload',
  description: 'description',
  secretPrefix: 'secret_prefix',
  prevSecretPrefix: 'case when rotation_grace_expires_at > now() then prev_secret_prefix end',
  graceExpiresAt: 'case when rotation_grace_expires_at > now() then rotation_grace_expires_at end',
  active: 'active',
  consecutiveFailures: 'consecutive_failures',
  lastSuccessAt: 'last_success_at',
  lastFailureAt: 'last_failure_at',
  disabledAt: 'disabled_at',
  disabledReason: 'disabled_reason',
  createdAt: 'created_at',
});

/** Held while endpoints are counted and one is added, so that two calls cannot both take the last place. */
export async function lockEndpointCount(db: Database, { accountId, mode }: EndpointOwner): Promise<number> {
  await one(db, 'select 1 from accounts where id = $1 for no key update', [accountId]);
  const row = await one<{ count: number }>(
    db,
    `select count(*) as count from webhook_endpoints where account_id = $1 and mode = $2 and disabled_at is null`,
    [accountId, mode],
  );
  return row.count;
}

export interface NewEndpoint extends EndpointOwner {
  readonly id: string;
  readonly url: string;
  readonly events: readonly EventType[];
  readonly payload: Payload;
  readonly description: string | null;
  readonly secretSealed: string;
  readonly secretPrefix: string;
}

export function insertEndpoint(db: Database, endpoint: NewEndpoint): Promise<EndpointRow> {
  return one<EndpointRow>(
    db,
    `insert into webhook_endpoints (id, account_id, mode, url, events, description, secret_sealed, secret_prefix, payload,
       created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now(), now()) returning ${endpointColumns}`,
    [
      endpoint.id,
      endpoint.accountId,
      endpoint.mode,
      endpoint.url,
      endpoint.events,
      endpoint.description,
      endpoint.secretSealed,
      endpoint.secretPrefix,
      endpoint.payload,
    ],
  );
}

/** Newest first, without deleted ones. */
export function listEndpoints(db: Database, { accountId, mode }: EndpointOwner): Promise<EndpointRow[]> {
  return many<EndpointRow>(
    db,
    `select ${endpointColumns} from webhook_endpoints
     where account_id = $1 and mode = $2 and disabled_reason is distinct from 'deleted'
     order by created_at desc, id`,
    [accountId, mode],
  );
}

export function findEndpoint(db: Database, owner: EndpointOwner, id: string): Promise<EndpointRow | null> {
  return maybeOne<EndpointRow>(
    db,
    `select ${endpointColumns} from webhook_endpoints where id = $1 and account_id = $2 and mode = $3`,
    [id, owner.accountId, owner.mode],
  );
}

/** As `findEndpoint`, locked until the transaction ends: what is decided from the row still holds when it is written. */
export function lockEndpoint(db: Database, owner: EndpointOwner, id: string): Promise<EndpointRow | null> {
  return maybeOne<EndpointRow>(
    db,
    `select ${endpointColumns} from webhook_endpoints where id = $1 and account_id = $2 and mode = $3 for no key update`,
    [id, owner.accountId, owner.mode],
  );
}

export interface EndpointChange {
  readonly url: string;
  readonly events: readonly EventType[];
  readonly payload: Payload; // of events from now on
  readonly description: string | null;
  readonly active: boolean;
  /** Takes a disabled endpoint back into service, with its row of failures forgotten. */
  readonly enable: boolean;
}

export function updateEndpoint(db: Database, id: string, change: EndpointChange): Promise<EndpointRow> {
  return one<EndpointRow>(
    db,
    `update webhook_endpoints set url = $2, events = $3, description = $4, active = $5, payload = $7, updated_at = now(),
       disabled_at = case when $6 then null else disabled_at end,
       disabled_reason = case when $6 then null else disabled_reason end,
       consecutive_failures = case when $6 then 0 else consecutive_failures end
     where id = $1 returning ${endpointColumns}`,
    [id, change.url, change.events, change.description, change.active, change.enable, change.payload],
  );
}

export function markEndpointDeleted(db: Database, id: string): Promise<number> {
  return execute(
    db,
    `update webhook_endpoints set disabled_at = now(), disabled_reason = 'deleted', active = false, updated_at = now()
     where id = $1 and disabled_reason is distinct from 'deleted'`,
    [id],
  );
}

/**
 * A new secret. The one before signs beside it for 24 hours; a second rotation within them replaces only the new one, so
 * that the secret which receivers know keeps its whole grace.
 */
export function rotateSecret(
  db: Database,
  id: string,
  { secretSealed, secretPrefix, formerSealed }: { secretSealed: string; secretPrefix: string; formerSealed: string },
): Promise<EndpointRow> {
  return one<EndpointRow>(
    db,
    `update webhook_endpoints set secret_sealed = $2, secret_prefix = $3, updated_at = now(),
       prev_secret_sealed = case when rotation_grace_expires_at > now() then prev_secret_sealed else $4 end,
       prev_secret_prefix = case when rotation_grace_expires_at > now() then prev_secret_prefix else secret_prefix end,
       rotation_grace_expires_at = case when rotation_grace_expires_at > now() then rotation_grace_expires_at
                                   else now() + interval '24 hours' end
     where id = $1 returning ${endpointColumns}`,
    [id, secretSealed, secretPrefix, formerSealed],
  );
}
