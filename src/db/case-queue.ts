import type { OrderStatus } from '../domain/order.js';
import type { CaseKind, CaseStatus } from '../domain/support-case.js';
import type { Database } from './pool.js';
import { many, one } from './query.js';
import type { CaseRow } from './support-cases.js';
import { caseColumns } from './support-cases.js';

/** A case beside what its order says: what may be done, and what the coins are worth at the quoted rate. */
export interface QueuedCase extends CaseRow {
  readonly orderStatus: OrderStatus | null;
  readonly priceCurrency: string | null;
  readonly worthCents: number | null; // null: another coin than the order's, or nothing to compare it with
}

export interface CaseFilters {
  readonly status: CaseStatus | null; // null: whatever is not resolved
  readonly kind: CaseKind | null;
}

/** Where a page ended: the age, or the worth (-1 for none), and the id of its last case. */
export interface CasePosition {
  readonly at: string;
  readonly id: string;
}

export interface CasePage {
  readonly cases: readonly QueuedCase[];
  readonly next: CasePosition | null;
}

const worth = `case when lower(c."payCurrency") = lower(o.pay_currency) and o.pay_amount > 0
    and c."actuallyPaid" ~ '^[0-9]{1,40}([.][0-9]{1,40})?$'
  then least(round(c."actuallyPaid"::numeric * o.price_cents / o.pay_amount), 9e15)::bigint end`;

const columns = `c.*, o.status as "orderStatus", o.price_currency as "priceCurrency", ${worth} as "worthCents"`;

/** Cases to decide, oldest first or largest first. Currencies are compared by their minor units: there is no rate here. */
export async function listCaseQueue(
  db: Database,
  {
    filters,
    sort,
    after,
    limit,
  }: {
    filters: CaseFilters;
    sort: 'age' | 'amount';
    after: CasePosition | null;
    limit: number;
  },
): Promise<CasePage> {
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const where = [filters.status ? `status = ${value(filters.status)}` : 'resolved_at is null'];
  if (filters.kind) where.push(`kind = ${value(filters.kind)}`);
  const key = sort === 'age' ? 'c."openedAt"' : `-coalesce(${worth}, -1)`;
  const type = sort === 'age' ? 'timestamptz' : 'bigint';
  const from = after ? `where (${key}, c.id) > (${value(after.at)}::${type}, ${value(after.id)}::uuid)` : '';
  const rows = await many<QueuedCase & { key: string }>(
    db,
    `select ${columns}, (${key})::text as key
     from (select ${caseColumns} from support_cases where ${where.join(' and ')}) c
     left join orders o on o.id = c."orderId" ${from} order by ${key}, c.id limit ${value(limit + 1)}`,
    values,
  );
  const cases = rows.slice(0, limit);
  const last = rows.length > limit ? cases.at(-1) : undefined;
  return { cases, next: last ? { at: last.key, id: last.id } : null };
}

/** The cases of one order, oldest first. */
export function queuedCasesOf(db: Database, orderId: string): Promise<QueuedCase[]> {
  return many<QueuedCase>(
    db,
    `select ${columns} from (select ${caseColumns} from support_cases where order_id = $1) c
     join orders o on o.id = c."orderId" order by c."openedAt", c.id`,
    [orderId],
  );
}

/** How many unresolved cases each of these orders has; orders without one are left out. */
export function openCasesOf(db: Database, orderIds: readonly string[]): Promise<{ orderId: string; count: number }[]> {
  return many(
    db,
    `select order_id as "orderId", count(*) as count from support_cases
     where order_id = any ($1) and resolved_at is null group by order_id`,
    [orderIds],
  );
}

export async function countOpenCases(db: Database): Promise<number> {
  const row = await one<{ count: number }>(db, 'select count(*) as count from support_cases where resolved_at is null');
  return row.count;
}
