import { assertNever } from '../../domain/invariant.js';
import { isLate, isNews, knownOf } from '../../domain/payments/deposits.js';
import type { Clocks } from '../../domain/timing.js';
import { layAside, makeUntimedDue } from '../../db/deliveries/deliveries.js';
import { markProviderChecked } from '../../db/orders/order-changes.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { unpublishedEvents } from '../../db/deliveries/outgoing-events.js';
import { paymentsOf } from '../../db/money/payments.js';
import type { Pool } from '../../db/pool.js';
import * as differences from '../../db/reconcile/differences.js';
import { countInRun } from '../../db/reconcile/reconcile-runs.js';
import type { QueueNames, ReconcileStep } from '../../workflows/messages.js';
import type { OrderDependencies } from '../dependencies.js';
import { escalateOnce, type EscalateDependencies } from './escalate-case.js';
import { readEvidence, type EvidenceDependencies } from '../evidence.js';
import { relayFacts, type RelayDependencies } from './relay-facts.js';

interface ReadDependencies extends RelayDependencies, EvidenceDependencies {
  readonly now: OrderDependencies['now'];
}

export interface ReconcileDependencies extends ReadDependencies, EscalateDependencies {
  readonly start: (order: OrderRow) => Promise<void>;
}

export interface PageInput {
  readonly runId: string;
  readonly kind: ReconcileStep;
  readonly cursor: string | null;
  readonly dryRun: boolean;
  readonly clocks: Clocks;
  readonly queues: QueueNames;
}

interface Found {
  readonly examined: number;
  readonly repaired: number;
  readonly next: string | null;
}

const pageSize = 100;

/** Examines one page of one kind of difference and repairs by handing over facts. Answers the next page's cursor. */
export async function reconcilePage(
  deps: ReconcileDependencies,
  input: PageInput,
  progress: () => void,
): Promise<string | null> {
  const found = await examine(deps, input, progress);
  await countInRun(deps.pool, input.runId, { kind: input.kind, examined: found.examined, repaired: found.repaired });
  return found.next;
}

async function examine(deps: ReconcileDependencies, input: PageInput, progress: () => void): Promise<Found> {
  const { pool } = deps;
  const page = { after: input.cursor, limit: pageSize };
  const eachOf = <Row extends { id: string }>(rows: readonly Row[], repair: (row: Row) => Promise<boolean>) =>
    repairEach(rows, repair, progress);
  switch (input.kind) {
    case 'unstarted_orders':
      return eachOf(await differences.unstartedOrders(pool, page), (order) => restart(deps, input, order));
    case 'overdue_orders':
      return eachOf(await differences.overdueOrders(pool, page), (order) => restart(deps, input, order));
    case 'unrelayed_facts': {
      const { examined, relayed, isMore } = await relayFacts(deps, { limit: pageSize, dryRun: input.dryRun }, progress);
      return { examined, repaired: relayed, next: isMore ? 'more' : null }; // what was claimed is not due again
    }
    case 'open_orders':
      return eachOf(await differences.openOrdersToRead(pool, page), (order) => readAgain(deps, input, order));
    case 'late_money':
      return eachOf(await differences.closedOrdersToRead(pool, page, input.clocks.lateWatchMs), (order) =>
        readAgain(deps, input, order),
      );
    case 'unpublished_events': {
      const events = await unpublishedEvents(pool, 30_000, pageSize);
      if (!input.dryRun && events.length > 0) await deps.publish(events.map((event) => event.id));
      return { examined: events.length, repaired: input.dryRun ? 0 : events.length, next: null };
    }
    case 'stranded_deliveries':
      return { ...(await intoStep(pool, input)), next: null };
    case 'old_cases':
      return eachOf(await differences.overdueCases(pool, page), async (overdue) => {
        return !input.dryRun && (await escalateOnce(deps, overdue.id));
      });
    default:
      return assertNever(input.kind);
  }
}

async function repairEach<Row extends { id: string }>(
  rows: readonly Row[],
  repair: (row: Row) => Promise<boolean>,
  progress: () => void,
): Promise<Found> {
  let repaired = 0;
  for (const row of rows) {
    if (await repair(row)) repaired += 1;
    progress();
  }
  return { examined: rows.length, repaired, next: rows.length < pageSize ? null : (rows.at(-1)?.id ?? null) };
}

/** Deliveries that nobody works on: dead if their endpoint is disabled, waiting if it is paused, else due. */
async function intoStep(pool: Pool, { dryRun }: PageInput): Promise<Omit<Found, 'next'>> {
  const endpoints = await differences.endpointsOutOfStep(pool);
  if (dryRun) return { examined: endpoints.length, repaired: 0 };
  for (const { id, inService } of endpoints) {
    if (inService) await makeUntimedDue(pool, id);
    else await layAside(pool, id);
  }
  return { examined: endpoints.length, repaired: endpoints.length };
}

async function restart(
  { start }: Pick<ReconcileDependencies, 'start'>,
  { dryRun }: PageInput,
  order: OrderRow,
): Promise<boolean> {
  if (!dryRun) await start(order);
  return !dryRun;
}

/** Reads the provider; what it knows and we do not becomes a fact for the order's workflow. */
async function readAgain(deps: ReadDependencies, input: PageInput, order: OrderRow): Promise<boolean> {
  const known = await paymentsOf(deps.pool, [order.id]);
  const evidence = await readEvidence(deps, order, known, { priority: 'reconcile' });
  if (evidence.kind === 'unavailable') return false;
  await markProviderChecked(deps.pool, order.id, await deps.now(deps.pool));
  const views = [evidence.bound, ...evidence.children];
  const news = views.filter((view) =>
    order.closedAt === null ? isNews(knownOf(known, view), view) : isLate(order.status, knownOf(known, view), view),
  );
  if (news.length === 0 || input.dryRun) return false;
  const seen = news.map((view) => `${view.paymentId}:${view.status}:${view.actuallyPaid ?? ''}`).join(',');
  await deps.handOver(order, { kind: 'reconcile', id: `reconcile:${seen}` });
  return true;
}
