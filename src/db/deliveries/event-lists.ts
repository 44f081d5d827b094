import type { Mode } from '../../domain/ids.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';

export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly orderId: string | null;
  readonly body: string; // the exact bytes that endpoints are sent
  readonly createdAt: string;
}

export const toldEventColumns = selectList<ToldEvent>({
  id: 'e.id',
  type: 'e.type',
  orderId: 'e.order_id',
  body: 'e.body',
  createdAt: 'e.created_at',
});

interface Wanted {
  readonly createdAfter: string;
  readonly after: Position | null;
  readonly limit: number;
}

/**
 * What an account was told, oldest first, whoever subscribed to it; pings are for one endpoint alone. An event has the instant of
 * what it tells of and is seen when that is committed, a moment later: who follows the list looks back a little.
 */
export async function listEvents(
  db: Database,
  owner: { accountId: string; mode: Mode },
  { createdAfter, after, limit }: Wanted,
): Promise<Page<ToldEvent>> {
  const rows = await many<ToldEvent>(
    db,
    `select ${toldEventColumns} from outgoing_events e
     where e.account_id = $1 and e.mode = $2 and e.type <> 'test.ping' and e.created_at >= $3
       and ($4::timestamptz is null or (e.created_at, e.id) > ($4, $5::uuid))
     order by e.created_at, e.id limit $6`,
    [owner.accountId, owner.mode, createdAfter, after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => row.createdAt);
}
