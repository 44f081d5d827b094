import { randomUUID } from 'node:crypto';
import { caseEventData } from '../../domain/cases/case-event.js';
import { caseEscalated, eventBody } from '../../domain/outgoing-event.js';
import { publicId } from '../../domain/ids.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { tellEndpoints } from '../../db/deliveries/outgoing-events.js';
import type { Database } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { escalateCase, findCase, type CaseRow } from '../../db/support/support-cases.js';
import type { OrderDependencies } from '../dependencies.js';

export type EscalateDependencies = Pick<OrderDependencies, 'pool' | 'alarms' | 'now' | 'publish'>;

/**
 * Marks a case that nobody answered in time, tells its merchant, and leaves an audit row, all in one transaction: once per
 * case, however often it is found. Answers whether this call did it.
 */
export async function escalateOnce(deps: EscalateDependencies, caseId: string): Promise<boolean> {
  const escalated = await inTransaction(deps.pool, (db) => escalateIn(db, caseId, deps.now));
  if (escalated === null) return false;
  const { id, orderId, kind } = escalated.row;
  deps.alarms.raise('support_case_escalated', { caseId: id, orderId, kind });
  if (escalated.eventId !== null) await deps.publish([escalated.eventId]);
  return true;
}

async function escalateIn(
  db: Database,
  caseId: string,
  now: OrderDependencies['now'],
): Promise<{ row: CaseRow; eventId: string | null } | null> {
  if (!(await escalateCase(db, caseId))) return null; // resolved or escalated meanwhile
  const row = await findCase(db, caseId);
  if (!row) throw new Error(`invariant broken: case ${caseId} is gone`);
  const at = await now(db);
  const eventId = row.accountId === null ? null : await writeEvent(db, { ...row, accountId: row.accountId }, at);
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
async function writeEvent(db: Database, row: CaseRow & { accountId: string }, at: string): Promise<string | null> {
  const id = randomUUID();
  const data = caseEventData({ ...row, id: publicId('case', row.id), escalatedAt: row.escalatedAt ?? at });
  const body = eventBody({ id, type: caseEscalated, createdAt: at, data });
  const { accountId, mode } = row;
  const event = { id, accountId, mode, orderId: null, type: caseEscalated, body, createdAt: at };
  return tellEndpoints(db, event);
}
