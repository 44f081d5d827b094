import type { Database } from '../pool.js';
import { many, selectList } from '../query.js';

/** A raw notification, by what it said and what became of it; its bytes stay in the inbox. */
export interface IpnEvidence {
  readonly id: string;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly paymentStatus: string | null;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly form: 'A' | 'B' | 'C';
  readonly receivedAt: string;
  readonly outcome: string | null;
}

export const ipnEvidenceColumns = selectList<IpnEvidence>({
  id: 'e.id',
  orderId: 'e.order_id',
  paymentId: 'e.payment_id',
  paymentStatus: 'e.payment_status',
  actuallyPaid: 'e.actually_paid',
  payCurrency: 'e.pay_currency',
  form: 'e.form',
  receivedAt: 'e.received_at',
  outcome: 'e.outcome',
});

/** The notifications of these orders, oldest first; no more than `limit` of each. */
export function ipnsOfOrders(db: Database, orderIds: readonly string[], limit = 50): Promise<IpnEvidence[]> {
  return many<IpnEvidence>(
    db,
    `select ${ipnEvidenceColumns}
     from unnest($1::text[]) as o (id) cross join lateral (
       select * from provider_events p where p.order_id = o.id order by p.received_at, p.id limit $2) e
     order by e.received_at, e.id`,
    [orderIds, limit],
  );
}
