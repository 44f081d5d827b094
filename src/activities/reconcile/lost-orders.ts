import { claimsCoins } from '../../domain/facts/orphan-notice.js';
import { isOrderId } from '../../domain/ids.js';
import { unknownPayments } from '../../db/money/payments.js';
import { sweptLanes, type SweptPair } from '../../db/reconcile/sweeps.js';
import { hasCaseWithoutOrder, openOrphanCase } from '../../db/support/orphan-cases.js';
import type { ProviderPayment } from '../../gateway/wire.js';
import { retryLater } from '../retry-later.js';
import { repairRows, type Found, type Repairing } from './repair-rows.js';
import { accountOf, type AccountDependencies } from './account-of.js';

interface LostOrderPage {
  readonly cursor: string | null;
  readonly dryRun: boolean;
  readonly lostSince: string; // ISO time: of the backup that was restored
}

/**
 * Opens a case for each payment with coins whose order a restore has lost: the provider lists it with an order id of ours, and
 * there is no such order. Only on a person's word, who knows that a restore was: another installation that mints by the same
 * pair has such payments too, and they are none of ours.
 */
export async function lostOrders(
  deps: AccountDependencies,
  { cursor, dryRun, lostSince }: LostOrderPage,
  repairing: Repairing,
): Promise<Found> {
  const [laneNumber, pageNumber] = placeOf(cursor);
  const lanes = await sweptLanes(deps.pool);
  const lane = lanes[laneNumber];
  if (!lane) return { examined: 0, repaired: 0, failures: [], next: null };
  const nextLane = laneNumber + 1 < lanes.length ? `${laneNumber + 1}:0` : null;
  const found = await accountOf(deps, lane);
  if (!found?.hasLogin) {
    const message = `${lane.mode} ${lane.keyLabel}: its list cannot be had without a login`;
    return { examined: 0, repaired: 0, failures: [{ kind: repairing.kind, id: null, message }], next: nextLane };
  }
  const page = await deps.gateway.list(found.account, { createdFrom: lostSince, number: pageNumber });
  if (page.kind !== 'page') throw retryLater('ProviderUnavailable', page.message, null);
  const lost = await withoutOrder(deps, lane, page.payments);
  const repaired = await repairRows(
    lost.map((payment) => ({ id: payment.paymentId, payment })),
    ({ payment }) => openLostCase(deps, { lane, payment, dryRun }),
    repairing,
  );
  return { ...repaired, next: page.isLast ? nextLane : `${laneNumber}:${pageNumber + 1}` };
}

function placeOf(cursor: string | null): [lane: number, page: number] {
  const [lane, page] = (cursor ?? '0:0').split(':');
  return [Number(lane), Number(page)];
}

async function withoutOrder(
  { pool }: AccountDependencies,
  { mode }: SweptPair,
  payments: readonly ProviderPayment[],
): Promise<ProviderPayment[]> {
  const ours = payments.filter(({ orderId }) => orderId !== null && isOrderId(orderId)).filter(claimsCoins);
  const named = ours.map(({ paymentId, orderId }) => ({ paymentId, orderId: orderId ?? '' }));
  const unknown = new Set(await unknownPayments(pool, mode, named));
  return ours.filter(({ paymentId }) => unknown.has(paymentId));
}

/** Whether there is a new case. */
async function openLostCase(
  { pool, now, alarms }: AccountDependencies,
  { lane, payment, dryRun }: { lane: SweptPair; payment: ProviderPayment; dryRun: boolean },
): Promise<boolean> {
  const { paymentId, orderId } = payment;
  if (dryRun || (await hasCaseWithoutOrder(pool, paymentId))) return false;
  const told = {
    source: 'reconcile',
    detail: 'the provider lists it, and there is no such order: a restored database has lost it',
  };
  const { accountId, mode } = lane;
  const isNew = await openOrphanCase(pool, { ...payment, accountId, mode }, told, await now(pool));
  if (isNew) alarms.raise('orphan_payment', { paymentId, orderId });
  return isNew;
}
