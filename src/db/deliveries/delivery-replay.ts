import type { DeliveryStatus } from '../../domain/delivery.js';
import type { Position } from '../page.js';
import type { Database } from '../pool.js';
import { execute, many } from '../query.js';

// A replay is a new round: attempts start again at once, with the same event id and the same bytes. A paused endpoint's
// row waits without a time, as new ones do.
const newRound = (due: string) => `status = 'pending', attempts = 0, round = d.round + 1, claimed_until = null,
  discarded_at = null, delivered_at = null, last_error = null,
  next_attempt_at = case when w.active then ${due} end, updated_at = now()`;

/** Sends one delivery again, unless it is on the wire or its endpoint is disabled. Answers whether it did. */
export async function replayDelivery(
  db: Database,
  id: string,
  { from }: { from: readonly DeliveryStatus[] },
): Promise<boolean> {
  const replayed = await execute(
    db,
    `update deliveries d set ${newRound('now()')} from webhook_endpoints w
     where d.id = $1 and w.id = d.endpoint_id and w.disabled_at is null and d.status = any ($2)`,
    [id, from],
  );
  return replayed === 1;
}

export interface ReplayWindow {
  readonly endpointId: string;
  readonly since: string;
  readonly until: string;
  readonly statuses: readonly DeliveryStatus[];
}

/** Up to `limit` deliveries of a window, oldest first, from a position on. */
export function deliveriesInWindow(
  db: Database,
  { endpointId, since, until, statuses }: ReplayWindow,
  { after, limit }: { after: Position | null; limit: number },
): Promise<Position[]> {
  return many<Position>(
    db,
    `select d.created_at as at, d.id from deliveries d
     where d.endpoint_id = $1 and d.status = any ($2) and d.created_at >= $3 and d.created_at < $4
       and d.discarded_at is null and ($5::timestamptz is null or (d.created_at, d.id) > ($5, $6::uuid))
     order by d.created_at, d.id limit $7`,
    [endpointId, statuses, since, until, after?.at ?? null, after?.id ?? null, limit],
  );
}

/**
 * Sends these again, as far as they still are in one of `statuses`, one after the other at a steady pace: whoever asks may
 * not be the one whose server gets them. Answers how many.
 */
export function replayDeliveries(
  db: Database,
  ids: readonly string[],
  { statuses, after, everyMs }: { statuses: readonly DeliveryStatus[]; after: number; everyMs: number },
): Promise<number> {
  return execute(
    db,
    `update deliveries d set ${newRound(`now() + ($3::int + asked.at - 1) * $4::int * interval '1 millisecond'`)}
     from webhook_endpoints w, unnest($1::uuid[]) with ordinality as asked (id, at)
     where d.id = asked.id and w.id = d.endpoint_id and w.disabled_at is null and d.status = any ($2)`,
    [ids, statuses, after, everyMs],
  );
}

/** A dead letter that nobody wants: it stays in its endpoint's log and leaves the operators' list. */
export async function discardDeadLetter(db: Database, id: string): Promise<boolean> {
  const discarded = await execute(
    db,
    `update deliveries set discarded_at = now(), updated_at = now()
     where id = $1 and status = 'dlq' and discarded_at is null`,
    [id],
  );
  return discarded === 1;
}
