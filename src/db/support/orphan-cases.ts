import type { Mode } from '../../domain/ids.js';
import type { Database } from '../pool.js';
import { one } from '../query.js';
import { openCase } from './support-cases.js';

/** Whether a payment that names no order of ours has, or had, its case. */
export async function hasCaseWithoutOrder(db: Database, paymentId: string): Promise<boolean> {
  const row = await one<{ found: boolean }>(
    db,
    'select exists (select 1 from support_cases where order_id is null and payment_id = $1) as found',
    [paymentId],
  );
  return row.found;
}

/** A payment of which somebody says that coins came, for no order of ours. Figures are claims: nobody has read it. */
export interface Orphan {
  readonly accountId: string | null;
  readonly mode: Mode;
  readonly paymentId: string;
  readonly parentPaymentId: string | null;
  readonly orderId: string | null; // as it names it
  readonly status: string | null; // by the provider's word
  readonly actuallyPaid: string | null;
  readonly payCurrency: string | null;
}

/** Opens the case of an orphan; answers whether there was none. `told`: by whom, and why it is one. */
export async function openOrphanCase(
  db: Database,
  orphan: Orphan,
  told: Readonly<Record<string, string>>,
  at: string,
): Promise<boolean> {
  const { accountId, mode, paymentId, actuallyPaid, payCurrency } = orphan;
  const claims = {
    provider_status: orphan.status,
    claimed_order: orphan.orderId,
    claimed_parent: orphan.parentPaymentId,
    claimed_paid: actuallyPaid,
    claimed_currency: payCurrency,
  };
  const evidence = { at, ...told, ...claims };
  const subject = { orderId: null, accountId, mode, paymentId, kind: 'orphan_payment' } as const;
  const { isNew } = await openCase(db, { ...subject, actuallyPaid, payCurrency, evidence, at });
  return isNew;
}
