import { ipnsOfLastHour, type StoredLately } from '../../db/money/ipn-keeping.js';
import type { NewProviderEvent } from '../../db/money/provider-events.js';
import type { AppDeps } from '../deps.js';
import { rateLimited, type Problem } from '../http/problem.js';

const mostAnHour = 10_000; // some 2,500 orders
const mostBytes = 32 * 1024 * 1024;
const waitSeconds = 600;

type Brought = Pick<NewProviderEvent, 'accountId' | 'fingerprint'> & { readonly raw: { readonly length: number } };

/**
 * Whoever has a pair of their own can sign whatever they like: beyond this their notifications are not stored for a while.
 * Nothing is lost by it, since a notification is a doorbell: poll, sweep and reconcile find the money without. The
 * installation's own pair, null, has no quota. Answers which of these are refused, and how.
 */
export async function refusedByQuota(
  { pool, log, metrics }: Pick<AppDeps, 'pool' | 'log' | 'metrics'>,
  events: readonly NewProviderEvent[],
): Promise<ReadonlyMap<NewProviderEvent, Problem>> {
  const accountIds = new Set(events.flatMap(({ accountId }) => accountId ?? []));
  if (accountIds.size === 0) return new Map();
  const refused = overQuota(events, await ipnsOfLastHour(pool, [...accountIds], mostAnHour));
  for (const { accountId } of refused) {
    metrics.ipns.inc({ outcome: 'over_quota' });
    log.warn({ accountId }, 'an account brings more notifications than its quota');
  }
  const refusal = () => rateLimited('This account brought too many notifications in the last hour.', waitSeconds);
  return new Map(refused.map((event) => [event, refusal()]));
}

/** Which find no room any more beside what their account brought before; a repeat takes none. */
export function overQuota<Event extends Brought>(
  events: readonly Event[],
  lately: readonly StoredLately[],
): readonly Event[] {
  const used = new Map(lately.map((each) => [each.accountId, { ...each, fingerprints: new Set<string>() }]));
  return events.filter(({ accountId, fingerprint, raw }) => {
    const mine = accountId === null ? undefined : used.get(accountId);
    if (!mine) return false;
    if (mine.count >= mostAnHour || mine.bytes >= mostBytes) return true;
    if (mine.fingerprints.has(fingerprint)) return false;
    mine.fingerprints.add(fingerprint);
    mine.count += 1;
    mine.bytes += raw.length;
    return false;
  });
}
