import { orderEventsOf } from '../../../db/orders/order-events.js';
import { searchOrders } from '../../../db/orders/order-search.js';
import { searchFilters } from '../../orders/admin-filters.js';
import { adminOrderOf, adminOrders, anyOrder } from '../../orders/admin-order.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { changeInternalNote } from '../../orders/internal-note.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { withinTime } from '../../http/search-time.js';
import {
  adminOrder,
  adminOrderEvents,
  adminOrderList,
  adminOrdersQuery,
  internalNoteBody,
  orderIdParams,
} from '../../schemas/admin-orders.js';

const config = { permission: 'operator:read' } as const;
const deciding = { permission: 'operator:support' } as const;
const base = '/v1/admin/crypto-orders';

export const adminOrderRoutes: Routes = (app, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'admin/crypto-orders');

  app.get(
    base,
    { config, schema: { querystring: adminOrdersQuery, response: { 200: adminOrderList } } },
    async (request) => {
      const { limit, cursor, ...query } = request.query;
      const filters = searchFilters(query, reachIn(request));
      const after = cursors.open({ filters }, cursor);
      const page = await withinTime(() => searchOrders(pool, { filters, after, limit }));
      return { orders: await adminOrders(deps, page.rows), next_cursor: cursors.seal({ filters }, page.next) };
    },
  );

  app.get(
    `${base}/:id`,
    { config, schema: { params: orderIdParams, response: { 200: adminOrder } } },
    async (request) => adminOrderOf(deps, await anyOrder(pool, request.params.id, reachIn(request))),
  );

  app.get(
    `${base}/:id/events`,
    { config, schema: { params: orderIdParams, response: { 200: adminOrderEvents } } },
    async (request) => {
      const order = await anyOrder(pool, request.params.id, reachIn(request));
      const lines = await orderEventsOf(pool, [order.id]);
      return {
        events: lines.map(({ status, at, source, event, factId, runId, detail }) => ({
          status,
          at,
          source,
          event,
          fact_id: factId,
          run_id: runId,
          detail,
        })),
      };
    },
  );

  app.patch(
    `${base}/:id/internal-note`,
    { config: deciding, schema: { params: orderIdParams, body: internalNoteBody, response: { 200: adminOrder } } },
    async (request) => {
      const order = await anyOrder(pool, request.params.id, reachIn(request));
      const { internal_note: note, reason = null } = request.body;
      const { actor } = callerIn(request);
      return adminOrderOf(deps, await changeInternalNote(pool, order, { note, actor, reason }));
    },
  );
};
