import { z } from 'zod';
import { accountNames } from '../../../db/accounts/accounts.js';
import { productsOfAll } from '../../../db/accounts/products.js';
import { nameOf } from '../../../domain/merchant/products.js';
import { openCasesOf } from '../../../db/support/case-queue.js';
import type { OrderRow } from '../../../db/orders/orders.js';
import { searchOrders, type SearchFilters } from '../../../db/orders/order-search.js';
import { orderStatuses } from '../../../domain/order.js';
import {
  consoleOrdersPage,
  type ConsoleOrderFilters,
  type ConsoleOrderLine,
} from '../../../web/console/console-orders-page.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { modeOf } from '../../orders/admin-filters.js';
import { consoleContext, sendPage } from '../../console/console-context.js';
import { createCursors } from '../../http/cursors.js';
import { consoleCounters } from '../../console/console-figures.js';
import type { AppDeps, Routes } from '../../deps.js';
import { sendOrdersCsv } from '../../orders/orders-export.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { badRequest, Problem } from '../../http/problem.js';
import { withinTime } from '../../http/search-time.js';
import { formCursor } from '../../schemas/text.js';

const pageSize = 50;
const mostExported = 100_000;
const word = z.string().default('');
const day = /^\d{4}-\d{2}-\d{2}$/;

// As the form sends it: a field left empty is no filter.
const ordersQuery = z.object({
  status: word,
  search: word,
  account_id: word,
  payment_id: word,
  livemode: word,
  created_after: word,
  created_before: word,
  cursor: formCursor,
});

export const consoleOrdersRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'console/orders');

  console.get(
    '/orders',
    { config: forConsole('page'), schema: { hide: true, querystring: ordersQuery } },
    async (request, reply) => {
      const { cursor, ...filters } = request.query;
      const found = await find(filters, cursor);
      const [context, counters, orders] = await Promise.all([
        consoleContext(deps, request, reply),
        consoleCounters(deps, filters.livemode === 'false' ? 'test' : 'live'),
        orderLines(deps, found.page.rows),
      ]);
      const nextCursor = cursors.seal({ filters }, found.page.next);
      const { problem } = found;
      return sendPage(reply, consoleOrdersPage({ context, counters, filters, problem, orders, nextCursor }));
    },
  );

  console.get(
    '/orders.csv',
    { config: forConsole('page'), exposeHeadRoute: false, schema: { hide: true, querystring: ordersQuery } },
    async (request, reply) =>
      sendOrdersCsv(
        deps,
        { request, reply },
        { filters: searchFiltersOf(request.query), limit: mostExported, actor: actorIn(request) },
      ),
  );

  /** A filter that cannot be read, or takes too long, is said beside the form that holds it. */
  async function find(filters: ConsoleOrderFilters, cursor: string | undefined) {
    try {
      const after = cursors.open({ filters }, cursor);
      const wanted = { filters: searchFiltersOf(filters), after, limit: pageSize };
      return { problem: null, page: await withinTime(() => searchOrders(pool, wanted)) };
    } catch (failure) {
      if (!(failure instanceof Problem)) throw failure;
      return { problem: failure.detail, page: { rows: [], next: null } };
    }
  }
};

function searchFiltersOf(filters: ConsoleOrderFilters): SearchFilters {
  const search = filters.search.trim();
  if ([...search].length > 200) throw badRequest('Search: at most 200 characters.');
  return {
    status: orderStatuses.find((status) => status === filters.status),
    search: search || undefined,
    paymentId: filters.payment_id.trim() || undefined,
    accountId: filters.account_id.trim() ? accountIdIn(filters.account_id.trim(), 'Account') : undefined,
    mode: filters.livemode === 'true' || filters.livemode === 'false' ? modeOf(filters.livemode) : undefined,
    createdAfter: dayStart(filters.created_after, 'From'),
    createdBefore: dayStart(filters.created_before, 'Before'),
  };
}

function dayStart(text: string, name: string): string | undefined {
  if (text === '') return undefined;
  const at = Date.parse(`${text}T00:00:00.000Z`);
  if (!day.test(text) || Number.isNaN(at)) throw badRequest(`${name}: expected a day such as 2026-11-24.`);
  return new Date(Math.max(0, at)).toISOString();
}

async function orderLines({ pool, settings }: AppDeps, orders: readonly OrderRow[]): Promise<ConsoleOrderLine[]> {
  const ids = orders.map(({ id }) => id);
  const accountIds = orders.map(({ accountId }) => accountId);
  const [cases, names, products] = await Promise.all([
    openCasesOf(pool, ids),
    accountNames(pool, accountIds),
    productsOfAll(pool, accountIds),
  ]);
  const open = new Map(cases.map(({ orderId, count }) => [orderId, count]));
  return orders.map((order) => ({
    ...order,
    accountName: names.get(order.accountId) ?? order.accountId,
    productName: nameOf(order.product, products.get(order.accountId) ?? settings.products),
    openCases: open.get(order.id) ?? 0,
  }));
}
