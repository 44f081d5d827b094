import type { Mode } from '../../domain/ids.js';
import type { CaseKind, CaseStatus } from '../../domain/cases/support-case.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { manyPlanned } from '../query.js';
import { caseColumns, caseStatus, type CaseRow } from './support-cases.js';

export interface CaseListFilters {
  readonly status?: CaseStatus | undefined;
  readonly kind?: CaseKind | undefined;
  readonly accountId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly mode?: Mode | undefined;
}

/** Cases, newest first, by keyset: what is opened during a walk neither repeats nor hides others. */
export async function listCases(
  db: Database,
  { filters, after, limit }: { filters: CaseListFilters; after: Position | null; limit: number },
): Promise<Page<CaseRow>> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const where = ['true'];
  const { status, kind, accountId, orderId, mode } = filters;
  if (status) {
    where.push(`${caseStatus} = ${value(status)}`);
    where.push(`resolved_at is ${status === 'resolved' ? 'not' : ''} null`);
  }
  if (kind) where.push(`kind = ${value(kind)}`);
  if (accountId) where.push(`account_id = ${value(accountId)}`);
  if (orderId) where.push(`order_id = ${value(orderId)}`);
  if (mode) where.push(`mode = ${value(mode)}`);
  if (after) {
    const at = value(after.at);
    const id = value(after.id);
    where.push(`opened_at <= ${at} and (opened_at < ${at} or id > ${id}::uuid)`);
  }
  const rows = await manyPlanned<CaseRow>(
    db,
    `select ${caseColumns} from support_cases where ${where.join(' and ')}
     order by opened_at desc, id limit ${value(limit + 1)}`,
    values,
  );
  return pageOf(rows, limit, (row) => row.openedAt);
}
