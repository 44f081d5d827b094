// A delivery is a machine whose state is its row; only what stands in it counts, since any worker may die at any moment.
//
// - `pending`, due: `next_attempt_at` has come, nobody has claimed it. Left by a claim, which makes it `in_flight`.
// - `pending`, not due: `next_attempt_at` is ahead (a retry), or null (its endpoint is paused). Becomes due by time, or by
//   a resume; `dlq` when its endpoint is disabled.
// - `in_flight`: one worker is on it, until `claimed_until`. Left by the record of its attempt, to `delivered`, to `pending`
//   with the wait for the next one, or to `dlq`; or by nobody, when that worker died. Once `claimed_until` is over it may be
//   claimed again, as if it were due, and may then be sent twice, with the same event id, which is what the receiver knows
//   it by. If its endpoint is out of service by then it goes to `dlq` (disabled) or back to `pending` (paused), by
//   `layAside` in deliveries.ts.
// - `delivered`, `dlq`: the end. Only a replay leaves it, to `pending` and due, in a new round with its own count of
//   attempts: an answer that belongs to an earlier round or attempt no longer moves the row.
//
// All attempts are claimed in bulk, first ones and later ones alike, by `claimDue` and `claimOfEvents`: of each endpoint as
// many as it has places. What finds none is not touched: it stays due, and waits at no cost. `attempts` is counted by the
// claim, so two workers never make the same one.

import type { DeliveryStanding } from '../../domain/delivery.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, selectList } from '../query.js';

interface ClaimedRow {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly orderId: string | null;
  readonly body: string;
  readonly endpointId: string;
  readonly url: string;
  readonly secretSealed: string;
  readonly prevSecretSealed: string | null; // while the rotation's grace lasts
  readonly attempts: number; // this one counted
  readonly round: number;
}

/** A delivery that the caller may attempt now: nobody else will until `claimed_until`. */
export interface ClaimedDelivery extends ClaimedRow {
  readonly unfollowed: boolean; // by a run: its worker died before it began one, or it ended as the endpoint was paused
}

const claimSeconds = 60; // an attempt takes 10 s at most; a dead worker's claim ends then

const claiming = `status = 'in_flight', attempts = d.attempts + 1, run_ended = false, updated_at = now(),
  claimed_until = now() + make_interval(secs => ${claimSeconds})`;

export const claimedColumns = selectList<ClaimedRow>({
  id: 'd.id',
  eventId: 'd.event_id',
  eventType: 'e.type',
  orderId: 'e.order_id',
  body: `case when d.payload = 'full' then coalesce(e.full_body, e.body) else e.body end`,
  endpointId: 'd.endpoint_id',
  url: 'w.url',
  secretSealed: 'w.secret_sealed',
  prevSecretSealed: 'case when w.rotation_grace_expires_at > now() then w.prev_secret_sealed end',
  attempts: 'd.attempts',
  round: 'd.round',
});

// Also what a worker died with: its claim is over.
const isDue = `c.status in ('pending', 'in_flight') and c.next_attempt_at <= now()
  and (c.claimed_until is null or c.claimed_until < now())`;

const claimPicked = `update deliveries d set ${claiming} from picked, outgoing_events e, webhook_endpoints w
  where d.id = picked.id and e.id = d.event_id and w.id = d.endpoint_id
  returning ${claimedColumns}, picked.unfollowed`;

/** How many attempts endpoints may have more of this process; those not named: `preset`. */
export interface Shares {
  readonly endpointIds: readonly string[];
  readonly free: readonly number[];
  readonly preset: number;
  readonly most: number; // of one endpoint, by all processes together
  readonly answered: Iterable<string>; // deliveries of this process that are off the wire and only wait to be recorded
}

// What an endpoint has on the wire, whoever sent it. What the caller has the answer of is not there any more, though its row
// does not say so yet: counted, it would keep a place empty for as long as records take. Two processes that claim in the same
// instant do not see each other's: each may then be over by what it takes at once, for as long as those attempts last.
const onTheWire = (endpoint: string) => `(select count(*) from deliveries o
  where o.endpoint_id = ${endpoint} and o.status = 'in_flight' and o.claimed_until > now() and o.id <> all ($7::uuid[]))`;

const unfollowed = '(c.claimed_until is not null or c.run_ended) as unfollowed';

/**
 * Claims attempts that are due: of every endpoint its share, so that thousands for one never stand before another's.
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
       select p.id, p.unfollowed
       from (select w.id from waiting q join webhook_endpoints w on w.id = q.id
             where w.active and w.disabled_at is null order by w.id <= $5::uuid, w.id) x
         left join unnest($1::uuid[], $2::int[]) as s (endpoint_id, free) on s.endpoint_id = x.id
         cross join lateral (
           select c.id, ${unfollowed} from deliveries c where c.endpoint_id = x.id and ${isDue}
           order by c.next_attempt_at limit least(coalesce(s.free, $3::int), greatest(0, $6::int - ${onTheWire('x.id')})) for update skip locked) p
       limit $4
     )
     ${claimPicked}`,
    [shares.endpointIds, shares.free, shares.preset, limit, from, shares.most, [...shares.answered]],
  );
}

/** Claims what is due of these events, of each endpoint no more than it has places. */
export function claimOfEvents(
  db: Database,
  eventIds: readonly string[],
  { shares, limit }: { shares: Shares; limit: number },
): Promise<ClaimedDelivery[]> {
  return many<ClaimedDelivery>(
    db,
    `with due as (
       select c.id, row_number() over (partition by c.endpoint_id order by c.next_attempt_at, c.id) as nth,
         least(coalesce(s.free, $4::int), $6::int - ${onTheWire('c.endpoint_id')}) as free
       from deliveries c join webhook_endpoints w on w.id = c.endpoint_id
         left join unnest($2::uuid[], $3::int[]) as s (endpoint_id, free) on s.endpoint_id = c.endpoint_id
       where c.event_id = any ($1) and ${isDue} and w.active and w.disabled_at is null
     ), picked as materialized (
       select c.id, ${unfollowed} from deliveries c join due on due.id = c.id
       where due.nth <= due.free and ${isDue}
       order by c.next_attempt_at limit $5 for update of c skip locked
     )
     ${claimPicked}`,
    [eventIds, shares.endpointIds, shares.free, shares.preset, limit, shares.most, [...shares.answered]],
  );
}

export const standingColumns = selectList<DeliveryStanding>({
  status: 'd.status',
  attempts: 'd.attempts',
  active: 'w.active',
  disabled: 'w.disabled_at is not null',
  dueInMs: 'ceil(extract(epoch from d.next_attempt_at - now()) * 1000)::float8',
  claimed: `d.status = 'in_flight' and coalesce(d.claimed_until > now(), false)`,
});

/** A delivery with its endpoint, as the run that follows it sees them. */
export function deliveryStanding(
  db: Database,
  id: string,
): Promise<(DeliveryStanding & { endpointId: string }) | null> {
  return maybeOne<DeliveryStanding & { endpointId: string }>(
    db,
    `select ${standingColumns}, d.endpoint_id as "endpointId"
     from deliveries d join webhook_endpoints w on w.id = d.endpoint_id where d.id = $1`,
    [id],
  );
}

/** The run that follows a delivery of a paused endpoint ends; answers whether it may, which is no longer so once it is claimed. */
export async function noteRunEnded(db: Database, id: string): Promise<boolean> {
  const noted = await execute(db, `update deliveries set run_ended = true where id = $1 and status = 'pending'`, [id]);
  return noted === 1;
}
