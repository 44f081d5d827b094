import type { AlarmName } from '../../domain/alarms.js';
import { databaseNow } from '../../db/clock.js';
import type { StoredProviderEvent } from '../../db/money/ipn-inbox.js';
import type { NewProviderEvent } from '../../db/money/provider-events.js';
import { hasCaseWithoutOrder, openOrphanCase } from '../../db/support/orphan-cases.js';
import { claimsCoins } from '../../domain/facts/orphan-notice.js';
import type { AppDeps } from '../deps.js';

/**
 * A notice that claims coins and names no order of ours has nobody else to answer it: it opens a case before it is
 * acknowledged. Such an order was lost with a restored database, or the address is somebody else's.
 */
export async function openCaseIfOrphan(
  deps: Pick<AppDeps, 'pool' | 'metrics' | 'log'>,
  event: NewProviderEvent,
  stored: StoredProviderEvent,
): Promise<void> {
  const { paymentId } = event;
  if (stored.order !== null || event.kind !== 'payment' || paymentId === null) return;
  const orphan = { ...event, paymentId, ...figuresOf(event) };
  if (!claimsCoins({ status: event.paymentStatus, actuallyPaid: orphan.actuallyPaid })) return;
  // A repeat adds nothing; but the first one may have ended between its row and its case.
  if (stored.isNew || !(await hasCaseWithoutOrder(deps.pool, paymentId))) await openAndTell(deps, orphan);
}

/** In form B digits are lost: its figures are not used. */
function figuresOf({ form, actuallyPaid, payCurrency }: NewProviderEvent) {
  return form === 'A' ? { actuallyPaid, payCurrency } : { actuallyPaid: null, payCurrency: null };
}

async function openAndTell(
  { pool, metrics, log }: Pick<AppDeps, 'pool' | 'metrics' | 'log'>,
  event: NewProviderEvent & { readonly paymentId: string },
): Promise<void> {
  const { paymentId, orderId, modes, paymentStatus: status } = event;
  const orphan = { ...event, status, mode: modes.includes('live') ? 'live' : 'test' } as const;
  const told = { source: 'ipn', not_read: 'the notice names no order of ours' };
  if (!(await openOrphanCase(pool, orphan, told, await databaseNow(pool)))) return;
  metrics.alarms.inc({ alarm: 'orphan_payment' satisfies AlarmName });
  log.error({ paymentId, orderId }, 'orphan_payment: a signed notice of coins names no order of ours');
}
