import { createHash } from 'node:crypto';
import type { ReconcileFact } from '../../domain/facts/fact.js';
import { isDepositRole, knownOf } from '../../domain/payments/deposits.js';
import { isWorthReading, nextRing, wordOf } from '../../domain/payments/listed.js';
import { paymentsOf, type PaymentRow } from '../../db/money/payments.js';
import { findOrder } from '../../db/orders/orders.js';
import { ordersOnPage, recordRing, rungOf, type ListedOrder, type WatchedLane } from '../../db/reconcile/sweeps.js';
import type { ProviderPayment } from '../../gateway/wire.js';
import type { OrderDependencies } from '../dependencies.js';
import type { RelayDependencies } from './relay-facts.js';

export interface RingDependencies
  extends Pick<OrderDependencies, 'pool' | 'now'>, Pick<RelayDependencies, 'handOver'> {}

type Lane = Pick<WatchedLane, 'mode' | 'keyLabel'>;

/** What the list says of an order that is worth a read. */
interface Changed {
  readonly views: ProviderPayment[];
  readonly strangers: ReadonlySet<string>; // of them those that are none of its deposits, as far as we know
}

/** Rings the workflow of each order of which the page of the list says more than is on record. */
export async function ringWhatChanged(deps: RingDependencies, lane: Lane, payments: readonly ProviderPayment[]) {
  const changed = await changedOrders(deps, lane, payments);
  const rungBefore = await rungOf(deps.pool, [...changed.keys()]);
  let rung = 0;
  let failed = 0;
  for (const [orderId, said] of changed) {
    const content = contentOf(said.views);
    const rungAt = await deps.now(deps.pool);
    const times = nextRing(
      rungBefore.find((row) => row.orderId === orderId),
      content,
      rungAt,
    );
    if (times === null) continue;
    // Noted first: a hand-over that fails is tried again as one that came to nothing, and holds up no other order.
    await recordRing(deps.pool, { orderId, content, times, rungAt });
    const done = await ring(deps, orderId, factsOf(said, rungAt)).catch(() => false);
    if (done) rung += 1;
    else failed += 1;
  }
  return { rung, failed };
}

async function changedOrders(
  { pool }: RingDependencies,
  lane: Lane,
  payments: readonly ProviderPayment[],
): Promise<Map<string, Changed>> {
  const orders = await ordersOnPage(pool, lane, {
    paymentIds: payments.flatMap((view) => [view.paymentId, ...(view.parentPaymentId ? [view.parentPaymentId] : [])]),
    orderIds: payments.flatMap((view) => (view.orderId ? [view.orderId] : [])),
  });
  const orderFor = finderOf(orders);
  const known = new Map<string, PaymentRow[]>();
  for (const payment of await paymentsOf(
    pool,
    orders.map(({ id }) => id),
  )) {
    const { orderId } = payment;
    if (orderId !== null) known.set(orderId, [...(known.get(orderId) ?? []), payment]);
  }
  const changed = new Map<string, { views: ProviderPayment[]; strangers: Set<string> }>();
  for (const view of payments) {
    const order = orderFor(view);
    const before = order && knownOf(known.get(order.id) ?? [], view);
    if (!order || !isWorthReading(order.status, before, view)) continue;
    const said = changed.get(order.id) ?? { views: [], strangers: new Set<string>() };
    said.views.push(view);
    if (isStranger(order, before, view)) said.strangers.add(view.paymentId);
    changed.set(order.id, said);
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

function isStranger({ paymentId }: ListedOrder, before: PaymentRow | undefined, view: ProviderPayment): boolean {
  if (before) return !isDepositRole(before.role);
  return view.paymentId !== paymentId && view.parentPaymentId !== paymentId;
}

/** One fact for the order's deposits, which are read together, and one for each stranger. */
function factsOf({ views, strangers }: Changed, rungAt: string): ReconcileFact[] {
  const deposits = views.filter(({ paymentId }) => !strangers.has(paymentId));
  const alone = views.filter(({ paymentId }) => strangers.has(paymentId));
  const idOf = (said: readonly ProviderPayment[]) => `sweep:${contentOf(said)}:${rungAt}`;
  return [
    ...(deposits.length > 0 ? [{ kind: 'reconcile', id: idOf(deposits) } as const] : []),
    ...alone.map((view) => ({ kind: 'reconcile', id: idOf([view]), paymentId: view.paymentId }) as const),
  ];
}

/** The same as long as the list says the same of the order. */
function contentOf(views: readonly ProviderPayment[]): string {
  const words = views.map(wordOf).sort();
  if (words.length === 1 && words[0]) return words[0];
  return createHash('sha256').update(words.join(',')).digest('hex').slice(0, 24);
}

async function ring(
  { pool, handOver }: RingDependencies,
  orderId: string,
  facts: readonly ReconcileFact[],
): Promise<boolean> {
  const order = await findOrder(pool, orderId);
  if (!order) return false;
  for (const fact of facts) await handOver(order, fact);
  return true;
}
