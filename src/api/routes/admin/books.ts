import { accountIdIn } from '../../accounts/account-id.js';
import type { Routes } from '../../deps.js';
import { modeWithin } from '../../orders/admin-filters.js';
import { sendBook } from '../../orders/books-export.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { adminBookQuery } from '../../schemas/admin-reports.js';

/** The same of any account, for operators. */
export const adminBookRoutes: Routes = (app, deps) => {
  for (const book of ['receipts', 'movements'] as const) {
    app.get(
      `/v1/admin/${book}.csv`,
      { config: { permission: 'operator:read' }, exposeHeadRoute: false, schema: { querystring: adminBookQuery } },
      async (request, reply) => {
        const { month, account_id, livemode } = request.query;
        const mode = modeWithin(reachIn(request), livemode) ?? null;
        const wanted = { book, month, accountId: accountIdIn(account_id), mode, actor: callerIn(request).actor };
        return sendBook(deps, { request, reply }, wanted);
      },
    );
  }
};
