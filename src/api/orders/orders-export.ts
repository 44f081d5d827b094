import type { FastifyReply, FastifyRequest } from 'fastify';
import { exportOrders, matchesMoreThan, type ExportRow, type SearchFilters } from '../../db/orders/order-search.js';
import type { Position } from '../../db/page.js';
import type { Pool } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { appendAudit } from '../../db/support/audit-log.js';
import type { AlarmName } from '../../domain/alarms.js';
import { wireWords } from '../../domain/brand.js';
import { publicId } from '../../domain/ids.js';
import { ordersCsv, type OrderCsvRow } from '../../web/orders-csv.js';
import type { AppDeps } from '../deps.js';
import { sendCsv } from '../http/csv-answer.js';
import { withinTime } from '../http/search-time.js';

const pageSize = 1_000;
const large = 10_000; // orders: more in one file is for somebody to hear of

/** Orders as a spreadsheet reads them, page by page. */
export async function sendOrdersCsv(
  deps: Pick<AppDeps, 'pool' | 'metrics' | 'log'>,
  answering: { request: FastifyRequest; reply: FastifyReply },
  { filters, limit, actor }: { filters: SearchFilters; limit: number; actor: string },
): Promise<FastifyReply> {
  const { pool } = deps;
  // What is cut off must be said before the first line, so it is counted first.
  const isCut = await withinTime(() => matchesMoreThan(pool, filters, limit));
  const isLarge = limit > large && (isCut || (await withinTime(() => matchesMoreThan(pool, filters, large))));
  await noteExport(deps, { filters, actor, isLarge });
  if (isCut) void answering.reply.header(wireWords.header('csv-truncated'), '1');
  const lines = matchingRows(pool, filters, limit);
  return sendCsv(answering, { fileName: 'crypto-orders.csv', lines, text: ordersCsv() });
}

/** Who took orders along, before the first line is sent. What was searched for may be a payer's words: that it was is enough. */
async function noteExport(
  { pool, metrics, log }: Pick<AppDeps, 'pool' | 'metrics' | 'log'>,
  { filters, actor, isLarge }: { filters: SearchFilters; actor: string; isLarge: boolean },
): Promise<void> {
  const { search, accountId = null, ...others } = filters;
  const after = { ...others, searched: search !== undefined, large: isLarge };
  await inTransaction(pool, (db) => appendAudit(db, { actor, action: 'crypto_orders.exported', accountId, after }));
  if (!isLarge) return;
  const alarm = 'large_export' satisfies AlarmName;
  metrics.alarms.inc({ alarm });
  log.warn({ alarm, actor }, `large_export: more than ${large} orders`);
}

async function* matchingRows(pool: Pool, filters: SearchFilters, limit: number): AsyncGenerator<OrderCsvRow> {
  let after: Position | null = null;
  for (let left = limit; left > 0;) {
    const rows: ExportRow[] = await exportOrders(pool, { filters, after, limit: Math.min(left, pageSize) });
    for (const row of rows) yield csvRow(row);
    const last = rows.at(-1);
    if (!last || rows.length < Math.min(left, pageSize)) return;
    after = { at: last.createdAt, id: last.id };
    left -= rows.length;
  }
}

function csvRow(row: ExportRow): OrderCsvRow {
  return {
    order_id: row.id,
    account_id: publicId('account', row.accountId),
    product: row.product,
    price_cents: row.priceCents,
    price_currency: row.priceCurrency,
    status: row.status,
    payment_id: row.paymentId,
    customer_note: row.customerNote,
    internal_note: row.internalNote,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}
