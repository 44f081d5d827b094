import { ipnsOfLastHour } from '../../db/money/ipn-keeping.js';
import type { AppDeps } from '../deps.js';
import { rateLimited } from '../http/problem.js';

const mostAnHour = 10_000; // some 2,500 orders
const mostBytes = 32 * 1024 * 1024;
const waitSeconds = 600;

/**
 * Whoever has a pair of their own can sign whatever they like: beyond this their notifications are not stored for a while.
 * Nothing is lost by it, since a notification is a doorbell: poll, sweep and reconcile find the money without. The
 * installation's own pair, null, has no quota.
 */
export async function refuseOverQuota({ pool, log, metrics }: AppDeps, accountId: string | null): Promise<void> {
  if (accountId === null) return;
  const { count, bytes } = await ipnsOfLastHour(pool, accountId, mostAnHour);
  if (count < mostAnHour && bytes < mostBytes) return;
  metrics.ipns.inc({ outcome: 'over_quota' });
  log.warn({ accountId, count, bytes }, 'an account brings more notifications than its quota');
  throw rateLimited('This account brought too many notifications in the last hour.', waitSeconds);
}
