import { findOrder, type OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';
import { isOrderId, publicId, type Mode } from '../../domain/ids.js';
import type { AppDeps } from '../deps.js';
import { orderEnvelopes } from './order-envelope.js';
import { notFound } from '../http/problem.js';
import type { AdminOrder } from '../schemas/admin-orders.js';

/** Orders as operators see them: what merchants see, whose it is, and the internal note. */
export async function adminOrders(deps: AppDeps, rows: readonly OrderRow[]): Promise<AdminOrder[]> {
  const envelopes = await orderEnvelopes(deps, rows);
  return rows.flatMap((row, index) => {
    const envelope = envelopes[index];
    if (!envelope) return [];
    return {
      ...envelope,
      account_id: publicId('account', row.accountId),
      internal_note: row.internalNote,
      livemode: row.mode === 'live',
    };
  });
}

/** Whether a row is one that the caller may see: what is not is as unknown as what never was. */
export function isWithin(reach: Mode | null, { mode }: { readonly mode: Mode }): boolean {
  return reach === null || reach === mode;
}

export async function adminOrderOf(deps: AppDeps, row: OrderRow): Promise<AdminOrder> {
  const [only] = await adminOrders(deps, [row]);
  if (!only) throw new Error('one row gave no envelope');
  return only;
}

/** Anybody's order, of the mode that the caller reaches; null: of either. */
export async function anyOrder(db: Database, id: string, reach: Mode | null): Promise<OrderRow> {
  const order = isOrderId(id) ? await findOrder(db, id) : null;
  if (!order || !isWithin(reach, order)) throw notFound();
  return order;
}
