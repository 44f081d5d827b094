import { appendAudit } from '../../db/support/audit-log.js';
import { setInternalNote } from '../../db/orders/order-changes.js';
import { lockOrder, type OrderRow } from '../../db/orders/orders.js';
import type { Pool } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import type { Asker } from '../http/asker.js';

/** Writes the note that only operators see, with its audit row. Empty text is no note. */
export function changeInternalNote(
  pool: Pool,
  order: OrderRow,
  { note, actor, reason }: Asker & { note: string | null },
): Promise<OrderRow> {
  return inTransaction(pool, async (db) => {
    const { order: before } = await lockOrder(db, order.id);
    if (before.internalNote === (note || null)) return before; // nothing changes
    const after = await setInternalNote(db, order.id, note || null);
    await appendAudit(db, {
      actor,
      action: 'crypto_order.note_updated',
      accountId: order.accountId,
      orderId: order.id,
      subject: order.id,
      reason,
      before: { internal_note: before.internalNote },
      after: { internal_note: after.internalNote },
    });
    return after;
  });
}
