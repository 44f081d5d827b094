import type { Database } from '../pool.js';
import { execute, maybeOne } from '../query.js';

export type ReceiptForm = 'txt' | 'pdf';

/** The bytes that were rendered first, or null when nobody asked for this form yet. */
export async function findRendering(db: Database, orderId: string, form: ReceiptForm): Promise<Buffer | null> {
  const row = await maybeOne<{ bytes: Buffer }>(
    db,
    'select bytes from receipt_renderings where order_id = $1 and form = $2',
    [orderId, form],
  );
  return row?.bytes ?? null;
}

/** Keeps the first rendering; a second one, by another process or a later version, changes nothing. */
export function keepRendering(db: Database, orderId: string, form: ReceiptForm, bytes: Buffer): Promise<number> {
  return execute(
    db,
    `insert into receipt_renderings (order_id, form, bytes) values ($1, $2, $3) on conflict (order_id, form) do nothing`,
    [orderId, form, bytes],
  );
}
