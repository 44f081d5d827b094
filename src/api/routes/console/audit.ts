import { z } from 'zod';
import { listAudit } from '../../../db/support/audit-lists.js';
import { operatorActor } from '../../../domain/access/operator.js';
import { consoleAuditPage } from '../../../web/console/console-audit-page.js';
import { consoleContext, sendPage } from '../../console/console-context.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { forConsole } from '../../plugins/console-session.js';
import { formCursor } from '../../schemas/text.js';

const pageSize = 50;
const word = z.string().default('');
const auditQuery = z.object({ action: word, actor: word, order_id: word, cursor: formCursor });

export const consoleAuditRoutes: Routes = (console, deps) => {
  const cursors = createCursors(deps, 'console/audit');

  console.get(
    '/audit',
    { config: forConsole('page'), schema: { hide: true, querystring: auditQuery } },
    async (request, reply) => {
      const { cursor, ...filters } = request.query;
      const page = await listAudit(deps.pool, {
        filters: {
          action: filters.action.trim() || undefined,
          actor: actorNamed(filters.actor.trim()),
          orderId: filters.order_id.trim() || undefined,
        },
        after: cursors.open({ filters }, cursor),
        limit: pageSize,
      });
      const context = await consoleContext(deps, request, reply);
      const nextCursor = cursors.seal({ filters }, page.next);
      return sendPage(reply, consoleAuditPage({ context, filters, entries: page.rows, nextCursor }));
    },
  );
};

/** People are called by their name alone; keys and commands carry their kind. */
function actorNamed(text: string): string | undefined {
  if (text === '') return undefined;
  return text.includes(':') || text.startsWith('key_') ? text : operatorActor(text);
}
