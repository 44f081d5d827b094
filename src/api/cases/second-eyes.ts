import { addEvidence, type CaseRow } from '../../db/support/support-cases.js';
import { databaseNow } from '../../db/clock.js';
import type { OrderRow } from '../../db/orders/orders.js';
import { inTransaction } from '../../db/query.js';
import {
  decideApproval,
  findApproval,
  propose,
  standingApproval,
  type ApprovalRow,
} from '../../db/support/approvals.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { priceText } from '../../domain/currency.js';
import { publicId } from '../../domain/ids.js';
import { priceOf } from '../../domain/payments/bound-terms.js';
import { personBehind, tellOfPower } from '../approvals/eyes.js';
import type { AppDeps } from '../deps.js';
import { Problem } from '../http/problem.js';

interface Word {
  readonly actor: string;
  readonly reason: string;
  readonly decisionId: string;
}

/** The proposal that this word approves; `first` when it is itself the proposal, now or by an earlier attempt. */
export async function secondEyes(
  deps: AppDeps,
  { found, order }: { readonly found: CaseRow; readonly order: OrderRow },
  word: Word,
): Promise<'first' | ApprovalRow> {
  const { pool } = deps;
  const subject = publicId('case', found.id);
  const person = await personBehind(pool, word.actor);
  const before = await standingApproval(pool, 'honour', subject);
  if (!before && (await putProposal(deps, { found, order }, word))) return 'first';
  const standing = before ?? (await standingApproval(pool, 'honour', subject)); // another was faster
  if (!standing) throw new Error(`the proposal for ${subject} was neither put nor there`);
  if (standing.proposer === person) {
    if (standing.what['decision_id'] === word.decisionId && standing.outcome === null) return 'first';
    throw refused('Refused: somebody else has to approve what you or your keys proposed.', found, order);
  }
  // One that was agreed to and not carried out, since the workflow was away, is carried out now.
  if (standing.outcome === null) await agree(deps, { found, order, standing }, word);
  return standing;
}

/** Answers whether it was put: one waits already, else. */
async function putProposal(
  deps: AppDeps,
  { found, order }: { readonly found: CaseRow; readonly order: OrderRow },
  { actor, reason, decisionId }: Word,
): Promise<boolean> {
  const subject = publicId('case', found.id);
  const price = priceOf(order);
  const what = {
    case_id: subject,
    kind: found.kind,
    price: `${priceText(price)} ${price.currency}`,
    decision_id: decisionId,
  };
  const proposal = {
    kind: 'honour',
    subject,
    accountId: found.accountId,
    orderId: order.id,
    what,
    reason,
    actor,
  } as const;
  const isPut = await inTransaction(deps.pool, async (db) => {
    if (!(await propose(db, deps.keyring, proposal))) return false;
    await appendAudit(db, {
      actor,
      action: 'support_case.approval_requested',
      accountId: found.accountId,
      orderId: order.id,
      subject,
      reason,
      before: { case: 'open', order: order.status },
      after: { case: 'awaiting_approval', order: order.status },
    });
    return true;
  });
  if (isPut) tellOfPower(deps, proposal, 'proposed');
  return isPut;
}

/** What the second person gave as his own reason stays in the case: the resolution has that of the first. */
async function agree(
  deps: AppDeps,
  { found, order, standing }: { found: CaseRow; order: OrderRow; standing: ApprovalRow },
  { actor, reason }: Word,
): Promise<void> {
  const isAgreed = await inTransaction(deps.pool, async (db) => {
    if (!(await decideApproval(db, standing.id, { outcome: 'approved', actor, reason }))) return false;
    await addEvidence(db, found.id, { at: await databaseNow(db), approval: reason, actor });
    await appendAudit(db, {
      actor,
      action: 'support_case.approved',
      accountId: found.accountId,
      orderId: order.id,
      subject: publicId('case', found.id),
      reason,
      before: { case: 'awaiting_approval', order: order.status },
    });
    return true;
  });
  if (isAgreed) return tellOfPower(deps, { ...standing, actor }, 'approved');
  // Somebody else was faster: only the same answer is one that may be carried out.
  const now = await findApproval(deps.pool, standing.id);
  if (now?.outcome !== 'approved') throw refused('Refused: the proposal no longer waits.', found, order);
}

function refused(detail: string, found: CaseRow, order: OrderRow): Problem {
  return new Problem('conflict', detail, {
    resource: 'support_case',
    field: 'proposed_by',
    case_status: found.status,
    order_status: order.status,
  });
}
