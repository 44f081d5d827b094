// A delivery is a machine whose state is its row; only what stands in it counts, since any worker may die at any moment.
//
// - `pending`, due: `next_attempt_at` has come, nobody has claimed it. Left by a claim, which makes it `in_flight`.
// - `pending`, not due: `next_attempt_at` is ahead (a retry), or null (its endpoint is paused). Becomes due by time, or by
//   a resume; `dlq` when its endpoint is disabled.
// - `in_flight`: one worker is on it, until `claimed_until`. Left by the record of its attempt, to `delivered`, to `pending`
//   with the wait for the next one, or to `dlq`; by `unclaim`, to `pending`, when the attempt was not made after all; or by
//   nobody, when that worker died: once `claimed_until` is over it may be claimed again, as if it were due. It may
//   then be sent twice, with the same event id, which is what the receiver knows it by.
// - `delivered`, `dlq`: the end. Only a replay leaves it, to `pending` and due, in a new round with its own count of
//   attempts: an answer that belongs to an earlier round or attempt no longer moves the row.
//
// First attempts are claimed in bulk, by `claimDue` and `claimOfEvents`; later ones one by one, by the delivery's own
// workflow, with `claimDelivery`. `attempts` is counted by the claim, so two workers never make the same one.

import type { DeliveryStatus } from '../../domain/delivery.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, selectList } from '../query.js';

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

const claiming = `status = 'in_flight', attempts = d.attempts + 1, updated_at = now(),
  claimed_until = now() + make_interval(secs => ${claimSeconds})`;

export const claimedColumns = selectList<ClaimedDelivery>({
  id: 'd.id',
  eventId: 'd.event_id',
  eventType: 'e.type',
  body: 'e.body',
  endpointId: 'd.endpoint_id',
  url: 'w.url',
  secretSealed: 'w.secret_sealed',
  prevSecretSealed: 'case when w.rotation_grace_expires_at > now() then w.prev_secret_sealed end',
  attempts: 'd.attempts',
  round: 'd.round',
});

// The first attempt, also one whose worker died on the way: later ones belong to the delivery's workflow.
const isFirst = `c.status in ('pending', 'in_flight') and c.next_attempt_at <= now()
  and (c.attempts = 0 or c.attempts = 1 and c.status = 'in_flight')
  and (c.claimed_until is null or c.claimed_until < now())`;

/** How many attempts endpoints may have more; those not named: `preset`. */
export interface Shares {
  readonly endpointIds: readonly string[];
  readonly free: readonly number[];
  readonly preset: number;
}

/**
 * Claims first attempts that are due: of every endpoint its share, so that thousands for one never stand before another's.
 * Endpoints that are paused or disabled are left out. `from` is where the round of endpoints begins.
 */
export function claimDue(
  db: Database,
  { shares, limit, from }: { shares: Shares; limit: number; from: string },
): Promise<ClaimedDelivery[]> {
  return many<ClaimedDelivery>(
    db,
    `with recursive waiting (id) as (
       (select endpoint_id from deliveries where status in ('pending', 'in_flight') order by endpoint_id limit 1)
       union all
       select (select d.endpoint_id from deliveries d
               where d.status in ('pending', 'in_flight') and d.endpoint_id > waiting.id order by d.endpoint_id limit 1)
       from waiting where waiting.id is not null
     ), picked as materialized (
       select p.id
       from (select w.id from waiting q join webhook_endpoints w on w.id = q.id
             where w.active and w.disabled_at is null order by w.id <= $5::uuid, w.id) x
         left join unnest($1::uuid[], $2::int[]) as s (endpoint_id, free) on s.endpoint_id = x.id
         cross join lateral (
           select c.id from deliveries c where c.endpoint_id = x.id and ${isFirst}
           order by c.next_attempt_at limit coalesce(s.free, $3::int) for update skip locked) p
       limit $4
     )
     update deliveries d set ${claiming} from picked, outgoing_events e, webhook_endpoints w
     where d.id = picked.id and e.id = d.event_id and w.id = d.endpoint_id returning ${claimedColumns}`,
    [shares.endpointIds, shares.free, shares.preset, limit, from],
  );
}

/** Claims first attempts of these events, of endpoints that have a share left. */
export function claimOfEvents(
  db: Database,
  eventIds: readonly string[],
  { shares, limit }: { shares: Shares; limit: number },
): Promise<ClaimedDelivery[]> {
  return many<ClaimedDelivery>(
    db,
    `with picked as materialized (
       select c.id from deliveries c join webhook_endpoints w on w.id = c.endpoint_id
         left join unnest($2::uuid[], $3::int[]) as s (endpoint_id, free) on s.endpoint_id = c.endpoint_id
       where c.event_id = any ($1) and ${isFirst} and w.active and w.disabled_at is null and coalesce(s.free, 1) > 0
       order by c.next_attempt_at limit $4 for update of c skip locked
     )
     update deliveries d set ${claiming} from picked, outgoing_events e, webhook_endpoints w
     where d.id = picked.id and e.id = d.event_id and w.id = d.endpoint_id returning ${claimedColumns}`,
    [eventIds, shares.endpointIds, shares.free, limit],
  );
}

/** Claims one delivery for its next attempt, if it is due, unclaimed, and its endpoint takes deliveries. */
export function claimDelivery(db: Database, id: string): Promise<ClaimedDelivery | null> {
  return maybeOne<ClaimedDelivery>(
    db,
    `update deliveries d set ${claiming} from outgoing_events e, webhook_endpoints w
     where d.id = $1 and e.id = d.event_id and w.id = d.endpoint_id and d.status in ('pending', 'in_flight')
       and d.next_attempt_at <= now() and (d.claimed_until is null or d.claimed_until < now())
       and w.active and w.disabled_at is null
     returning ${claimedColumns}`,
    [id],
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

/** Why a delivery could not be claimed, for whoever waits on it. */
export interface DeliveryStanding {
  readonly status: DeliveryStatus;
  readonly endpointId: string;
  readonly active: boolean;
  readonly disabled: boolean;
  readonly waitMs: number; // until its next attempt is due, or another's claim ends
}

export const standingColumns = selectList<DeliveryStanding>({
  status: 'd.status',
  endpointId: 'd.endpoint_id',
  active: 'w.active',
  disabled: 'w.disabled_at is not null',
  waitMs: 'greatest(0, ceil(extract(epoch from greatest(d.next_attempt_at, d.claimed_until) - now()) * 1000))::int',
});

export function deliveryStanding(db: Database, id: string): Promise<DeliveryStanding | null> {
  return maybeOne<DeliveryStanding>(
    db,
    `select ${standingColumns}
     from deliveries d join webhook_endpoints w on w.id = d.endpoint_id where d.id = $1`,
    [id],
  );
}
