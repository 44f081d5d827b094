import { createHash } from 'node:crypto';
import type { Database } from '../pool.js';
import { execute, maybeOne } from '../query.js';

/** Freezes a receipt: its canonical JSON, the hash of those bytes and the signature over them. */
export function freezeReceipt(
  db: Database,
  receipt: { orderId: string; body: string; signature: string; issuedAt: string },
): Promise<number> {
  const sha256 = createHash('sha256').update(receipt.body, 'utf8').digest('hex');
  return execute(
    db,
    `insert into receipts (order_id, body, sha256, signature, issued_at) values ($1, $2, $3, $4, $5)
     on conflict (order_id) do nothing`,
    [receipt.orderId, receipt.body, sha256, receipt.signature, receipt.issuedAt],
  );
}

export interface ReceiptRow {
  readonly body: string;
  readonly sha256: string;
  readonly signature: string | null; // null: from before receipts were signed as they were frozen
}

export function findReceipt(db: Database, orderId: string): Promise<ReceiptRow | null> {
  return maybeOne<ReceiptRow>(db, 'select body, sha256, signature from receipts where order_id = $1', [orderId]);
}
