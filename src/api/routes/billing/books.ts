import type { Routes } from '../../deps.js';
import { sendBook } from '../../orders/books-export.js';
import { callerIn, ownerIn } from '../../plugins/auth.js';
import { bookQuery } from '../../schemas/orders.js';

/** A month of the caller's own receipts, and of what came for its orders. */
export const bookRoutes: Routes = (app, deps) => {
  for (const book of ['receipts', 'movements'] as const) {
    app.get(
      `/v1/billing/${book}.csv`,
      { config: { permission: 'orders:read' }, exposeHeadRoute: false, schema: { querystring: bookQuery } },
      async (request, reply) => {
        const { month } = request.query;
        const wanted = { book, month, ...ownerIn(request), actor: callerIn(request).actor };
        return sendBook(deps, { request, reply }, wanted);
      },
    );
  }
};
