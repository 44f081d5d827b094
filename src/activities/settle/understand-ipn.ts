import { isNews, knownOf } from '../../domain/payments/deposits.js';
import {
  isUsableUnread,
  nothingNew,
  readMeaning,
  strangerMeaning,
  unreadMeaning,
  type Meaning,
} from '../../domain/facts/meaning.js';
import { isAheadOf, mostTelling, type PaymentView } from '../../domain/payments/payment-view.js';
import { findProviderEvents, type ProviderEventRow } from '../../db/money/provider-events.js';
import { parseNotice, readObject, type ProviderPayment } from '../../gateway/wire.js';
import { readEvidence, unreadFailure } from '../evidence.js';
import { retryLater } from '../retry-later.js';
import type { Understanding } from './understanding.js';

// An IPN may be ahead of the provider's own read: asked again after these waits, then the poll goes on.
const rereadAfterMs = [2_000, 5_000, 15_000];

export interface UnderstoodIpns {
  readonly meaning: Meaning;
  readonly covers: readonly string[]; // ids of the other IPNs that it answers
}

/**
 * An IPN only says that something happened: it makes us read the payment, and the read is believed. So one reading answers
 * all IPNs of the same payment that wait; where the provider cannot be read, the one that says most speaks for them.
 */
export async function understandIpns(
  understanding: Understanding,
  id: string,
  also: readonly string[],
): Promise<UnderstoodIpns> {
  const rows = await findProviderEvents(understanding.deps.pool, [id, ...also]);
  const first = rows.find((row) => row.id === id);
  if (!first) throw new Error(`provider event ${id} is not in the inbox`);
  const same = rows.filter((row) => row.id === id || (row.paymentId !== null && row.paymentId === first.paymentId));
  const meaning = await understandIpn(understanding, mostTelling(same));
  return { meaning, covers: same.flatMap((row) => (row.id === id ? [] : row.id)) };
}

async function understandIpn(understanding: Understanding, row: ProviderEventRow): Promise<Meaning> {
  const { order } = understanding;
  const object = readObject(row.raw.toString('utf8'));
  const parsed = object === null ? null : parseNotice(object);
  if (parsed?.kind !== 'payment') return nothingNew('ipn', 'the IPN carries no payment');
  const ipn = parsed.payment;
  if (order.payAddress === null || !belongs(ipn, order.paymentId)) return understandStranger(understanding, ipn);
  return understandOwn(understanding, row, ipn);
}

function belongs(ipn: PaymentView, boundId: string | null): boolean {
  return ipn.paymentId === boundId || ipn.parentPaymentId === boundId;
}

async function understandOwn(understanding: Understanding, row: ProviderEventRow, ipn: PaymentView): Promise<Meaning> {
  const { deps, order, known, situation, attempt } = understanding;
  const isChild = ipn.paymentId !== order.paymentId;
  const evidence = await readEvidence(deps, order, known, {
    priority: 'decision',
    hinted: isChild && row.form === 'A' ? [ipn] : [],
    rung: ipn.paymentId,
  });
  if (evidence.kind === 'unavailable') {
    if (row.form === 'A' && isUsableUnread(situation, ipn)) return unreadMeaning(situation, ipn);
    throw unreadFailure(evidence);
  }
  const read = [evidence.bound, ...evidence.children].find((view) => view.paymentId === ipn.paymentId);
  const wait = rereadAfterMs[attempt - 1];
  if (read && wait !== undefined && isAheadOf(ipn, read)) {
    throw retryLater('IpnAheadOfRead', `the IPN says ${ipn.status}, the read ${read.status}`, wait);
  }
  return readMeaning(situation, evidence, 'ipn');
}

/**
 * A payment that names our order but is not the one bound to it. Under the same purchase it is one more deposit; any other
 * is recorded, and a case when coins came.
 */
async function understandStranger(understanding: Understanding, ipn: PaymentView): Promise<Meaning> {
  const { deps, order, known, situation } = understanding;
  const account = await deps.providerAccount(order);
  const read = account ? await deps.gateway.read(account, ipn.paymentId, 'decision') : null;
  if (read && (read.kind === 'unavailable' || read.kind === 'account')) {
    const { message: reason, retryAfterMs } = read;
    throw unreadFailure({ reason, retryAfterMs, isRefused: read.kind === 'account' || read.alarm });
  }
  const ours = read?.kind === 'read' && read.payment.orderId === order.id ? read.payment : null;
  if (ours !== null && ours.purchaseId !== null && isNews(knownOf(known, ours), ours)) {
    const deposit = await understandPurchase(understanding, ours);
    if (deposit) return deposit;
  }
  return strangerMeaning(situation, ours);
}

/** What a payment means together with the bound one, if both are of one purchase. */
async function understandPurchase(understanding: Understanding, payment: ProviderPayment): Promise<Meaning | null> {
  const { deps, order, known, situation } = understanding;
  if (order.payAddress === null) return null;
  const evidence = await readEvidence(deps, order, known, { priority: 'decision', hinted: [payment] });
  if (evidence.kind === 'unavailable') throw unreadFailure(evidence);
  const isOurs = evidence.children.some(({ paymentId }) => paymentId === payment.paymentId);
  return isOurs ? readMeaning(situation, evidence, 'ipn') : null;
}
