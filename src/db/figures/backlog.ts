import type { Database } from '../pool.js';
import { one } from '../query.js';

/** What waits, and for how long: seen together it tells whether anything stands still. Ages are 0 when nothing waits. */
export interface Backlog {
  readonly ordersOpen: number;
  readonly ordersOverdue: number;
  readonly ordersWithoutAddress: number;
  readonly oldestWithoutAddressSeconds: number;
  readonly ipnsUnhandled: number;
  readonly oldestIpnSeconds: number;
  readonly oldestUnsettledSeconds: number;
  readonly ipnsSetAside: number;
  readonly oldestEventSeconds: number;
  readonly deliveriesOverdue: number;
  readonly deliveriesLeftLying: number;
  readonly deliveriesDead: number;
  readonly casesOpen: number;
  readonly reconcileSeconds: number;
}

// Not before its payer has chosen a coin: until then nobody was asked for one.
const awaitsAddress = `status = 'pending' and payment_id is null and provider <> 'stub' and requested_coin is not null`;

/** One statement, each part of it on an index of its own: cheap enough to be asked at every scrape. */
export function readBacklog(db: Database): Promise<Backlog> {
  return one<Backlog>(
    db,
    `select open.count as "ordersOpen", open.overdue as "ordersOverdue",
       open.without as "ordersWithoutAddress", open.without_age as "oldestWithoutAddressSeconds",
       ipns.count as "ipnsUnhandled", ipns.age as "oldestIpnSeconds",
       ipns.paid_age as "oldestUnsettledSeconds", events.age as "oldestEventSeconds",
       (select count(*) from provider_events where quarantined_at is not null) as "ipnsSetAside",
       (select count(*) from deliveries
         where status in ('pending', 'in_flight') and next_attempt_at < now() - interval '1 minute'
       ) as "deliveriesOverdue",
       (select count(*) from deliveries
         where status = 'in_flight' and claimed_until < now() - interval '1 minute') as "deliveriesLeftLying",
       (select count(*) from deliveries where status = 'dlq' and discarded_at is null) as "deliveriesDead",
       (select count(*) from support_cases where resolved_at is null) as "casesOpen",
       coalesce((select extract(epoch from now() - finished_at)::float8 from reconcile_runs
         where outcome = 'finished' and not dry_run order by started_at desc limit 1), 0) as "reconcileSeconds"
     from (
       select count(*) as count, count(*) filter (
         where status = 'pending' and expires_at < now() - interval '1 minute'
           or status = 'partial' and partial_until < now() - interval '1 minute') as overdue,
         count(*) filter (where ${awaitsAddress}) as without,
         coalesce(extract(epoch from now() - min(created_at) filter (where ${awaitsAddress})), 0)::float8 as without_age
       from orders where status in ('pending', 'confirming', 'partial')
     ) open, (
       select count(*) as count, coalesce(extract(epoch from now() - min(received_at)), 0)::float8 as age,
         coalesce(extract(epoch from now() - min(received_at) filter (where payment_status = 'finished')), 0)::float8
           as paid_age
       from provider_events where handled_at is null
     ) ipns, (
       select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age
       from outgoing_events where published_at is null
     ) events`,
  );
}
