import type { FastifyRequest } from 'fastify';
import { listWaitingApprovals } from '../../../db/support/approvals.js';
import { permits } from '../../../domain/access/scopes.js';
import { approve, decline, type Decider } from '../../approvals/decide.js';
import type { Routes } from '../../deps.js';
import { createCursors } from '../../http/cursors.js';
import { takeNoBodyForEmpty } from '../../http/empty-body.js';
import { pathId } from '../../http/path-id.js';
import { callerIn } from '../../plugins/auth.js';
import { pageQuery } from '../../schemas/accounts.js';
import { approvalAnswer, approvalAnswerOf, approvalList, decisionBody } from '../../schemas/approvals.js';
import { idParams } from '../../schemas/webhooks.js';

const base = '/v1/admin/approvals';
const scope = { filters: {} };
const config = { permission: 'operator:read', forLive: true } as const;
// Any of these opens the route; which one it takes follows from what was proposed.
const deciding = {
  permission: ['operator:support', 'operator:keys', 'operator:credentials', 'operator:policies'],
  forLive: true,
} as const;

/** What waits for a second person, and what he says to it. */
export const approvalRoutes: Routes = (app, deps) => {
  const cursors = createCursors(deps, 'approvals');
  const schema = { params: idParams, body: decisionBody, response: { 200: approvalAnswer } };
  const asked = { config: deciding, preValidation: takeNoBodyForEmpty, schema };

  app.get(base, { config, schema: { querystring: pageQuery, response: { 200: approvalList } } }, async (request) => {
    const { limit, cursor } = request.query;
    const page = await listWaitingApprovals(deps.pool, { after: cursors.open(scope, cursor), limit });
    return { approvals: page.rows.map(approvalAnswerOf), next_cursor: cursors.seal(scope, page.next) };
  });

  app.post(`${base}/:id/approve`, asked, async (request) =>
    approvalAnswerOf(
      await approve(deps, pathId('approval', request.params.id), deciderOf(request, request.body.reason)),
    ),
  );

  app.post(`${base}/:id/decline`, asked, async (request) =>
    approvalAnswerOf(
      await decline(deps, pathId('approval', request.params.id), deciderOf(request, request.body.reason)),
    ),
  );
};

function deciderOf(request: FastifyRequest, reason: string | undefined): Decider {
  const { actor, scopes } = callerIn(request);
  return { actor, may: (right) => permits(scopes, right), reason: reason ?? null };
}
