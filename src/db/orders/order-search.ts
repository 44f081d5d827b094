import { knownText, neededPart } from '../../domain/search/known-text.js';
import { modes, type Mode } from '../../domain/ids.js';
import { orderStatuses, type OrderStatus } from '../../domain/order.js';
import { ordersNamed } from './order-lookups.js';
import { orderColumns, type OrderRow } from './orders.js';
import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { many, manyPlanned, selectList } from '../query.js';

/** What an operator narrows the orders of all accounts by. */
export interface SearchFilters {
  readonly accountId?: string | undefined;
  readonly mode?: Mode | undefined;
  readonly status?: OrderStatus | undefined;
  readonly search?: string | undefined; // what somebody knows: part of a text, a whole value of the metadata, an address …
  readonly paymentId?: string | undefined; // of the order, or of any deposit for it
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
}

interface Wanted {
  readonly filters: SearchFilters;
  readonly after: Position | null;
  readonly limit: number;
}

/** One page of everybody's orders by keyset, newest first. */
export async function searchOrders(db: Database, wanted: Wanted): Promise<Page<OrderRow>> {
  const rows = await found<OrderRow>(db, orderColumns, { ...wanted, limit: wanted.limit + 1 });
  return pageOf(rows, wanted.limit, (row) => row.createdAt);
}

/** One order as it stands in an export. */
export type ExportRow = Pick<
  OrderRow,
  | 'id'
  | 'accountId'
  | 'product'
  | 'priceCents'
  | 'priceCurrency'
  | 'status'
  | 'paymentId'
  | 'customerNote'
  | 'internalNote'
  | 'createdAt'
  | 'updatedAt'
>;

export const exportColumns = selectList<ExportRow>({
  id: 'o.id',
  accountId: 'o.account_id',
  product: 'o.product',
  priceCents: 'o.price_cents',
  priceCurrency: 'o.price_currency',
  status: 'o.status',
  paymentId: 'o.payment_id',
  customerNote: 'o.customer_note',
  internalNote: 'o.internal_note',
  createdAt: 'o.created_at',
  updatedAt: 'o.updated_at',
});

export function exportOrders(db: Database, wanted: Wanted): Promise<ExportRow[]> {
  return found<ExportRow>(db, exportColumns, wanted);
}

/** Whether more than so many orders match. Counts no further. */
export async function matchesMoreThan(db: Database, filters: SearchFilters, limit: number): Promise<boolean> {
  const columns = 'o.id, o.created_at as "createdAt"';
  const wanted = { filters, after: null, limit: limit + 1 };
  const { sql, values } = statement(columns, wanted, await namedIn(db, filters));
  const counted = await manyPlanned<{ found: number }>(db, `select count(*) as found from (${sql}) matching`, values);
  return counted.some(({ found }) => found > limit);
}

/** Only a text to search for makes the plan depend on the values. A walk of an index is planned once for each connection. */
async function found<Row extends object>(db: Database, columns: string, wanted: Wanted): Promise<Row[]> {
  const { sql, values } = statement(columns, wanted, await namedIn(db, wanted.filters));
  return wanted.filters.search === undefined ? many<Row>(db, sql, values) : manyPlanned<Row>(db, sql, values);
}

/** The orders that the text names by more than a part of their own text. */
async function namedIn(db: Database, { search }: SearchFilters): Promise<readonly string[]> {
  return search === undefined ? [] : ordersNamed(db, knownText(search));
}

type Value = (given: unknown) => string;

function statement(columns: string, wanted: Wanted, named: readonly string[]): { sql: string; values: unknown[] } {
  const values: unknown[] = [];
  const value: Value = (given) => `$${values.push(given)}`;
  const { search, paymentId } = wanted.filters;
  if (search !== undefined) return { sql: bySearch(columns, { ...wanted, search, named }, value), values };
  const build = paymentId !== undefined ? byPayment : byAge;
  return { sql: build(columns, wanted, value), values };
}

interface Searched extends Wanted {
  readonly search: string;
  readonly named: readonly string[];
}

