import { ApplicationFailure } from '@temporalio/common';
import { assert, assertNever } from '../../domain/invariant.js';
import { runEnded } from '../../domain/reconcile.js';
import type { Clocks } from '../../domain/timing.js';
import { layAside, makeUntimedDue } from '../../db/deliveries/deliveries.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { unpublishedEvents } from '../../db/deliveries/outgoing-events.js';
import { makeForgottenDue } from '../../db/money/relay-queue.js';
import type { Pool } from '../../db/pool.js';
import * as differences from '../../db/reconcile/differences.js';
import { countInRun, renewRun } from '../../db/reconcile/reconcile-runs.js';
import type { QueueNames, ReconcileStep } from '../../workflows/messages.js';
import type { AccountDependencies } from './account-of.js';
import { escalateOnce, type EscalateDependencies } from './escalate-case.js';
import { lostOrders } from './lost-orders.js';
import { lostRuns, type LostRunDependencies } from './lost-runs.js';
import { readAgain, type ReadDependencies } from './read-again.js';
import { relayFacts, type RelayDependencies } from './relay-facts.js';
import { pageSize, repairRows, type Found, type Repairing } from './repair-rows.js';

export type ReconcileDependencies = ReadDependencies & EscalateDependencies & LostRunDependencies & AccountDependencies;

export interface PageInput {
  readonly runId: string;
  readonly kind: ReconcileStep;
  readonly cursor: string | null;
  readonly dryRun: boolean;
  readonly clocks: Clocks;
  readonly queues: QueueNames;
  readonly lostSince?: string | undefined; // of `lost_orders`, which is looked for only where somebody names it
}

const renewEvery = 10; // rows

/**
 * Examines one page of one kind of difference and repairs by handing over facts. Answers the next page's cursor. A run that
 * is no longer the one under way stops here.
 */
export async function reconcilePage(
  deps: ReconcileDependencies,
  input: PageInput,
  beat: () => void,
): Promise<string | null> {
  const { kind, runId } = input;
  let rows = 0;
  const renew = async () => {
    if (await renewRun(deps.pool, runId)) return;
    throw ApplicationFailure.nonRetryable(`reconcile run ${runId} has ended`, runEnded);
  };
  const progress = async () => {
    beat();
    rows += 1;
    if (rows % renewEvery === 0) await renew();
  };
  await renew();
  const found = await examine(deps, input, { kind, onRowFailure: deps.onRowFailure, progress });
  await countInRun(deps.pool, runId, { kind, ...found });
  return found.next;
}

async function examine(deps: ReconcileDependencies, input: PageInput, repairing: Repairing): Promise<Found> {
  const { pool } = deps;
  const page = { after: input.cursor, limit: pageSize };
  const eachOf = <Row extends { id: string }>(rows: readonly Row[], repair: (row: Row) => Promise<boolean>) =>
    repairRows(rows, repair, repairing);
  switch (input.kind) {
    case 'unstarted_orders':
      return eachOf(await differences.unstartedOrders(pool, page), (order) => restart(deps, input, order));
    case 'overdue_orders':
      return eachOf(await differences.overdueOrders(pool, page), (order) => restart(deps, input, order));
    case 'lost_runs':
      return lostRuns(deps, input, repairing);
    case 'unrelayed_facts':
      return relayPage(deps, input, repairing);
    case 'open_orders':
      return eachOf(await differences.openOrdersToRead(pool, page), (order) => readAgain(deps, input, order));
    case 'late_money':
      return lateMoney(deps, input, repairing);
    case 'unpublished_events': {
      const events = await unpublishedEvents(pool, 30_000, pageSize);
      if (!input.dryRun && events.length > 0) await deps.publish(events.map((event) => event.id));
      return { examined: events.length, repaired: input.dryRun ? 0 : events.length, failures: [], next: null };
    }
    case 'stranded_deliveries': {
      const endpoints = await differences.endpointsOutOfStep(pool);
      return { ...(await eachOf(endpoints, (endpoint) => intoStep(pool, input, endpoint))), next: null };
    }
    case 'old_cases':
      return eachOf(await differences.overdueCases(pool, page), async (overdue) => {
        return !input.dryRun && (await escalateOnce(deps, overdue.id));
      });
    case 'lost_orders': {
      const { lostSince } = input;
      assert(lostSince !== undefined, 'lost orders are looked for since when somebody says');
      return lostOrders(deps, { ...input, lostSince }, repairing);
    }
    default:
      return assertNever(input.kind);
  }
}

/** Here a page is a stretch of closed orders, of which few or none may be due. */
async function lateMoney(deps: ReadDependencies, input: PageInput, repairing: Repairing): Promise<Found> {
  const page = { after: input.cursor, limit: pageSize };
  const { orders, next } = await differences.closedOrdersToRead(deps.pool, page, input.clocks.lateWatchMs);
  return { ...(await repairRows(orders, (order) => readAgain(deps, input, order), repairing)), next };
}

/** What is claimed is not due again, so the next page needs no cursor of its own. */
async function relayPage(
  deps: RelayDependencies,
  { cursor, dryRun }: PageInput,
  { kind, progress }: Repairing,
): Promise<Found> {
  if (cursor === null && !dryRun) await makeForgottenDue(deps.pool);
  const { examined, relayed, failed, isMore } = await relayFacts(deps, { limit: pageSize, dryRun }, progress);
  const failure = { kind, id: null, message: 'not handed over; each row says why in relay_error' };
  return {
    examined,
    repaired: relayed,
    failures: Array<typeof failure>(failed).fill(failure),
    next: isMore ? 'more' : null,
  };
}

/** Deliveries that nobody works on: dead if their endpoint is disabled, waiting if it is paused, else due. */
async function intoStep(
  pool: Pool,
  { dryRun }: PageInput,
  { id, inService }: { id: string; inService: boolean },
): Promise<boolean> {
  if (dryRun) return false;
  if (inService) await makeUntimedDue(pool, id);
  else await layAside(pool, id);
  return true;
}

async function restart(
  { start }: Pick<ReconcileDependencies, 'start'>,
  { dryRun }: PageInput,
  order: OrderRow,
): Promise<boolean> {
  if (!dryRun) await start(order);
  return !dryRun;
}
