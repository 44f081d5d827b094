import { assertNever } from '../../domain/invariant.js';
import type { Decision } from '../../domain/order.js';
import type { CaseKind } from '../../domain/support-case.js';
import { allowedActions, caseKinds } from '../../domain/support-case.js';
import type { Database } from '../../db/pool.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { applyUnapplied } from '../../db/money/payments.js';
import { addCaseFact, findCase, resolveCase, resolveCasesOf } from '../../db/support/support-cases.js';
import type { ResolveFact } from '../../workflows/messages.js';
import type { Meaning } from './understand-fact.js';

/** Carries out support's decision on its case; answers why not when it is resolved, or there is nothing to honour. */
export async function applyDecision(
  db: Database,
  order: OrderRow,
  decision: ResolveFact,
  at: string,
): Promise<string | null> {
  const found = await findCase(db, decision.caseId);
  if (!found || found.orderId !== order.id) return 'the case belongs to another order';
  if (found.resolvedAt !== null) return 'the case is resolved';
  if (!allowedActions(found.kind, order.status, found.actuallyPaid).includes(decision.action)) {
    return `nothing to ${decision.action}: the order is ${order.status}`;
  }
  const resolution = {
    action: decision.action,
    reason: decision.reason,
    actor: decision.actor,
    approved_by: decision.approvedBy,
    at,
  };
  switch (decision.action) {
    case 'note':
      await addCaseFact(db, found.id, { at, note: decision.reason, actor: decision.actor });
      return null;
    case 'decline':
      await resolveCase(db, found.id, resolution);
      return null;
    case 'honour':
      // The order is paid with whatever came: every open question about its coins has this answer.
      await applyUnapplied(db, order.id, at);
      await resolveCasesOf(db, order.id, caseKinds, resolution);
      return null;
    default:
      return assertNever(decision.action);
  }
}

const answeredByPayment: readonly CaseKind[] = ['underpaid', 'amount_mismatch', 'slow_confirmation', 'mint_failed'];

/** Cases that a move answers by itself: a top-up completed the order, or a slow confirmation ended. */
export async function closeAnsweredCases(
  db: Database,
  order: OrderRow,
  meaning: Meaning,
  decision: Decision,
  at: string,
): Promise<void> {
  if (decision.kind !== 'moved' || meaning.decision) return;
  const kinds = decision.to === 'paid' ? answeredByPayment : decision.from === 'confirming' ? slowOnly : [];
  if (kinds.length === 0) return;
  const resolution = {
    action: 'settled',
    reason: `the order moved to ${decision.to}`,
    actor: 'system:order-workflow',
    approved_by: null,
    at,
  };
  await resolveCasesOf(db, order.id, kinds, resolution);
}

const slowOnly: readonly CaseKind[] = ['slow_confirmation'];
