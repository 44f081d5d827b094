import { day, isoAfter, minute, type Clocks } from '../../domain/timing.js';
import { beginDeepSweep, recordSweep, watchedLanes, type WatchedLane } from '../../db/reconcile/sweeps.js';
import type { SweptLane } from '../../workflows/messages.js';
import { accountOf, type AccountDependencies } from './account-of.js';
import { ringWhatChanged, type RingDependencies } from './ring-listed.js';

export interface SweepDependencies extends AccountDependencies, RingDependencies {}

const closedWithinMs = 120 * minute;
// Paid orders are read again by one deep sweep an hour, not by a read each.
const deepEveryMs = 60 * minute;
const marginMs = 2 * minute; // the provider's clock is not ours
const mostPages = 1_000;

/** The lanes with open or just closed orders whose login is known. An order older than a day is left to its own poll. */
export async function lanesToSweep(
  deps: SweepDependencies,
  { clocks }: { clocks: Clocks },
): Promise<readonly WatchedLane[]> {
  const lookBackMs = Math.max(day, 2 * clocks.payWindowMs);
  const lanes = await watchedLanes(deps.pool, { lookBackMs, closedWithinMs });
  const withLogin = await Promise.all(
    lanes.map(async (lane) => ((await accountOf(deps, lane))?.hasLogin ? [lane] : [])),
  );
  return withLogin.flat().map((lane) => ({ ...lane, lateWatchMs: clocks.lateWatchMs }));
}

/**
 * Reads the provider's list from the oldest order on, page by page, and rings the workflow of each order of which it says
 * more than is on record. Once an hour it begins with the oldest order that closed within the late watch, paid ones too: what
 * was sent back or paid once more is found so, though its IPN was lost. The list is no evidence: the workflow reads for itself. A list that cannot be had ends the sweep; the
 * next one begins anew.
 */
export async function sweepLane(deps: SweepDependencies, lane: WatchedLane): Promise<SweptLane> {
  const found = await accountOf(deps, lane);
  const { mode, keyLabel } = lane;
  const sweptAt = await deps.now(deps.pool);
  let swept = { mode, keyLabel, pages: 0, listed: 0, rung: 0, failed: 0 };
  if (!found) return { ...swept, problem: 'no credentials' };
  const { lateWatchMs = 0 } = lane;
  const deepFrom = await beginDeepSweep(deps.pool, lane, { everyMs: deepEveryMs, lateWatchMs });
  const isDeep = deepFrom !== null && deepFrom < lane.createdFrom;
  const sweptFrom = isoAfter(isDeep ? deepFrom : lane.createdFrom, -marginMs);
  while (swept.pages < mostPages) {
    const page = await deps.gateway.list(found.account, { createdFrom: sweptFrom, number: swept.pages });
    if (page.kind === 'account') deps.alarms.raise('provider_account_refused', { keyLabel, message: page.message });
    if (page.kind !== 'page') return { ...swept, problem: page.message };
    const { rung, failed } = await ringWhatChanged(deps, lane, page.payments);
    swept = {
      ...swept,
      pages: swept.pages + 1,
      listed: swept.listed + page.payments.length,
      rung: swept.rung + rung,
      failed: swept.failed + failed,
    };
    if (!page.isLast) continue;
    await recordSweep(deps.pool, { ...swept, sweptFrom, sweptAt, isDeep: deepFrom !== null });
    return { ...swept, problem: null };
  }
  return { ...swept, problem: `the list did not end after ${mostPages} pages` };
}
