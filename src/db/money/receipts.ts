import { createHash } from 'node:crypto';
import type { Database } from '../pool.js';
import { execute, many, maybeOne } from '../query.js';

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

export interface StoredReceipt extends ReceiptRow {
  readonly orderId: string;
}

/** A page of receipts by order id, all of them or that of one order: for whoever checks them. */
export function receiptsAfter(
  db: Database,
  { after, only }: { readonly after: string; readonly only: string | null },
): Promise<StoredReceipt[]> {
  return many<StoredReceipt>(
    db,
    `select order_id as "orderId", body, sha256, signature from receipts
     where order_id > $1 and ($2::text is null or order_id = $2) order by order_id limit 1000`,
    [after, only],
  );
}
