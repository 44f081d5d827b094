import { randomUUID } from 'node:crypto';
import { caseEventData } from '../../domain/cases/case-event.js';
import { caseEscalated } from '../../domain/outgoing-event.js';
import { publicId } from '../../domain/ids.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { findOrder } from '../../db/orders/orders.js';
import { inTransaction } from '../../db/query.js';
import { escalateCase, findCase, type CaseRow } from '../../db/support/support-cases.js';
import type { OrderDependencies } from '../dependencies.js';
import { tell, type Telling } from '../tell-endpoints.js';

export type EscalateDependencies = Pick<
  OrderDependencies,
  'pool' | 'keyring' | 'publicUrl' | 'alarms' | 'now' | 'publish'
>;

/**
 * Marks a case that nobody answered in time, tells its merchant, and leaves an audit row, all in one transaction: once per
 * case, however often it is found. Answers whether this call did it.
 */
export async function escalateOnce(deps: EscalateDependencies, caseId: string): Promise<boolean> {
  const escalated = await inTransaction(deps.pool, (db) => escalateIn({ ...deps, db }, caseId));
  if (escalated === null) return false;
  const { id, orderId, kind } = escalated.row;
  deps.alarms.raise('support_case_escalated', { caseId: id, orderId, kind });
  if (escalated.eventId !== null) await deps.publish([escalated.eventId]);
  return true;
}

async function escalateIn(
  { now, ...telling }: Telling & Pick<OrderDependencies, 'now'>,
  caseId: string,
): Promise<{ row: CaseRow; eventId: string | null } | null> {
  const { db } = telling;
  if (!(await escalateCase(db, caseId))) return null; // resolved or escalated meanwhile
  const row = await findCase(db, caseId);
  if (!row) throw new Error(`invariant broken: case ${caseId} is gone`);
  const at = await now(db);
  const eventId = row.accountId === null ? null : await writeEvent(telling, { ...row, accountId: row.accountId }, at);
  await appendAudit(db, {
    actor: 'system:reconcile',
    action: 'support_case.escalated',
    accountId: row.accountId,
    orderId: row.orderId,
    subject: publicId('case', row.id),
    reason: `unanswered since ${row.openedAt}`,
    before: { escalated_at: null },
    after: { escalated_at: row.escalatedAt },
  });
  return { row, eventId };
}

/** Of no order in the table's sense: two cases of one order are two events. */
async function writeEvent(telling: Telling, row: CaseRow & { accountId: string }, at: string): Promise<string | null> {
  const data = caseEventData({ ...row, id: publicId('case', row.id), escalatedAt: row.escalatedAt ?? at });
  const order = row.orderId === null ? null : await findOrder(telling.db, row.orderId);
  const event = { id: randomUUID(), type: caseEscalated, isOncePerOrder: false } as const;
  return tell(telling, { ...event, owner: row, order, data, at });
}
