import { createHash } from 'node:crypto';
import type { Database } from '../pool.js';
import { execute, maybeOne } from '../query.js';

/** Freezes a receipt: its canonical JSON and the hash of those bytes. */
export function freezeReceipt(
  db: Database,
  receipt: { orderId: string; body: string; issuedAt: string },
): Promise<number> {
  const sha256 = createHash('sha256').update(receipt.body, 'utf8').digest('hex');
  return execute(
    db,
    `insert into receipts (order_id, body, sha256, issued_at) values ($1, $2, $3, $4)
     on conflict (order_id) do nothing`,
    [receipt.orderId, receipt.body, sha256, receipt.issuedAt],
  );
}

export function findReceipt(db: Database, orderId: string): Promise<{ body: string; sha256: string } | null> {
  return maybeOne(db, 'select body, sha256 from receipts where order_id = $1', [orderId]);
}
