import { z } from 'zod';
import type { ApprovalRow } from '../../db/support/approvals.js';
import { approvalKinds } from '../../domain/access/approval.js';
import { publicId } from '../../domain/ids.js';
import { reason } from './admin-orders.js';

export const approvalAnswer = z
  .object({
    id: z.string(),
    kind: z.enum(approvalKinds),
    subject: z.string().meta({ description: 'The public id of what it is about.' }),
    account_id: z.string().nullable(),
    order_id: z.string().nullable(),
    what: z.record(z.string(), z.unknown()).meta({ description: 'What would be done. Never a secret.' }),
    reason: z.string().nullable(),
    proposed_by: z.string(),
    proposed_at: z.string(),
    lapses_at: z.string().meta({ description: 'A proposal that nobody has approved by then lapses.' }),
    outcome: z.enum(['approved', 'declined', 'lapsed']).nullable(),
    decided_by: z.string().nullable(),
  })
  .meta({ id: 'Approval' });

/** A key that waits: shown once to whoever asked for it, and worth nothing before another person has agreed. */
export const waitingKeyAnswer = approvalAnswer.extend({ key: z.string() }).meta({ id: 'WaitingApiKey' });

export const approvalList = z.object({ approvals: z.array(approvalAnswer), next_cursor: z.string().nullable() });

export const decisionBody = z.object({ reason });

export function approvalAnswerOf(row: ApprovalRow): z.output<typeof approvalAnswer> {
  return {
    id: publicId('approval', row.id),
    kind: row.kind,
    subject: row.subject,
    account_id: row.accountId && publicId('account', row.accountId),
    order_id: row.orderId,
    what: { ...row.what },
    reason: row.reason,
    proposed_by: row.proposedBy,
    proposed_at: row.proposedAt,
    lapses_at: row.lapsesAt,
    outcome: row.outcome ?? (row.isLapsed ? 'lapsed' : null),
    decided_by: row.decidedBy,
  };
}
