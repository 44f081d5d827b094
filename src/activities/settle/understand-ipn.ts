import { isClosed } from '../../domain/order.js';
import type { OrderEvent } from '../../domain/order.js';
import { classifyPayment, hasCoins } from '../../domain/payment.js';
import { providerRank } from '../../domain/payment-view.js';
import type { PaymentView } from '../../domain/payment-view.js';
import { isNews, lateShare } from '../../domain/deposits.js';
import { findProviderEvent } from '../../db/money/provider-events.js';
import type { ProviderEventRow } from '../../db/money/provider-events.js';
import { parsePayment } from '../../gateway/wire.js';
import type { ProviderPayment } from '../../gateway/wire.js';
import { termsOf } from './bound-terms.js';
import { readEvidence } from '../evidence.js';
import type { Evidence } from '../evidence.js';
import { retryLater } from '../retry-later.js';
import { knownOf, meaningOf, nothingNew } from './understand-fact.js';
import type { Meaning, Understanding } from './understand-fact.js';

const strangePayment = 'ipn_payment_id_mismatch';

// An IPN may be ahead of the provider's own read: asked again after these waits, then the poll goes on.
const rereadAfterMs = [2_000, 5_000, 15_000];

/** An IPN is a doorbell: it makes us read the payment, and the read is believed. */
export async function understandIpn(situation: Understanding, providerEventId: string): Promise<Meaning> {
  const { db, order } = situation;
  const row = await findProviderEvent(db, providerEventId);
  if (!row) throw new Error(`provider event ${providerEventId} is not in the inbox`);
  const parsed = parsePayment(row.raw.toString('utf8'));
  if (parsed.kind !== 'payment') return { ...nothingNew, source: 'ipn', note: 'the IPN carries no payment' };
  const ipn = parsed.payment;
  if (order.payAddress === null || !belongs(ipn, order.paymentId)) return understandStranger(situation, ipn);
  return understandOwn(situation, row, ipn);
}

function belongs(ipn: PaymentView, boundId: string | null): boolean {
  return ipn.paymentId === boundId || ipn.parentPaymentId === boundId;
}

async function understandOwn(situation: Understanding, row: ProviderEventRow, ipn: PaymentView): Promise<Meaning> {
  const { deps, order, known, attempt } = situation;
  const isChild = ipn.paymentId !== order.paymentId;
  const evidence = await readEvidence(deps, order, known, {
    priority: 'decision',
    hinted: isChild && row.form === 'A' ? [ipn] : [],
  });
  if (evidence.kind === 'unavailable') return understandWithoutRead(situation, row, ipn, evidence);
  const read = [evidence.bound, ...evidence.children].find((view) => view.paymentId === ipn.paymentId);
  const wait = rereadAfterMs[attempt - 1];
  if (read && wait !== undefined && providerRank(ipn.status) > providerRank(read.status) && read.status !== 'unread') {
    throw retryLater('IpnAheadOfRead', `the IPN says ${ipn.status}, the read ${read.status}`, wait);
  }
  return meaningOf(situation, evidence.bound, evidence.children, 'ipn');
}

/**
 * The provider cannot be asked: a signed IPN alone may show that money is on its way, short, or gone, never that it is
 * paid. Nothing is put on record as money: the next read does that.
 */
function understandWithoutRead(
  { order, tolerance }: Understanding,
  row: ProviderEventRow,
  ipn: PaymentView,
  evidence: Extract<Evidence, { kind: 'unavailable' }>,
): Meaning {
  const usable = row.form === 'A' && ipn.paymentId === order.paymentId && !isClosed(order.status);
  if (!usable) throw retryLater('ProviderUnavailable', evidence.reason, evidence.retryAfterMs);
  const { event, detail, alarm } = classifyPayment(termsOf(order), ipn, [], tolerance);
  return { ...nothingNew, event: neverPaid(event), source: 'ipn', detail, alarm, note: 'believed without a read' };
}

function neverPaid(event: OrderEvent): OrderEvent {
  return event === 'payment_finished' || event === 'overpaid' || event === 'amount_mismatch' ? 'payment_seen' : event;
}

/**
 * A payment that names our order but is not the one bound to it. Under the same purchase it is one more deposit; any other
 * is recorded, and a case when coins came.
 */
async function understandStranger(situation: Understanding, ipn: PaymentView): Promise<Meaning> {
  const { deps, order, known } = situation;
  const account = await deps.providerAccount(order);
  const read = account ? await deps.gateway.read(account, ipn.paymentId, 'decision') : null;
  if (read && (read.kind === 'unavailable' || read.kind === 'account')) {
    throw retryLater('ProviderUnavailable', read.message, read.retryAfterMs);
  }
  const ours = read?.kind === 'read' && read.payment.orderId === order.id ? read.payment : null;
  if (!ours || !isNews(knownOf(known, ours), ours)) {
    return { ...nothingNew, source: 'ipn', alarm: strangePayment, note: 'a payment that is not ours' };
  }
  const deposit = ours.purchaseId === null ? null : await understandPurchase(situation, ours);
  if (deposit) return deposit;
  return strange(situation, ours);
}

/** What a payment means together with the bound one, if both are of one purchase. */
async function understandPurchase(situation: Understanding, payment: ProviderPayment): Promise<Meaning | null> {
  const { deps, order, known } = situation;
  if (order.payAddress === null) return null;
  const evidence = await readEvidence(deps, order, known, { priority: 'decision', hinted: [payment] });
  if (evidence.kind === 'unavailable') throw retryLater('ProviderUnavailable', evidence.reason, evidence.retryAfterMs);
  const isOurs = evidence.children.some(({ paymentId }) => paymentId === payment.paymentId);
  return isOurs ? meaningOf(situation, evidence.bound, evidence.children, 'ipn') : null;
}

function strange({ order, known }: Understanding, ours: PaymentView): Meaning {
  const paid = order.status === 'paid';
  const late = isClosed(order.status) && hasCoins(ours);
  const deposit = {
    view: ours,
    share: lateShare(knownOf(known, ours), ours),
    role: paid ? 'second' : 'orphan',
    late,
  } as const;
  const event = late ? 'extra_deposit' : 'nothing_new';
  return { ...nothingNew, event, source: 'ipn', alarm: strangePayment, deposits: [deposit] };
}
