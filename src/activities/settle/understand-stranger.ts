import { isNews, knownOf } from '../../domain/payments/deposits.js';
import { readMeaning, strangerMeaning, type Meaning } from '../../domain/facts/meaning.js';
import type { PaymentId } from '../../domain/ids.js';
import type { ProviderPayment } from '../../gateway/wire.js';
import { readEvidence, unreadFailure } from '../evidence.js';
import type { Understanding } from './understanding.js';

/**
 * A payment that names our order but is not the one bound to it. Under the same purchase it is one more deposit; any other
 * is recorded, and a case when coins came.
 */
export async function understandStranger(
  understanding: Understanding,
  paymentId: PaymentId,
  source: 'ipn' | 'reconcile',
): Promise<Meaning> {
  const { deps, order, known, situation } = understanding;
  const account = await deps.providerAccount(order);
  const read = account ? await deps.gateway.read(account, paymentId, 'decision') : null;
  if (read && (read.kind === 'unavailable' || read.kind === 'account')) {
    const { message: reason, retryAfterMs } = read;
    throw unreadFailure({ reason, retryAfterMs, isRefused: read.kind === 'account' || read.alarm });
  }
  const ours = read?.kind === 'read' && read.payment.orderId === order.id ? read.payment : null;
  if (ours !== null && ours.purchaseId !== null && isNews(knownOf(known, ours), ours)) {
    const deposit = await understandPurchase(understanding, ours);
    if (deposit) return { ...deposit, source };
  }
  return { ...strangerMeaning(situation, ours), source };
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
