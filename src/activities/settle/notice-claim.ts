import type { ProviderEventRow } from '../../db/money/provider-events.js';
import type { Claim } from '../../domain/facts/unreadable.js';
import { parseNotice, readObject, type ProviderPayment } from '../../gateway/wire.js';

/** What a stored notice says; null: it carries no payment. */
export function noticeIn(row: ProviderEventRow): ProviderPayment | null {
  const object = readObject(Buffer.from(row.raw, 'base64').toString('utf8'));
  const parsed = object === null ? null : parseNotice(object);
  return parsed?.kind === 'payment' ? parsed.payment : null;
}

/** What it claims. The figures of one that is signed in form B cannot be trusted and are left out. */
export function claimIn(row: ProviderEventRow): Claim | null {
  const notice = noticeIn(row);
  if (notice === null) return null;
  const { paymentId, parentPaymentId, status, actuallyPaid, payCurrency } = notice;
  const figures = row.form === 'A' ? { actuallyPaid, payCurrency } : { actuallyPaid: null, payCurrency: null };
  return { paymentId, parentPaymentId, status, ...figures };
}
