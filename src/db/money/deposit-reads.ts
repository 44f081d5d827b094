import type { Mode, PaymentId } from '../../domain/ids.js';
import type { DepositRead } from '../../domain/payments/deposit-reading.js';
import type { Database } from '../pool.js';
import { execute, isoText, selectList } from '../query.js';

export const depositReadColumns = selectList<DepositRead>({
  paymentId: 'payment_id',
  parentPaymentId: 'parent_payment_id',
  status: 'provider_status',
  coin: 'coin',
  actuallyPaid: 'actually_paid::text',
  transactionHash: 'transaction_hash',
  readAt: isoText('read_at'),
});

/** Remembers what was just read of an order's re-deposits; a null status is one that the provider did not show. */
export function rememberDepositReads(
  db: Database,
  order: { id: string; mode: Mode },
  reads: readonly (Omit<DepositRead, 'readAt'> & { readonly paymentId: PaymentId })[],
): Promise<number> {
  return execute(
    db,
    `insert into deposit_reads (mode, order_id, payment_id, parent_payment_id, provider_status, coin, actually_paid,
       transaction_hash)
     select $1, $2, r.* from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::text[]) as r
     on conflict (mode, payment_id) do update set
       order_id = excluded.order_id, parent_payment_id = excluded.parent_payment_id,
       provider_status = excluded.provider_status, coin = excluded.coin, actually_paid = excluded.actually_paid,
       transaction_hash = coalesce(excluded.transaction_hash, deposit_reads.transaction_hash), read_at = excluded.read_at`,
    [
      order.mode,
      order.id,
      reads.map((read) => read.paymentId),
      reads.map((read) => read.parentPaymentId),
      reads.map((read) => read.status),
      reads.map((read) => read.coin),
      reads.map((read) => read.actuallyPaid),
      reads.map((read) => read.transactionHash),
    ],
  );
}
