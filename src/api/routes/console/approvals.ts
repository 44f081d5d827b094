import { z } from 'zod';
import { listWaitingApprovals } from '../../../db/support/approvals.js';
import { rightFor } from '../../../domain/access/approval.js';
import { hasRight } from '../../../domain/access/operator.js';
import { publicId } from '../../../domain/ids.js';
import { consoleApprovalsPage } from '../../../web/console/people/console-approvals-page.js';
import { approve, decline } from '../../approvals/decide.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { createCursors } from '../../http/cursors.js';
import { pathId } from '../../http/path-id.js';
import { actorIn, forConsole, sessionIn } from '../../plugins/console-session.js';
import { formCursor, text } from '../../schemas/text.js';
import { idParams } from '../../schemas/webhooks.js';

const here = '/console/approvals';
const pageSize = 50;
const scope = { filters: {} };
const decideForm = z.object({
  ...formBasics,
  outcome: z.enum(['approve', 'decline']),
  reason: text(0, 500).transform((words) => words.trim()),
});
const approves = (body: unknown) => (body as { outcome?: unknown } | null)?.outcome === 'approve';

/** What waits for a second person. */
export const consoleApprovalRoutes: Routes = (console, deps) => {
  const cursors = createCursors(deps, 'console/approvals');
  const query = z.object({ cursor: formCursor });

  console.get(
    '/approvals',
    { config: forConsole('page'), schema: { hide: true, querystring: query } },
    async (request, reply) => {
      const { operator } = sessionIn(request);
      const after = cursors.open(scope, request.query.cursor);
      const page = await listWaitingApprovals(deps.pool, { after, limit: pageSize });
      const approvals = page.rows.map((row) => ({
        ...row,
        id: publicId('approval', row.id),
        isOwn: row.proposer === operator.id,
        mayDecide: hasRight(operator.role, rightFor[row.kind]),
      }));
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleApprovalsPage({ context, approvals, nextCursor: cursors.seal(scope, page.next) }));
    },
  );

  console.post(
    '/approvals/:id/decide',
    {
      config: { ...forConsole('approval:decide'), confirmed: approves },
      schema: { hide: true, params: idParams, body: decideForm },
    },
    async (request, reply) => {
      const { operator } = sessionIn(request);
      const { outcome, reason } = request.body;
      const decider = {
        actor: actorIn(request),
        may: (right: (typeof rightFor)[keyof typeof rightFor]) => hasRight(operator.role, right),
        reason: reason === '' ? null : reason,
      };
      const id = pathId('approval', request.params.id);
      if (outcome === 'approve') await approve(deps, id, decider);
      else await decline(deps, id, decider);
      return backWith(reply, here, { tone: 'good', text: outcome === 'approve' ? 'Approved and done.' : 'It is off.' });
    },
  );
};
