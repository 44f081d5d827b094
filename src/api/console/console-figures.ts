import { countOpenCases } from '../../db/support/case-queue.js';
import { deliveryDays, timeToPaid } from '../../db/figures/console-figures.js';
import { countDeadLetters } from '../../db/deliveries/delivery-log.js';
import { dailyFigures, orderFigures, type DailyFigure, type OrderFigure } from '../../db/figures/order-figures.js';
import { idempotencyCounters } from '../../db/orders/idempotency-keys.js';
import type { Mode } from '../../domain/ids.js';
import { orderStatuses, type OrderStatus } from '../../domain/order.js';
import { day, hour, minute } from '../../domain/timing.js';
import type { ConsoleCounters } from '../../web/console/console-counters.js';
import type { ConsoleOverviewView } from '../../web/console/console-overview-page.js';
import type { AppDeps } from '../deps.js';
import { recent } from './recent.js';

const chartDays = 14;
const paidBounds = [5 * minute, 15 * minute, 30 * minute, hour, day];
const paidSample = 10_000; // enough for a shape, and as quick over millions of orders

export type ConsoleFigures = Pick<
  ConsoleOverviewView,
  'counters' | 'daily' | 'timeToPaid' | 'averageTimeToPaidMs' | 'revenue' | 'keys' | 'webhooks'
>;

export async function consoleCounters({ pool }: Pick<AppDeps, 'pool'>, mode: Mode): Promise<ConsoleCounters> {
  const [figures, openCases, deadDeliveries] = await Promise.all([
    orderFigures(pool, mode),
    countOpenCases(pool),
    countDeadLetters(pool),
  ]);
  return { mode, byStatus: byStatus(figures), openCases, deadDeliveries };
}

/** What the overview draws. Deliveries are counted in their table, so that count may be a minute old. */
export function createConsoleFigures({ pool, nowMs, log }: AppDeps): (mode: Mode) => Promise<ConsoleFigures> {
  const daysOf = (mode: Mode) => recent(() => deliveryDays(pool, mode, chartDays), { maxAgeMs: minute, nowMs });
  const deliveries = { live: daysOf('live'), test: daysOf('test') };

  return async (mode) => {
    const [counters, figures, daily, waits, keys, webhooks] = await Promise.all([
      consoleCounters({ pool }, mode),
      orderFigures(pool, mode),
      dailyFigures(pool, { mode, days: chartDays }),
      timeToPaid(pool, mode, { bounds: paidBounds, sample: paidSample }),
      idempotencyCounters(pool),
      deliveries[mode]().catch((failure: unknown) => {
        log.warn({ err: failure }, 'deliveries by day could not be counted'); // the other figures are still worth a page
        return [];
      }),
    ]);
    const paid = figures.filter(({ status }) => status === 'paid');
    const orders = sum(paid.map((figure) => figure.orders));
    return {
      counters,
      daily: everyDay(daily, new Date(nowMs())),
      timeToPaid: waits,
      averageTimeToPaidMs: orders === 0 ? null : Math.round(sum(paid.map(({ paidMs }) => paidMs)) / orders),
      revenue: revenueOf(paid),
      keys,
      webhooks,
    };
  };
}

/** Days without an order are days too. */
function everyDay(daily: readonly DailyFigure[], today: Date): ConsoleFigures['daily'] {
  const days = Array.from({ length: chartDays }, (_, back) => {
    const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() - back);
    return new Date(midnight).toISOString().slice(0, 10);
  });
  const empty = days.filter((date) => !daily.some((figure) => figure.date === date));
  return [...daily, ...empty.map((date) => ({ date, status: 'paid' as const, count: 0 }))];
}

function byStatus(figures: readonly OrderFigure[]): Record<OrderStatus, number> {
  const counts = { pending: 0, confirming: 0, partial: 0, paid: 0, failed: 0, cancelled: 0 };
  for (const status of orderStatuses) {
    counts[status] = sum(figures.filter((figure) => figure.status === status).map(({ orders }) => orders));
  }
  return counts;
}

/** By currency, the one with most orders first. */
function revenueOf(paid: readonly OrderFigure[]): ConsoleFigures['revenue'] {
  const currencies = [...new Set(paid.map(({ currency }) => currency))];
  const lines = currencies.map((currency) => {
    const figures = paid.filter((figure) => figure.currency === currency);
    return {
      currency,
      cents: sum(figures.map(({ priceCents }) => priceCents)),
      orders: sum(figures.map(({ orders }) => orders)),
    };
  });
  return lines.sort((a, b) => b.orders - a.orders);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
