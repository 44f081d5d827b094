import { isNews, knownOf } from '../domain/payments/deposits.js';
import { markProviderChecked } from '../db/orders/order-changes.js';
import { isLeftToSweep } from '../db/reconcile/sweeps.js';
import { longestPollWaitMs } from '../domain/timing.js';
import { readEvidence, type EvidenceDependencies } from './evidence.js';
import { existingRecord } from './order-state.js';
import { retryLater } from './retry-later.js';

/**
 * Returns when the provider says something that is not on record; until then each answer is a benign failure. None names
 * a time: whoever polls has nothing urgent, and a wait for the quota or an outage must not replace the poll's own, longer one.
 * But where the sweep of the provider's list sees the order, nothing is asked, and the next look is as far off as one may be:
 * a page shows what five hundred reads would, and thousands of orders that wait cost the calls of a few pages.
 */
export async function pollPayment(deps: EvidenceDependencies, { orderId }: { orderId: string }): Promise<void> {
  if (await isLeftToSweep(deps.pool, orderId)) {
    throw retryLater('LeftToTheSweep', 'the provider’s list, read every minute, rings for it', longestPollWaitMs);
  }
  const record = await existingRecord(deps.pool, orderId);
  const evidence = await readEvidence(deps, record, { priority: 'poll' });
  if (evidence.kind === 'unavailable') throw retryLater('ProviderUnavailable', evidence.reason, null);
  await markProviderChecked(deps.pool, orderId);
  const news = [evidence.bound, ...evidence.children].some((view) => isNews(knownOf(record.payments, view), view));
  if (!news) throw retryLater('NothingNew', `the provider still says ${evidence.bound.status}`, null);
}
