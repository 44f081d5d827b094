import { auditColumns, type AuditRow } from './audit-log.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { manyPlanned } from '../query.js';

export interface AuditFilters {
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly accountId?: string | undefined;
  readonly orderId?: string | undefined;
}

/** The audit log, newest first: a page ends at the seq of its last row. */
export async function listAudit(
  db: Database,
  { filters, after, limit }: { filters: AuditFilters; after: Position | null; limit: number },
): Promise<Page<AuditRow>> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const where = ['true'];
  const { action, actor, accountId, orderId } = filters;
  if (action !== undefined) where.push(`action = ${value(action)}`);
  if (actor !== undefined) where.push(`actor = ${value(actor)}`);
  if (accountId !== undefined) where.push(`account_id = ${value(accountId)}`);
  if (orderId !== undefined) where.push(`order_id = ${value(orderId)}`);
  if (after) where.push(`seq < ${value(after.at)}::bigint`);
  const rows = await manyPlanned<AuditRow>(
    db,
    `select ${auditColumns} from audit_log where ${where.join(' and ')} order by seq desc limit ${value(limit + 1)}`,
    values,
  );
  return pageOf(rows, limit, (row) => String(row.seq));
}
