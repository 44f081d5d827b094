import type { Database } from '../pool.js';
import { execute, many } from '../query.js';

export interface StoredLately {
  readonly accountId: string;
  readonly count: number;
  readonly bytes: number;
}

/** How many notifications of each account's own pair were stored in the last hour, and their bytes; counted up to a most. */
export function ipnsOfLastHour(db: Database, accountIds: readonly string[], most: number): Promise<StoredLately[]> {
  return many<StoredLately>(
    db,
    `select a.id as "accountId", count, bytes from unnest($1::uuid[]) a (id) cross join lateral (
       select count(*) as count, coalesce(sum(octet_length(raw)), 0)::bigint as bytes
       from (select raw from provider_events
         where account_id = a.id and received_at > now() - interval '1 hour' limit $2) lately) stored`,
    [accountIds, most],
  );
}

/**
 * Drops what has been kept long enough: notifications that name no payment and typed reasons, which stand in the audit log,
 * after a month, dealt-with ones after thirteen. What nobody has dealt with stays. Answers how many rows are gone.
 */
export async function dropOldIpns(db: Database, limit: number): Promise<number> {
  const done = '(handled_at is not null or order_id is null) and quarantined_at is null';
  const dropped = await Promise.all(
    [
      `delete from provider_events where id in (select id from provider_events
         where kind <> 'payment' and received_at < now() - interval '1 month' order by received_at limit $1)`,
      `delete from provider_events where id in (select id from provider_events
         where received_at < now() - interval '13 months' and ${done} order by received_at limit $1)`,
      `delete from fact_reasons where fact_id in (select fact_id from fact_reasons
         where created_at < now() - interval '1 month' limit $1)`,
    ].map((sql) => execute(db, sql, [limit])),
  );
  return dropped.reduce((sum, count) => sum + count, 0);
}
