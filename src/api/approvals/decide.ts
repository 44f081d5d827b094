import type { Database } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { decideApproval, findApproval, secretsIn, type ApprovalRow } from '../../db/support/approvals.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { rightFor } from '../../domain/access/approval.js';
import type { OperatorRight } from '../../domain/access/scopes.js';
import { assertNever } from '../../domain/invariant.js';
import { insertApprovedKey } from '../accounts/new-key.js';
import { changePolicyAsAgreed } from '../accounts/change-policy.js';
import { replaceCredentialsAsAgreed } from '../accounts/replace-credentials.js';
import { applyDecision } from '../cases/case-decisions.js';
import type { AppDeps } from '../deps.js';
import { Problem, forbidden, notFound } from '../http/problem.js';
import { changeOperatorAsAgreed } from '../operators/change-operator.js';
import { applyIpnAsAgreed } from '../orders/apply-ipn.js';
import { personBehind, tellOfPower } from './eyes.js';

/** Who decides on what another proposed. */
export interface Decider {
  readonly actor: string;
  readonly may: (right: OperatorRight) => boolean;
  readonly reason: string | null;
}

/** Agrees to a proposal, and carries it out. Said again by the same person it does what is not done yet, and no more. */
export async function approve(deps: AppDeps, id: string, decider: Decider): Promise<ApprovalRow> {
  const found = await decidable(deps, id, decider);
  const isRepeat = found.outcome === 'approved' && found.decidedBy === decider.actor;
  if (!isRepeat && (found.outcome !== null || found.isLapsed)) throw decided(found);
  await refuseSamePerson(deps, found, decider);
  await agree(deps, found, decider);
  return (await findApproval(deps.pool, id)) ?? found;
}

/** Says no. Whoever proposed it may take it back that way. */
export async function decline(deps: AppDeps, id: string, decider: Decider): Promise<ApprovalRow> {
  const found = await decidable(deps, id, decider);
  const { actor, reason } = decider;
  return inTransaction(deps.pool, async (db) => {
    const row = await decideApproval(db, id, { outcome: 'declined', actor, reason });
    if (!row) throw decided((await findApproval(db, id)) ?? found);
    await audit(db, found, decider, 'approval.declined');
    return row;
  });
}

async function decidable({ pool }: AppDeps, id: string, { may }: Decider): Promise<ApprovalRow> {
  const found = await findApproval(pool, id);
  if (!found) throw notFound();
  const right = rightFor[found.kind];
  if (!may(right)) throw forbidden(`Who decides on this needs ${right}.`);
  return found;
}

/** The database keeps the two apart as well; here they are told so. */
async function refuseSamePerson({ pool }: AppDeps, found: ApprovalRow, { actor }: Decider): Promise<void> {
  if ((await personBehind(pool, actor)) !== found.proposer) return;
  throw refusal('Refused: somebody else has to approve what you or your keys proposed.', 'proposed_by');
}

async function agree(deps: AppDeps, found: ApprovalRow, decider: Decider): Promise<void> {
  switch (found.kind) {
    case 'honour': {
      const { actor, reason } = decider;
      const caseId = found.subject.slice('case_'.length);
      await applyDecision(deps, { caseId, action: 'honour', reason: reason ?? 'approved', actor, decisionId: null });
      return;
    }
    case 'apply_ipn':
      await inTransaction(deps.pool, (db) => markAgreed(db, found, decider));
      tellOfPower(deps, { ...found, actor: decider.actor }, 'approved');
      return applyIpnAsAgreed(deps, found);
    case 'admin_key':
    case 'credentials':
    case 'policy':
    case 'operator':
      if (found.outcome !== null) return;
      await inTransaction(deps.pool, async (db) => {
        await markAgreed(db, found, decider);
        await carryOut(deps, db, found);
      });
      return tellOfPower(deps, { ...found, actor: decider.actor }, 'approved');
    default:
      return assertNever(found.kind);
  }
}

/** What is in our own tables is done in the transaction that says so. */
async function carryOut(deps: AppDeps, db: Database, found: ApprovalRow): Promise<void> {
  const secrets = secretsIn(deps.keyring, found);
  if (found.kind === 'admin_key') await insertApprovedKey(db, found, secrets);
  else if (found.kind === 'policy') await changePolicyAsAgreed(db, found);
  else if (found.kind === 'credentials') await replaceCredentialsAsAgreed(deps, db, { found, secrets });
  else if (found.kind === 'operator') await changeOperatorAsAgreed(db, found, secrets);
}

async function markAgreed(db: Database, found: ApprovalRow, decider: Decider): Promise<void> {
  if (found.outcome === 'approved') return;
  const { actor, reason } = decider;
  if (!(await decideApproval(db, found.id, { outcome: 'approved', actor, reason }))) {
    throw decided((await findApproval(db, found.id)) ?? found);
  }
  await audit(db, found, decider, 'approval.approved');
}

function audit(db: Database, found: ApprovalRow, { actor, reason }: Decider, action: string): Promise<void> {
  const { accountId, orderId, subject, kind, what, proposedBy } = found;
  return appendAudit(db, {
    actor,
    action,
    accountId,
    orderId,
    subject,
    reason,
    before: { kind, what, proposed_by: proposedBy },
  });
}

function decided({ outcome, isLapsed }: ApprovalRow): Problem {
  return refusal(`Refused: the proposal is ${outcome ?? (isLapsed ? 'lapsed' : 'decided')}.`, 'outcome');
}

function refusal(detail: string, field: string): Problem {
  return new Problem('conflict', detail, { resource: 'approval', field });
}
