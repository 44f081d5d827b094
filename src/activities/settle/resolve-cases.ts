import { assertNever } from '../../domain/invariant.js';
import { allowedActions, caseKinds } from '../../domain/cases/support-case.js';
import { applyUnapplied, unapplyAll } from '../../db/money/payments.js';
import {
  addEvidence,
  findCase,
  openCase,
  resolveCase,
  resolveCasesOf,
  type CaseRow,
} from '../../db/support/support-cases.js';
import type { Settlement } from './settlement.js';

/**
 * Carries out a word on a case, if the fact is one. Answers why not when the case is resolved, or there is nothing to
 * honour; null: done, or there was none to carry out.
 */
export async function applyResolution(settlement: Settlement): Promise<string | null> {
  const { db, order, meaning, at } = settlement;
  const { resolution: word } = meaning;
  if (word === null) return null;
  const found = await findCase(db, word.caseId);
  if (!found || found.orderId !== order.id) return 'the case belongs to another order';
  if (found.resolvedAt !== null) return 'the case is resolved';
  if (!allowedActions(found.kind, order.status, found.actuallyPaid).includes(word.action)) {
    return `nothing to ${word.action}: the order is ${order.status}`;
  }
  const resolution = {
    action: word.action,
    reason: word.reason,
    actor: word.actor,
    approvedBy: word.approvedBy,
    at,
  };
  switch (word.action) {
    case 'note':
      await addEvidence(db, found.id, { at, note: word.reason, actor: word.actor });
      return null;
    case 'decline':
      await resolveCase(db, found.id, resolution);
      if (meaning.event === 'declined') await unapply(settlement, found);
      return null;
    case 'honour':
      // The order is paid with whatever came: every open question about its coins has this answer.
      await applyUnapplied(db, order.id, at);
      await resolveCasesOf(db, order.id, caseKinds, resolution);
      return null;
    default:
      return assertNever(word.action);
  }
}

/** The order ends without what came. Of the coins that the case was not about, somebody must still hear. */
async function unapply({ db, order, at }: Settlement, declined: CaseRow): Promise<void> {
  const unapplied = await unapplyAll(db, order.id, at);
  for (const { paymentId, arrived, coin } of unapplied) {
    if (paymentId === declined.paymentId) continue;
    await openCase(db, {
      orderId: order.id,
      accountId: order.accountId,
      mode: order.mode,
      paymentId,
      kind: 'late_payment',
      actuallyPaid: arrived,
      payCurrency: coin,
      evidence: {
        at,
        reason: 'late_payment',
        event: 'declined',
        arrived,
        detail: 'another case of the order was declined',
      },
      at,
    });
  }
}
