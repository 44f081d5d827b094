import type { Pool } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { appendAudit } from '../../db/support/audit-log.js';
import type { CaseRow } from '../../db/support/support-cases.js';
import type { CaseAction } from '../../domain/cases/support-case.js';
import { publicId } from '../../domain/ids.js';
import type { Problem } from '../http/problem.js';

interface Refused {
  readonly action: CaseAction;
  readonly reason: string;
  readonly actor: string;
}

/** Who tried to decide and was refused: nothing changed, and yet whoever looks into a case must see the attempt. */
export async function auditRefusal(pool: Pool, found: CaseRow, refused: Refused, why: Problem): Promise<void> {
  const { actor, action, reason } = refused;
  const stand = { case: why.extras['case_status'] ?? found.status, order: why.extras['order_status'] ?? null };
  await inTransaction(pool, (db) =>
    appendAudit(db, {
      actor,
      action: 'support_case.refused',
      accountId: found.accountId,
      orderId: found.orderId,
      subject: publicId('case', found.id),
      reason,
      before: stand,
      after: { ...stand, asked: action },
      result: `refused: ${why.detail}`,
    }),
  );
}
