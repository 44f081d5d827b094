import type { CaseKind, CaseStatus } from '../../domain/cases/support-case.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { many, manyPlanned, maybeOne, one } from '../query.js';
import { caseColumns, caseStatus, type CaseRow } from './support-cases.js';

export interface CaseQueueFilters {
  readonly status: CaseStatus | null; // null: whatever is not resolved
  readonly kind: CaseKind | null;
}

// What the coins were worth when the order was quoted, in minor units of its currency. Currencies are compared by these:
// there is no exchange rate here. Other coins than the order's come last.
const worth = `coalesce(case when lower(c."payCurrency") = lower(o.pay_currency) and o.pay_amount > 0
    and c."actuallyPaid" ~ '^[0-9]{1,80}([.][0-9]{1,80})?$'
  then least(round(c."actuallyPaid"::numeric * o.price_cents / o.pay_amount), 9e15)::bigint end, -1)`;

// The worth is negative, so that the largest comes first.
const order = {
  age: { key: 'c."openedAt"', type: 'timestamptz' },
  amount: { key: `-${worth}`, type: 'bigint' },
} as const;

interface QueuePage {
  readonly filters: CaseQueueFilters;
  readonly sort: keyof typeof order;
  readonly after: Position | null;
  readonly limit: number;
}

/** Cases to decide, oldest first or largest first. */
export async function listCaseQueue(db: Database, { filters, sort, after, limit }: QueuePage): Promise<Page<CaseRow>> {
  const { status, kind } = filters;
  const values: unknown[] = [];
  const value = (given: unknown) => `$${values.push(given)}`;
  const where = [`resolved_at is ${status === 'resolved' ? 'not' : ''} null`];
  if (status) where.push(`${caseStatus} = ${value(status)}`);
  if (kind) where.push(`kind = ${value(kind)}`);
  const { key, type } = order[sort];
  const from = after ? `where (${key}, c.id) > (${value(after.at)}::${type}, ${value(after.id)}::uuid)` : '';
  const rows = await manyPlanned<CaseRow & { key: string }>(
    db,
    `select c.*, (${key})::text as key
     from (select ${caseColumns} from support_cases where ${where.join(' and ')}) c
     left join orders o on o.id = c."orderId" ${from} order by ${key}, c.id limit ${value(limit + 1)}`,
    values,
  );
  return pageOf(rows, limit, (row) => row.key);
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

/** Coins beside what pays an order, too many or once more, that somebody has yet to decide on. */
export async function openSurplusOf(db: Database, orderId: string): Promise<'overpaid' | 'second_payment' | null> {
  const first = await maybeOne<{ kind: 'overpaid' | 'second_payment' }>(
    db,
    `select kind from support_cases where order_id = $1 and kind in ('overpaid', 'second_payment')
       and resolved_at is null order by opened_at desc limit 1`,
    [orderId],
  );
  return first?.kind ?? null;
}
