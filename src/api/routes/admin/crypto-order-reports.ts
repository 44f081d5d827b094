import { idempotencyCounters } from '../../../db/orders/idempotency-keys.js';
import { dailyFigures, orderFigures, pendingAges, type OrderFigure } from '../../../db/figures/order-figures.js';
import { orderStatuses } from '../../../domain/order.js';
import { modeWithin } from '../../orders/admin-filters.js';
import { reachIn } from '../../plugins/auth.js';
import type { Routes } from '../../deps.js';
import {
  dailyAnswer,
  dailyQuery,
  figuresQuery,
  idempotencyAnswer,
  pendingAgeAnswer,
  statsAnswer,
  type StatsAnswer,
} from '../../schemas/admin-reports.js';

const config = { permission: 'operator:read' } as const;
const base = '/v1/admin/crypto-orders';

/** Figures over all orders of a mode; live ones, unless test orders are asked for. */
export const adminReportRoutes: Routes = (app, { pool }) => {
  app.get(
    `${base}/stats`,
    { config, schema: { querystring: figuresQuery, response: { 200: statsAnswer } } },
    async (request) =>
      statsOf(await orderFigures(pool, modeWithin(reachIn(request), request.query.livemode) ?? 'live')),
  );

  app.get(
    `${base}/daily`,
    { config, schema: { querystring: dailyQuery, response: { 200: dailyAnswer } } },
    async (request) => {
      const { days, livemode } = request.query;
      const rows = await dailyFigures(pool, { mode: modeWithin(reachIn(request), livemode) ?? 'live', days });
      return { days, rows, truncated: false as const, scanned: sum(rows.map((row) => row.count)) };
    },
  );

  app.get(
    `${base}/pending-age`,
    { config, schema: { querystring: figuresQuery, response: { 200: pendingAgeAnswer } } },
    async (request) => {
      const ages = await pendingAges(pool, modeWithin(reachIn(request), request.query.livemode) ?? 'live');
      const buckets = {
        under_1h: sum(ages.map((age) => age.under1h)),
        h1_to_6h: sum(ages.map((age) => age.h1to6h)),
        h6_to_24h: sum(ages.map((age) => age.h6to24h)),
        over_24h: sum(ages.map((age) => age.over24h)),
      };
      const total = sum(Object.values(buckets));
      const values = Object.fromEntries(ages.map(({ currency, priceCents }) => [currency, priceCents]));
      return { buckets, pending_value_cents: values, total, truncated: false as const, scanned: total };
    },
  );

  app.get(`${base}/idempotency-metrics`, { config, schema: { response: { 200: idempotencyAnswer } } }, async () => {
    const { firstWrites, replays, bodyMismatches } = await idempotencyCounters(pool);
    return { first_writes: firstWrites, replays, body_mismatches: bodyMismatches };
  });
};

export function statsOf(figures: readonly OrderFigure[]): StatsAnswer {
  const paid = figures.filter(({ status }) => status === 'paid');
  const paidSample = sum(paid.map(({ orders }) => orders));
  const total = sum(figures.map(({ orders }) => orders));
  const products = [...new Set(paid.map(({ product }) => product))];
  const ofProduct = (product: string) => paid.filter((figure) => figure.product === product);
  return {
    total,
    by_status: Object.fromEntries(
      orderStatuses.map((status) => [
        status,
        sum(figures.filter((figure) => figure.status === status).map(({ orders }) => orders)),
      ]),
    ),
    paid_revenue_cents: revenueOf(paid),
    avg_time_to_paid_ms: paidSample === 0 ? null : Math.round(sum(paid.map(({ paidMs }) => paidMs)) / paidSample),
    paid_sample: paidSample,
    paid_revenue_by_product: Object.fromEntries(products.map((product) => [product, revenueOf(ofProduct(product))])),
    paid_count_by_product: Object.fromEntries(
      products.map((product) => [product, sum(ofProduct(product).map(({ orders }) => orders))]),
    ),
    truncated: false,
    scanned: total,
  };
}

function revenueOf(figures: readonly OrderFigure[]): Record<string, number> {
  const revenue: Record<string, number> = {};
  for (const { currency, priceCents } of figures) revenue[currency] = (revenue[currency] ?? 0) + priceCents;
  return revenue;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
