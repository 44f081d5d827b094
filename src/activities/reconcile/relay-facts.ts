import { isHeld, nextLook, type PresentRun, type RelayEnd } from '../../domain/facts/relay.js';
import type { HandedFact } from '../../domain/facts/fact.js';
import {
  claimDueFacts,
  countDueFacts,
  markRelayed,
  postponeRelay,
  quarantineFact,
  type DueFact,
} from '../../db/money/relay-queue.js';
import { findOrder, type OrderRow } from '../../db/orders/orders.js';
import type { Pool } from '../../db/pool.js';
import { isOutage } from '../../db/query.js';
import type { Alarms } from '../dependencies.js';

export interface RelayDependencies {
  readonly pool: Pool;
  readonly alarms: Alarms;
  readonly handOver: (order: OrderRow, fact: HandedFact) => Promise<void>;
  readonly presentRun: (orderId: string) => Promise<PresentRun | null>;
  /** Whether Temporal could not be asked at all, as against a refusal of this row. */
  readonly isAway: (failure: unknown) => boolean;
  /** One row of many failed: the others go on, and somebody should read why. */
  readonly onRowFailure: (failure: unknown, row: { readonly kind: string; readonly id: string }) => void;
}

export interface Relayed {
  readonly examined: number;
  readonly relayed: number;
  readonly failed: number;
  readonly isMore: boolean; // more may be due at this moment
}

const atOnce = 20;

/**
 * Hands over inbox rows that nobody handed over (the API died after its commit), or whose workflow is gone. Called by every
 * worker's loop and by reconcile: a row is claimed by one of them, and the fact id is the row's id, so handing over twice
 * changes nothing. A row that fails waits by itself; when nobody can be asked at all, the rest stays unclaimed.
 */
export async function relayFacts(
  deps: RelayDependencies,
  { limit, dryRun = false }: { limit: number; dryRun?: boolean },
  progress: () => Promise<void> = async () => {},
): Promise<Relayed> {
  if (dryRun) return { examined: await countDueFacts(deps.pool), relayed: 0, failed: 0, isMore: false };
  const ends: RelayEnd[] = [];
  let isMore = true;
  while (isMore && ends.length < limit) {
    const rows = await claimDueFacts(deps.pool, Math.min(atOnce, limit - ends.length));
    const batch = await Promise.all(rows.map((row) => relayOne(deps, row)));
    ends.push(...batch);
    isMore = rows.length === atOnce && batch.some((end) => end !== 'away');
    await progress();
  }
  const count = (wanted: RelayEnd[]) => ends.filter((end) => wanted.includes(end)).length;
  return { examined: ends.length, relayed: count(['handed over']), failed: count(['refused', 'away']), isMore };
}

/** Deals with one claimed row; never throws, so that no row is in another's way. */
async function relayOne(deps: RelayDependencies, row: DueFact): Promise<RelayEnd> {
  try {
    const end = await ringOrLeave(deps, row);
    await record(deps, row, { end, error: null });
    return end;
  } catch (failure) {
    deps.onRowFailure(failure, { kind: 'unrelayed_facts', id: row.id });
    const end = deps.isAway(failure) || isOutage(failure) ? 'away' : 'refused';
    const error = String(failure).slice(0, 500);
    await record(deps, row, { end, error }).catch((lost: unknown) => {
      deps.onRowFailure(lost, { kind: 'unrelayed_facts', id: row.id }); // its lease ends by itself
    });
    return end;
  }
}

async function ringOrLeave(deps: RelayDependencies, row: DueFact): Promise<'handed over' | 'left alone'> {
  const order = await findOrder(deps.pool, row.orderId);
  if (!order) throw new Error(`invariant broken: order ${row.orderId} of an inbox row is gone`);
  if (row.relayedAt !== null && isHeld(await deps.presentRun(order.id), row.relayedAt)) return 'left alone';
  await deps.handOver(order, { kind: 'ipn', id: row.id });
  return 'handed over';
}

async function record(
  { pool, alarms }: RelayDependencies,
  row: DueFact,
  { end, error }: { end: RelayEnd; error: string | null },
): Promise<void> {
  const next = nextLook(row, end);
  if (next.kind === 'set aside') {
    const { id, orderId, attempts } = row;
    if (await quarantineFact(pool, id, error))
      alarms.raise('fact_set_aside', { eventId: id, orderId, attempts, error });
    return;
  }
  if (end === 'handed over') await markRelayed(pool, [{ id: row.id, agoMs: 0, lookAgainMs: next.waitMs }]);
  else await postponeRelay(pool, row.id, { waitMs: next.waitMs, error });
}
