import type { Mode } from '../../domain/ids.js';
import type { Receipt } from '../../domain/receipt.js';
import type { Movement } from '../../domain/told/book-lines.js';
import type { Position } from '../page.js';
import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';

/** The books of an account in a month: [from, to). */
export interface Books {
  readonly accountId: string;
  readonly mode: Mode;
  readonly from: string;
  readonly to: string;
}

/** A receipt as it was frozen, with what it is found by. */
export interface ReceiptLine {
  readonly orderId: string;
  readonly mode: Mode;
  readonly paidAt: string;
  readonly customerReference: string | null;
  readonly payCurrency: string | null;
  readonly receipt: Receipt;
  readonly sha256: string;
}

export const receiptLineColumns = selectList<ReceiptLine>({
  orderId: 'o.id',
  mode: 'o.mode',
  paidAt: 'o.paid_at',
  customerReference: 'o.customer_reference',
  payCurrency: 'o.pay_currency',
  receipt: 'r.body::jsonb',
  sha256: 'r.sha256',
});

/** A page of receipts, oldest first. It reads no more than itself: a walk begins anew where the page before ended. */
export function receiptLines(
  db: Database,
  { accountId, mode, from, to }: Books,
  { after, limit }: { readonly after: Position | null; readonly limit: number },
): Promise<ReceiptLine[]> {
  return many<ReceiptLine>(
    db,
    `select ${receiptLineColumns} from orders o join receipts r on r.order_id = o.id
     where o.account_id = $1 and o.mode = $2 and o.paid_at < $3 and (o.paid_at, o.id) > ($4, $5)
     order by o.paid_at, o.id limit $6`,
    [accountId, mode, to, ...beyond(from, after), limit],
  );
}

export const movementLineColumns = selectList<Movement>({
  paymentId: 'p.payment_id',
  seenAt: 'p.first_seen_at',
  mode: 'p.mode',
  orderId: 'o.id',
  customerReference: 'o.customer_reference',
  priceCents: 'o.price_cents',
  priceCurrency: 'o.price_currency',
  paidAt: 'o.paid_at',
  providerStatus: 'p.provider_status',
  coin: 'p.coin',
  arrived: 'p.arrived',
  applied: 'p.applied',
  excess: 'p.excess',
  unapplied: 'p.unapplied',
  transactionHash: 'p.transaction_hash',
});

/**
 * A page of what came in the month, oldest first, to whomever: a payment does not say whose it is, its order does. So a page is
 * as long as it is, however few of its lines are ours, and takes as long for a small account as for a large one.
 */
export function movementLines(
  db: Database,
  { accountId, mode, from, to }: Books,
  { after, limit }: { readonly after: Position | null; readonly limit: number },
): Promise<(Movement & { readonly isOurs: boolean })[]> {
  return many(
    db,
    `select ${movementLineColumns},
       coalesce(o.account_id = $1 and o.mode = $2 and p.arrived > 0, false) as "isOurs"
     from payments p left join orders o on o.id = p.order_id
     where p.first_seen_at < $3 and (p.first_seen_at, p.payment_id) > ($4, $5)
     order by p.first_seen_at, p.payment_id limit $6`,
    [accountId, mode, to, ...beyond(from, after), limit],
  );
}

/** Beyond what was read, or from the first instant on: no id is less than none. */
function beyond(from: string, after: Position | null): [at: string, id: string] {
  return after === null ? [from, ''] : [after.at, after.id];
}