/** The indexes of text and words when they are selective, a walk from the newest when they are not: the planner knows which. */
function bySearch(columns: string, { filters, after, limit, search, named }: Searched, value: Value): string {
  const isFound = [
    partOfText(neededPart(search), value),
    `s.words @> array[search_fold(${value(search)}::text)] and s.words is not null`,
    ...(named.length > 0 ? [`s.order_id = any (${value(named)})`] : []),
  ];
  const where = [
    `(${isFound.map((each) => `(${each})`).join(' or ')})`,
    ...narrowed(filters, value),
    ...inWindow('s.created_at', filters, value),
    ...beyond('s.created_at', 's.order_id', after, value),
  ];
  return `select ${columns} from order_search s join orders o on o.id = s.order_id
    where ${where.join(' and ')} order by s.created_at desc, s.order_id limit ${value(limit)}`;
}

function partOfText(needle: string, value: Value): string {
  // Every text has the beginning of an id in it, and eight digits tell ids apart: more, looked up, would only cost.
  const rare = needle.replace(/^ord_(?:[0-9a-f]*(?=[0-9a-f]{8}$)|(?=.{5}))/i, '');
  const pattern = value(`%${rare.replace(/[\\%_]/g, '\\$&')}%`);
  return [
    `s.folded like search_fold(${pattern})`,
    ...(rare === needle ? [] : [`strpos(s.folded, search_fold(${value(needle)})) > 0`]),
    ...(needle.includes('\n') ? [withinOneField(value(needle))] : []), // the fields are joined by line breaks
  ].join(' and ');
}

function withinOneField(needle: string): string {
  const fields = ['o.id', 'o.product', 'o.customer_note', 'o.customer_reference'];
  return `(${fields.map((field) => `strpos(search_fold(${field}), search_fold(${needle})) > 0`).join(' or ')})`;
}

function byPayment(columns: string, { filters, after, limit }: Wanted, value: Value): string {
  const where = [
    ...narrowed(filters, value),
    ...inWindow('o.created_at', filters, value),
    ...beyond('o.created_at', 'o.id', after, value),
  ];
  return `select ${columns} from orders o where ${where.join(' and ')} order by o.created_at desc, o.id
    limit ${value(limit)}`;
}

/** One ordered walk of an index for each mode, and each status where no account leads; merged as far as a page needs. */
function byAge(columns: string, { filters, after, limit }: Wanted, value: Value): string {
  const common = [
    ...(filters.accountId === undefined ? [] : [`o.account_id = ${value(filters.accountId)}`]),
    ...inWindow('o.created_at', filters, value),
    ...beyond('o.created_at', 'o.id', after, value),
  ];
  const most = value(limit);
  const walks = modesOf(filters).flatMap((mode) =>
    statusesOf(filters).map((status) => {
      const own = [`o.mode = ${value(mode)}`, ...(status === null ? [] : [`o.status = ${value(status)}`])];
      return `(select ${columns} from orders o where ${[...own, ...common].join(' and ')}
        order by o.created_at desc, o.id limit ${most})`;
    }),
  );
  return `select * from (${walks.join(' union all ')}) walks order by "createdAt" desc, id limit ${most}`;
}

function modesOf({ mode }: SearchFilters): readonly Mode[] {
  return mode === undefined ? modes : [mode];
}

function statusesOf({ status, accountId }: SearchFilters): readonly (OrderStatus | null)[] {
  if (status !== undefined) return [status];
  return accountId === undefined ? orderStatuses : [null];
}

function narrowed({ accountId, mode, status, paymentId }: SearchFilters, value: Value): string[] {
  const where: string[] = [];
  if (accountId !== undefined) where.push(`o.account_id = ${value(accountId)}`);
  if (mode !== undefined) where.push(`o.mode = ${value(mode)}`);
  if (status !== undefined) where.push(`o.status = ${value(status)}`);
  if (paymentId !== undefined) {
    const id = value(paymentId);
    where.push(`o.id in (select own.id from orders own where own.mode in ('live', 'test') and own.payment_id = ${id}
      union select p.order_id from payments p where p.mode in ('live', 'test') and p.payment_id = ${id})`);
  }
  return where;
}

function inWindow(at: string, { createdAfter, createdBefore }: SearchFilters, value: Value): string[] {
  return [
    ...(createdAfter === undefined ? [] : [`${at} >= ${value(createdAfter)}`]),
    ...(createdBefore === undefined ? [] : [`${at} < ${value(createdBefore)}`]),
  ];
}

function beyond(at: string, id: string, after: Position | null, value: Value): string[] {
  if (!after) return [];
  const afterAt = value(after.at);
  const afterId = value(after.id);
  return [`${at} <= ${afterAt}`, `(${at} < ${afterAt} or ${id} > ${afterId})`];
}
