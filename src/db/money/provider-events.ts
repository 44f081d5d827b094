import type { Mode } from '../../domain/ids.js';
import type { Database } from '../pool.js';
import { isoText, maybeOne, selectList } from '../query.js';

export interface NewProviderEvent {
  readonly id: string; // those of one process in the order they came, which their instants may not tell
  readonly fingerprint: string;
  readonly accountId: string | null; // whose secret signed it; null: the installation's
  readonly modes: readonly Mode[]; // the modes that secret reaches
  readonly kind: 'payment' | 'other' | 'malformed';
  readonly form: 'A' | 'B' | 'C';
  readonly paymentId: string | null;
  readonly parentPaymentId: string | null;
  readonly orderId: string | null;
  readonly paymentStatus: string | null;
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
  readonly raw: Buffer;
  readonly headers: Record<string, string>;
}

export interface ProviderEventRow {
  readonly id: string;
  readonly form: 'A' | 'B' | 'C';
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly parentPaymentId: string | null;
  readonly paymentStatus: string | null;
  readonly raw: string; // base64
  readonly receivedAt: string;
  readonly relayedAt: string | null;
  readonly handledAt: string | null;
}

export const providerEventColumns = selectList<ProviderEventRow>({
  id: 'id',
  form: 'form',
  orderId: 'order_id',
  paymentId: 'payment_id',
  parentPaymentId: 'parent_payment_id',
  paymentStatus: 'payment_status',
  raw: `encode(raw, 'base64')`,
  receivedAt: isoText('received_at'),
  relayedAt: isoText('relayed_at'),
  handledAt: isoText('handled_at'),
});

/** Whether an IPN of the order waits to be dealt with. */
export async function hasUnhandledEvent(db: Database, orderId: string): Promise<boolean> {
  const found = await maybeOne(
    db,
    `select id from provider_events
     where order_id = $1 and handled_at is null and quarantined_at is null limit 1`,
    [orderId],
  );
  return found !== null;
}
