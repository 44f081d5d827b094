import { nothingNew, type Meaning } from '../../domain/facts/meaning.js';
import { readMeaning } from '../../domain/facts/read-meaning.js';
import { isUsableUnread, unreadMeaning } from '../../domain/facts/unread-meaning.js';
import { isAheadOf, mostTelling, type PaymentView } from '../../domain/payments/payment-view.js';
import type { ProviderEventRow } from '../../db/money/provider-events.js';
import { readEvidence, unreadFailure } from '../evidence.js';
import { rereadAfterMs, retryLater } from '../retry-later.js';
import { claimIn, noticeIn } from './notice-claim.js';
import { understandStranger } from './understand-stranger.js';
import type { Understanding } from './understanding.js';

export interface UnderstoodIpns {
  readonly meaning: Meaning;
  readonly covers: readonly string[]; // ids of the other IPNs that it answers
}

/**
 * An IPN only says that something happened: it makes us read the payment, and the read is believed. So one reading answers
 * all IPNs of the same payment that wait; where the provider cannot be read, the one that says most speaks for them.
 */
export async function understandIpns(understanding: Understanding, id: string): Promise<UnderstoodIpns> {
  const { notices: rows } = understanding.record;
  const first = rows.find((row) => row.id === id);
  if (!first) throw new Error(`provider event ${id} is not in the inbox`);
  const same = rows.filter((row) => row.id === id || (row.paymentId !== null && row.paymentId === first.paymentId));
  const meaning = await understandIpn(understanding, mostTelling(same));
  return { meaning, covers: same.flatMap((row) => (row.id === id ? [] : row.id)) };
}

async function understandIpn(understanding: Understanding, row: ProviderEventRow): Promise<Meaning> {
  const { order } = understanding;
  const ipn = noticeIn(row);
  if (ipn === null) return nothingNew('ipn', 'the IPN carries no payment');
  if (order.payAddress === null || !belongs(ipn, order.paymentId)) {
    return understandStranger(understanding, { paymentId: ipn.paymentId, source: 'ipn', claim: claimIn(row) });
  }
  return understandOwn(understanding, row, ipn);
}

function belongs(ipn: PaymentView, boundId: string | null): boolean {
  return ipn.paymentId === boundId || ipn.parentPaymentId === boundId;
}

async function understandOwn(understanding: Understanding, row: ProviderEventRow, ipn: PaymentView): Promise<Meaning> {
  const { deps, order, record, situation, attempt } = understanding;
  const isChild = ipn.paymentId !== order.paymentId;
  const evidence = await readEvidence(deps, record, {
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
