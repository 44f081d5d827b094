import { storeProviderEvents, type StoredProviderEvent } from '../../db/money/ipn-inbox.js';
import type { NewProviderEvent } from '../../db/money/provider-events.js';
import { isOutage } from '../../db/query.js';
import type { AppDeps } from '../deps.js';
import { createMicroBatches } from '../http/micro-batches.js';
import { unavailable, type Problem } from '../http/problem.js';
import { refusedByQuota } from './ipn-quota.js';

type Deps = Pick<AppDeps, 'pool' | 'log' | 'metrics'>;
type Answers = readonly (StoredProviderEvent | Error)[];

// A run takes some milliseconds: a tenth of this has room for several seconds of the most that a process takes in.
const limits = { most: 64, mostWaiting: 1_000, patienceMs: 500 };

/** Stores authentic notifications, many in a statement, and answers each when it is committed. Throws 429 over quota. */
export function createIpnStore(deps: Deps): (event: NewProviderEvent) => Promise<StoredProviderEvent> {
  const refusal = () => unavailable('Too many notifications wait to be stored. Please repeat it.');
  return createMicroBatches((events) => storeAll(deps, events), { ...limits, refusal });
}

/** One that cannot be stored must not cost the others their place: what fails is tried again in halves. */
async function storeAll(deps: Deps, events: readonly NewProviderEvent[]): Promise<Answers> {
  try {
    return await storeWithinQuota(deps, events);
  } catch (failure) {
    if (events.length === 1 || isOutage(failure)) return events.map(() => failure as Error);
    const middle = Math.ceil(events.length / 2);
    const first = await storeAll(deps, events.slice(0, middle));
    return [...first, ...(await storeAll(deps, events.slice(middle)))];
  }
}

async function storeWithinQuota(deps: Deps, events: readonly NewProviderEvent[]): Promise<Answers> {
  const refusals = await refusedByQuota(deps, events);
  const stored = await storeProviderEvents(
    deps.pool,
    events.filter((event) => !refusals.has(event)),
  );
  const next = stored.values();
  return events.map((event): StoredProviderEvent | Problem => refusals.get(event) ?? next.next().value!);
}
