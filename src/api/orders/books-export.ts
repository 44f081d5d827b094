import type { FastifyReply, FastifyRequest } from 'fastify';
import { movementLines, receiptLines, type Books } from '../../db/money/account-books.js';
import type { Position } from '../../db/page.js';
import type { Pool } from '../../db/pool.js';
import { inTransaction } from '../../db/query.js';
import { appendAudit } from '../../db/support/audit-log.js';
import { modes, type Mode } from '../../domain/ids.js';
import { monthOf, movementBook, movementLine, receiptBook, receiptLine } from '../../domain/told/book-lines.js';
import { csvOf } from '../../web/orders-csv.js';
import type { AppDeps } from '../deps.js';
import { sendCsv } from '../http/csv-answer.js';

export type Book = 'receipts' | 'movements';

export interface WantedBook {
  readonly book: Book;
  readonly month: string;
  readonly accountId: string;
  readonly mode: Mode | null; // null: both
  readonly actor: string;
}

const pageSize = 1_000;
const columns = { receipts: receiptBook, movements: movementBook };

/** A month of an account as a spreadsheet reads it, page by page. */
export async function sendBook(
  { pool }: Pick<AppDeps, 'pool'>,
  answering: { request: FastifyRequest; reply: FastifyReply },
  { book, month, accountId, mode, actor }: WantedBook,
): Promise<FastifyReply> {
  const after = { month, mode: mode ?? 'both' };
  await inTransaction(pool, (db) => appendAudit(db, { actor, action: `${book}.exported`, accountId, after }));
  const books = (mode === null ? modes : [mode]).map((one) => ({ accountId, mode: one, ...monthOf(month) }));
  const lines = linesOf(pool, book, books);
  return sendCsv(answering, { fileName: `${book}-${month}.csv`, lines, text: csvOf(columns[book]) });
}

/** One mode after the other. */
async function* linesOf(pool: Pool, book: Book, books: readonly Books[]) {
  for (const each of books) yield* book === 'receipts' ? receiptsOf(pool, each) : movementsOf(pool, each);
}

async function* receiptsOf(pool: Pool, books: Books) {
  const load = (after: Position | null) => receiptLines(pool, books, { after, limit: pageSize });
  for await (const line of walked(load, ({ paidAt: at, orderId: id }) => ({ at, id }))) yield receiptLine(line);
}

async function* movementsOf(pool: Pool, books: Books) {
  const load = (after: Position | null) => movementLines(pool, books, { after, limit: pageSize });
  for await (const line of walked(load, ({ seenAt: at, paymentId: id }) => ({ at, id }))) {
    if (line.isOurs) yield movementLine(line);
  }
}

async function* walked<Line>(
  load: (after: Position | null) => Promise<Line[]>,
  placeOf: (line: Line) => Position,
): AsyncGenerator<Line> {
  let after: Position | null = null;
  for (;;) {
    const page: Line[] = await load(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = placeOf(last);
  }
}
