import { createHash } from 'node:crypto';
import { isWorthReading, nextRing } from '../../domain/payments/listed.js';
import { knownOf } from '../../domain/payments/deposits.js';
import { day, isoAfter, minute, type Clocks } from '../../domain/timing.js';
import { paymentsOf } from '../../db/money/payments.js';
import { findOrder } from '../../db/orders/orders.js';
import {
  ordersOnPage,
  recordRing,
  recordSweep,
  rungOf,
  watchedLanes,
  type ListedOrder,
  type WatchedLane,
} from '../../db/reconcile/sweeps.js';
import type { ProviderPayment } from '../../gateway/wire.js';
import type { SweptLane } from '../../workflows/messages.js';
import type { OrderDependencies } from '../dependencies.js';
import type { RelayDependencies } from './relay-facts.js';

export interface SweepDependencies
  extends
    Pick<OrderDependencies, 'pool' | 'gateway' | 'providerAccount' | 'alarms' | 'now'>,
    Pick<RelayDependencies, 'handOver'> {}

const closedWithinMs = 120 * minute;
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
  return withLogin.flat();
}

/**
 * Reads the provider's list from the oldest order on, page by page, and rings the workflow of each order of which it says
 * more than is on record. The list is no evidence: the workflow reads for itself. A list that cannot be had ends the sweep; the
 * next one begins anew.
 */
export async function sweepLane(deps: SweepDependencies, lane: WatchedLane): Promise<SweptLane> {
  const found = await accountOf(deps, lane);
  const { mode, keyLabel } = lane;
  const sweptFrom = isoAfter(lane.createdFrom, -marginMs);
  const sweptAt = await deps.now(deps.pool);
  let swept = { mode, keyLabel, pages: 0, listed: 0, rung: 0, failed: 0 };
  if (!found) return { ...swept, problem: 'no credentials' };
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
    await recordSweep(deps.pool, { ...swept, sweptFrom, sweptAt });
    return { ...swept, problem: null };
  }
  return { ...swept, problem: `the list did not end after ${mostPages} pages` };
}

async function accountOf({ pool, providerAccount }: SweepDependencies, lane: WatchedLane) {
  const order = await findOrder(pool, lane.orderId);
  const account = order && (await providerAccount(order));
  if (account?.keyLabel !== lane.keyLabel) return null;
  return { account, hasLogin: Boolean(account.email && account.password) };
}

async function ringWhatChanged(deps: SweepDependencies, lane: WatchedLane, payments: readonly ProviderPayment[]) {
  const changed = await changedOrders(deps, lane, payments);
  const rungBefore = await rungOf(deps.pool, [...changed.keys()]);
  let rung = 0;
  let failed = 0;
  for (const [orderId, views] of changed) {
    const content = contentOf(views);
    const rungAt = await deps.now(deps.pool);
    const times = nextRing(
      rungBefore.find((row) => row.orderId === orderId),
      content,
      rungAt,
    );
    if (times === null) continue;
    // Noted first: a hand-over that fails is tried again as one that came to nothing, and holds up no other order.
    await recordRing(deps.pool, { orderId, content, times, rungAt });
    const done = await ring(deps, orderId, `sweep:${content}:${rungAt}`).catch(() => false);
    if (done) rung += 1;
    else failed += 1;
  }
  return { rung, failed };
}

/** What the list says of each order on the page that is worth a read. */
async function changedOrders(
  { pool }: SweepDependencies,
  lane: WatchedLane,
  payments: readonly ProviderPayment[],
): Promise<Map<string, ProviderPayment[]>> {
  const orders = await ordersOnPage(pool, lane, {
    paymentIds: payments.flatMap((view) => [view.paymentId, ...(view.parentPaymentId ? [view.parentPaymentId] : [])]),
    orderIds: payments.flatMap((view) => (view.orderId ? [view.orderId] : [])),
  });
  const orderFor = finderOf(orders);
  const known = new Map<string, Awaited<ReturnType<typeof paymentsOf>>>();
  for (const payment of await paymentsOf(
    pool,
    orders.map(({ id }) => id),
  )) {
    const { orderId } = payment;
    if (orderId !== null) known.set(orderId, [...(known.get(orderId) ?? []), payment]);
  }
  const changed = new Map<string, ProviderPayment[]>();
  for (const view of payments) {
    const order = orderFor(view);
    if (!order || !isWorthReading(order.status, knownOf(known.get(order.id) ?? [], view), view)) continue;
    changed.set(order.id, [...(changed.get(order.id) ?? []), view]);
  }
  return changed;
}

function finderOf(orders: readonly ListedOrder[]) {
  const byPayment = new Map(orders.map((order) => [order.paymentId, order]));
  const byId = new Map(orders.map((order) => [order.id, order]));
  return (view: ProviderPayment): ListedOrder | undefined =>
    byPayment.get(view.paymentId) ??
    (view.parentPaymentId === null ? undefined : byPayment.get(view.parentPaymentId)) ??
    (view.orderId === null ? undefined : byId.get(view.orderId));
}

/** The same as long as the list says the same of the order. */
function contentOf(views: readonly ProviderPayment[]): string {
  const words = views.map((view) => `${view.paymentId}:${view.status}:${view.actuallyPaid ?? ''}`).sort();
  if (words.length === 1 && words[0]) return words[0];
  return createHash('sha256').update(words.join(',')).digest('hex').slice(0, 24);
}

async function ring({ pool, handOver }: SweepDependencies, orderId: string, id: string): Promise<boolean> {
  const order = await findOrder(pool, orderId);
  if (!order) return false;
  await handOver(order, { kind: 'reconcile', id });
  return true;
}
