import { randomUUID } from 'node:crypto';
import { appendAudit } from '../../db/support/audit-log.js';
import { databaseNow } from '../../db/clock.js';
import { keepReason } from '../../db/orders/fact-reasons.js';
import { outcomeOfFact } from '../../db/orders/order-facts.js';
import { findOrder, type OrderRow } from '../../db/orders/orders.js';
import type { Database } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { addEvidence, findCase, resolveCase, type CaseRow } from '../../db/support/support-cases.js';
import { publicId } from '../../domain/ids.js';
import { allowedActions, type CaseAction } from '../../domain/cases/support-case.js';
import type { ApprovalRow } from '../../db/support/approvals.js';
import { eyesOn, isAboveLimit } from '../approvals/eyes.js';
import type { AppDeps } from '../deps.js';
import { Problem, notFound } from '../http/problem.js';
import { resolutionOnWire } from './case-answers.js';
import { auditRefusal } from './refused-decision.js';
import { secondEyes } from './second-eyes.js';

export interface CaseDecision {
  readonly caseId: string;
  readonly action: CaseAction;
  readonly reason: string;
  readonly actor: string; // a key or an operator, as in the audit log
  readonly decisionId: string | null; // the same id decides once; null: a new decision
}

export interface AppliedDecision {
  readonly kind: 'applied' | 'awaiting_approval';
  readonly row: CaseRow;
}

/**
 * Support's decision on a case. It runs through the order's workflow; to honour more than the four-eyes amount, a second
 * person has to repeat it first. Throws 404, and 409 with the current state; who was refused stands in the audit log.
 */
export async function applyDecision(deps: AppDeps, decision: CaseDecision): Promise<AppliedDecision> {
  const found = await caseWith(deps.pool, decision.caseId);
  try {
    return await decided(deps, found, decision);
  } catch (failure) {
    if (failure instanceof Problem && failure.slug === 'conflict')
      await auditRefusal(deps.pool, found, decision, failure);
    throw failure;
  }
}

async function decided(deps: AppDeps, found: CaseRow, decision: CaseDecision): Promise<AppliedDecision> {
  const { pool } = deps;
  const decisionId = decision.decisionId ?? randomUUID();
  const order = found.orderId === null ? null : await findOrder(pool, found.orderId);
  if (order === null) return { kind: 'applied', row: await applyToOrphan(deps, found, decision) };

  const factId = `resolve:${found.id}:${decisionId}`;
  const isRepeat = (await outcomeOfFact(pool, order.id, factId)) !== null;
  let approving: ApprovalRow | null = null;
  if (!isRepeat) {
    refuseImpossible(found, order, decision);
    if (decision.action === 'honour' && (await isForTwo(deps, order))) {
      const approval = await secondEyes(deps, { found, order }, { ...decision, decisionId });
      if (approval === 'first') return { kind: 'awaiting_approval', row: await caseWith(pool, found.id) };
      approving = approval;
    }
  }
  await keepReason(pool, factId, approving?.reason ?? decision.reason);
  const outcome = await deps.orderRuns.resolve(deps.orderStart(order), {
    kind: 'resolve',
    id: factId,
    caseId: found.id,
    action: decision.action,
    actor: approving?.proposedBy ?? decision.actor,
    approvedBy: approving ? decision.actor : null,
  });
  const row = await caseWith(pool, found.id);
  const after = await findOrder(pool, order.id);
  if (outcome.kind === 'refused') throw refusal(outcome.reason ?? 'not possible', row, after);
  if (decision.action !== 'note' && row.resolution?.action !== decision.action) {
    throw refusal('the decision id was used for another decision', row, after);
  }
  return { kind: 'applied', row };
}

async function caseWith(db: Database, id: string): Promise<CaseRow> {
  const found = await findCase(db, id);
  if (!found) throw notFound();
  return found;
}

async function isForTwo(deps: AppDeps, order: OrderRow): Promise<boolean> {
  const eyes = await eyesOn(deps.pool, deps, { kind: 'honour', isWorthMore: await isAboveLimit(deps, order) });
  return eyes === 'two';
}

function refuseImpossible(found: CaseRow, order: OrderRow, { action }: CaseDecision): void {
  if (found.status === 'resolved') throw refusal('the case is resolved', found, order);
  if (!allowedActions(found.kind, order.status, found.actuallyPaid).includes(action)) {
    throw refusal(`there is nothing to ${action}: the order is ${order.status}`, found, order);
  }
}

/** 409 with the current state, so that whoever decides sees what changed meanwhile. */
function refusal(why: string, found: CaseRow, order: OrderRow | null): Problem {
  const isResolved = found.status === 'resolved';
  return new Problem('conflict', `Refused: ${why}.`, {
    resource: isResolved ? 'support_case' : 'crypto_order',
    field: 'status',
    case_status: found.status,
    order_status: order?.status ?? null,
    resolution: resolutionOnWire(found.resolution),
  });
}

/** Money that names no order of ours has no workflow: its case is a note and, once, an end. */
async function applyToOrphan({ pool }: AppDeps, found: CaseRow, decision: CaseDecision): Promise<CaseRow> {
  const { action, actor, reason } = decision;
  if (found.status === 'resolved') throw refusal('the case is resolved', found, null);
  if (action === 'honour') throw refusal('there is nothing to honour: the money names no order', found, null);
  return inTransaction(pool, async (db) => {
    const at = await databaseNow(db);
    if (action === 'note') await addEvidence(db, found.id, { at, note: reason, actor });
    else if (!(await resolveCase(db, found.id, { action, reason, actor, approvedBy: null, at }))) {
      throw refusal('the case is resolved', await caseWith(db, found.id), null);
    }
    const after = await caseWith(db, found.id);
    await appendAudit(db, {
      actor,
      action: action === 'note' ? 'support_case.noted' : 'support_case.declined',
      accountId: found.accountId,
      subject: publicId('case', found.id),
      reason,
      before: { case: found.status },
      after: { case: after.status, resolution: resolutionOnWire(after.resolution) },
    });
    return after;
  });
}
