import type { Mode } from '../../domain/ids.js';
import type { OrderStatus } from '../../domain/order.js';
import { orderColumns, type OrderRow } from './orders.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { many } from '../query.js';

export interface OrderFilters {
  readonly status?: OrderStatus | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly customerReference?: string | undefined;
  readonly updatedAfter?: string | undefined; // sorts by updated_at, ascending
}

/** One page of an account's orders by keyset, so that rows written during a walk neither repeat nor hide others. */
export async function listOrders(
  db: Database,
  owner: { accountId: string; mode: Mode },
  { filters, after, limit }: { filters: OrderFilters; after: Position | null; limit: number },
): Promise<Page<OrderRow>> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const where = [`o.account_id = ${value(owner.accountId)}`, `o.mode = ${value(owner.mode)}`];
  const { status, createdAfter, createdBefore, customerReference, updatedAfter } = filters;
  if (status) where.push(`o.status = ${value(status)}`);
  if (createdAfter) where.push(`o.created_at >= ${value(createdAfter)}`);
  if (createdBefore) where.push(`o.created_at < ${value(createdBefore)}`);
  if (customerReference !== undefined) {
    // Letters with marks may be one character or several: both spellings are asked for, so that the index still serves.
    const spellings = new Set(
      ['NFC', 'NFD'].map((form) => customerReference.normalize(form)).concat(customerReference),
    );
    where.push(`o.customer_reference in (${[...spellings].map(value).join(', ')})`);
  }
  if (updatedAfter) where.push(`o.updated_at >= ${value(updatedAfter)}`);
  const byUpdate = updatedAfter !== undefined;
  if (after) {
    const at = value(after.at);
    const id = value(after.id);
    where.push(
      byUpdate
        ? `(o.updated_at, o.id) > (${at}::timestamptz, ${id})`
        : `o.created_at <= ${at} and (o.created_at < ${at} or o.id > ${id})`,
    );
  }
  const rows = await many<OrderRow>(
    db,
    `select ${orderColumns} from orders o where ${where.join(' and ')}
     order by ${byUpdate ? 'o.updated_at, o.id' : 'o.created_at desc, o.id'} limit ${value(limit + 1)}`,
    values,
  );
  return pageOf(rows, limit, (row) => (byUpdate ? row.updatedAt : row.createdAt));
}
