import type { Database } from '../pool.js';
import { one } from '../query.js';

/** Whether a payment that names no order of ours has, or had, its case. */
export async function hasCaseWithoutOrder(db: Database, paymentId: string): Promise<boolean> {
  const row = await one<{ found: boolean }>(
    db,
    'select exists (select 1 from support_cases where order_id is null and payment_id = $1) as found',
    [paymentId],
  );
  return row.found;
}
