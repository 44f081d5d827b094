import type { AuditRow } from './audit-log.js';
import { auditColumns } from './audit-log.js';
import type { Database } from './pool.js';
import { many } from './query.js';

export interface AuditFilters {
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly accountId?: string | undefined;
  readonly orderId?: string | undefined;
}

export interface AuditPage {
  readonly entries: readonly AuditRow[];
  readonly next: number | null; // the page after ends before this seq
}

/** The audit log, newest first. */
export async function listAudit(
  db: Database,
  { filters, before, limit }: { filters: AuditFilters; before: number | null; limit: number },
): Promise<AuditPage> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const where = ['true'];
  const { action, actor, accountId, orderId } = filters;
  if (action !== undefined) where.push(`action = ${value(action)}`);
  if (actor !== undefined) where.push(`actor = ${value(actor)}`);
  if (accountId !== undefined) where.push(`account_id = ${value(accountId)}`);
  if (orderId !== undefined) where.push(`order_id = ${value(orderId)}`);
  if (before !== null) where.push(`seq < ${value(before)}`);
  const rows = await many<AuditRow>(
    db,
    `select ${auditColumns} from audit_log where ${where.join(' and ')} order by seq desc limit ${value(limit + 1)}`,
    values,
  );
  const entries = rows.slice(0, limit);
  const last = rows.length > limit ? entries.at(-1) : undefined;
  return { entries, next: last?.seq ?? null };
}
