import { listAudit } from '../../../db/support/audit-lists.js';
import type { AuditRow } from '../../../db/support/audit-log.js';
import { publicId } from '../../../domain/ids.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { auditList, auditQuery } from '../../schemas/operating.js';

const config = { permission: 'operator:read', forLive: true } as const;

/** Who did what, newest first. */
export const adminAuditRoutes: Routes = (app, deps) => {
  const cursors = createCursors(deps, 'admin/audit-log');

  app.get(
    '/v1/admin/audit-log',
    { config, schema: { querystring: auditQuery, response: { 200: auditList } } },
    async (request) => {
      const { action, actor, account_id: account, order_id: orderId, limit, cursor } = request.query;
      const accountId = account === undefined ? undefined : accountIdIn(account);
      const filters = { action, actor, accountId, orderId };
      const page = await listAudit(deps.pool, { filters, after: cursors.open({ filters }, cursor), limit });
      return { entries: page.rows.map(shown), next_cursor: cursors.seal({ filters }, page.next) };
    },
  );
};

function shown({ accountId, orderId, previousHash, before, after, position: _inTheChain, ...row }: AuditRow) {
  return {
    ...row,
    account_id: accountId && publicId('account', accountId),
    order_id: orderId,
    before: before as Record<string, unknown> | null, // jsonb objects: only objects are written
    after: after as Record<string, unknown> | null,
    previous_hash: previousHash,
  };
}
