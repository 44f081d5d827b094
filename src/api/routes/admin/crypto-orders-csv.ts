import { searchFilters } from '../../orders/admin-filters.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { sendOrdersCsv } from '../../orders/orders-export.js';
import { adminCsvQuery } from '../../schemas/admin-orders.js';

export const adminCsvRoutes: Routes = (app, deps) => {
  app.get(
    '/v1/admin/crypto-orders.csv',
    { config: { permission: 'operator:read' }, exposeHeadRoute: false, schema: { querystring: adminCsvQuery } },
    async (request, reply) => {
      const { limit, ...query } = request.query;
      const filters = searchFilters(query, reachIn(request));
      return sendOrdersCsv(deps, { request, reply }, { filters, limit, actor: callerIn(request).actor });
    },
  );
};
