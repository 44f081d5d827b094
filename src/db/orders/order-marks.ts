import type { OrderStatus } from '../../domain/order.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';

/** What changes whenever a page would: enough to tell who must look again. */
export interface OrderMark {
  readonly id: string;
  readonly status: OrderStatus;
  readonly version: number;
  readonly updatedAt: string;
}

/** How an order stood when its page was told last; null: it was not told yet. */
export type KnownMark = Pick<OrderMark, 'id'> & { readonly [Name in 'version' | 'updatedAt']: OrderMark[Name] | null };

export const orderMarkColumns = selectList<OrderMark>({
  id: 'o.id',
  status: 'o.status',
  version: 'o.version',
  updatedAt: 'o.updated_at',
});

/** Those of the orders that stand otherwise than is known. `limit 1` has each looked up by its key. */
export function changedMarks(db: Database, known: readonly KnownMark[]): Promise<OrderMark[]> {
  return many<OrderMark>(
    db,
    `select ${orderMarkColumns}
     from unnest($1::text[], $2::int[], $3::timestamptz[]) as known (id, version, updated_at),
       lateral (select * from orders where id = known.id limit 1) o
     where (o.version, o.updated_at) is distinct from (known.version, known.updated_at)`,
    [known.map(({ id }) => id), known.map(({ version }) => version), known.map(({ updatedAt }) => updatedAt)],
  );
}
