import { compare } from '../compare.js';
import type { Payment } from '../world/payments.js';
import type { World } from '../world/world.js';
import { answer, invalid, type Answer } from './provider-answers.js';
import { readPayment } from './wire.js';

type Query = Record<string, string | undefined>;

const DAY_MS = 24 * 3_600_000;

const sortable: Readonly<Record<string, (payment: Payment) => number | string>> = {
  created_at: (payment) => payment.createdAtMs,
  updated_at: (payment) => payment.updatedAtMs,
  payment_id: (payment) => payment.id,
  payment_status: (payment) => payment.status,
  order_id: (payment) => payment.orderId ?? '',
  price_amount: (payment) => Number(payment.priceAmount),
  price_currency: (payment) => payment.priceCurrency,
  pay_amount: (payment) => Number(payment.payAmount),
  pay_currency: (payment) => payment.payCurrency,
  actually_paid: (payment) => Number(payment.actuallyPaid),
};

export function listPayments(world: World, keyLabel: string, query: Query): Answer {
  const { limit = '10', page = '0', sortBy = 'created_at', orderBy = 'asc', invoiceId } = query;
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 500) return invalid('limit must be 1 to 500');
  if (!/^\d{1,9}$/.test(page)) return invalid('page must be a number from 0');
  const order = sortable[sortBy];
  if (order === undefined) return invalid(`sortBy must be one of [${Object.keys(sortable).join(', ')}]`);
  if (orderBy !== 'asc' && orderBy !== 'desc') return invalid('orderBy must be asc or desc');
  const fromMs = parseDate(query.dateFrom, 'start') ?? 0;
  const untilMs = parseDate(query.dateTo, 'end') ?? Infinity;
  if (Number.isNaN(fromMs) || Number.isNaN(untilMs)) return invalid('dates must be YYYY-MM-DD or ISO 8601');

  const listed = createdBetween(world, keyLabel, fromMs, untilMs);
  const matching = invoiceId === undefined ? listed : listed.filter((payment) => payment.invoiceId === invoiceId);
  const sorted = sortBy === 'created_at' ? matching : [...matching].sort((a, b) => compare(order(a), order(b)));
  const size = Number(limit);
  const rows = pageOf(sorted, { from: Number(page) * size, size, isBackwards: orderBy === 'desc' });
  return answer({
    data: rows.map(readPayment),
    limit: size,
    page: Number(page),
    pagesCount: Math.ceil(sorted.length / size),
    total: sorted.length,
  });
}

/** The account's payments are kept in order of creation, so a window of two minutes costs no walk over them all. */
function createdBetween(world: World, keyLabel: string, fromMs: number, untilMs: number): readonly Payment[] {
  const payments = world.payments.ofAccount(keyLabel);
  const { listLagMs } = world.settings.current();
  const lastListedMs = Math.min(untilMs, listLagMs === 0 ? Infinity : world.clock.now() - listLagMs);
  return payments.slice(firstFrom(payments, fromMs), firstFrom(payments, lastListedMs + 1));
}

function firstFrom(payments: readonly Payment[], ms: number): number {
  let low = 0;
  let high = payments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((payments[middle]?.createdAtMs ?? Infinity) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pageOf(
  rows: readonly Payment[],
  { from, size, isBackwards }: { from: number; size: number; isBackwards: boolean },
) {
  if (!isBackwards) return rows.slice(from, from + size);
  const end = Math.max(0, rows.length - from);
  return rows.slice(Math.max(0, end - size), end).reverse();
}

/** A bare day means the whole of it, at either end. NaN when it is no date. */
function parseDate(text: string | undefined, edge: 'start' | 'end'): number | undefined {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return Date.parse(text) + (isDay && edge === 'end' ? DAY_MS - 1 : 0);
}
