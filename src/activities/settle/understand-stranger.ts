import { isNews, knownOf } from '../../domain/payments/deposits.js';
import type { Meaning } from '../../domain/facts/meaning.js';
import { caseOfInvisible } from '../../domain/facts/orphan-notice.js';
import { readMeaning } from '../../domain/facts/read-meaning.js';
import { strangerMeaning } from '../../domain/facts/stranger-meaning.js';
import type { Claim } from '../../domain/facts/unreadable.js';
import type { PaymentId } from '../../domain/ids.js';
import type { ProviderPayment } from '../../gateway/wire.js';
import { readEvidence, unreadFailure } from '../evidence.js';
import { noKey, providerKeyOf } from '../provider-key.js';
import { rereadAfterMs, retryLater } from '../retry-later.js';
import { understandOffer } from './understand-offer.js';
import type { Understanding } from './understanding.js';

export interface Stranger {
  readonly paymentId: PaymentId;
  readonly source: 'ipn' | 'poll' | 'reconcile';
  readonly claim: Claim | null; // of the notice that tells of it; null: it was no notice
}

/**
 * A payment that names our order but is not the one bound to it. One that was offered before may be its own again. Under the same
 * purchase it is one more deposit; any other is recorded, and a case when coins came. One that the provider does not show us has
 * its case too, if coins are claimed.
 */
export async function understandStranger(understanding: Understanding, stranger: Stranger): Promise<Meaning> {
  const { deps, order, record, situation } = understanding;
  const { source } = stranger;
  const account = await providerKeyOf(deps, record);
  if (account === null && order.provider === 'nowpayments') {
    throw unreadFailure({ reason: noKey, retryAfterMs: null, isRefused: true }); // coins may wait behind this word
  }
  const read = account ? await deps.gateway.read(account, stranger.paymentId, 'decision') : null;
  if (read && (read.kind === 'unavailable' || read.kind === 'account')) {
    const { message: reason, retryAfterMs } = read;
    throw unreadFailure({ reason, retryAfterMs, isRefused: read.kind === 'account' || read.alarm });
  }
  if (read?.kind === 'not_visible') return invisibleMeaning(understanding, stranger);
  const ours = read?.kind === 'read' && read.payment.orderId === order.id ? read.payment : null;
  const offered = ours && (await understandOffer(understanding, ours, source));
  if (offered !== null) return offered;
  if (ours !== null && ours.purchaseId !== null && isNews(knownOf(situation.known, ours), ours)) {
    const deposit = await understandPurchase(understanding, ours);
    if (deposit) return { ...deposit, source };
  }
  return { ...strangerMeaning(situation, ours), source };
}

function invisibleMeaning({ situation, attempt }: Understanding, { claim, source }: Stranger): Meaning {
  const meaning = { ...strangerMeaning(situation, null), source };
  const caseKind = claim && caseOfInvisible(situation, claim);
  if (caseKind === null) return meaning;
  const wait = rereadAfterMs[attempt - 1];
  if (wait !== undefined) throw retryLater('IpnAheadOfRead', 'the provider does not show the payment yet', wait);
  return { ...meaning, caseKind, unread: { why: 'the provider does not show the payment', attempts: attempt, claim } };
}

/** What a payment means together with the bound one, if both are of one purchase. */
async function understandPurchase(understanding: Understanding, payment: ProviderPayment): Promise<Meaning | null> {
  const { deps, order, record, situation } = understanding;
  if (order.payAddress === null) return null;
  const evidence = await readEvidence(deps, record, { priority: 'decision', hinted: [payment] });
  if (evidence.kind === 'unavailable') throw unreadFailure(evidence);
  const isOurs = evidence.children.some(({ paymentId }) => paymentId === payment.paymentId);
  return isOurs ? readMeaning(situation, evidence, 'ipn') : null;
}
