import type { FastifyRequest } from 'fastify';
import { listCases } from '../../../db/support/case-lists.js';
import { findCase, type CaseRow } from '../../../db/support/support-cases.js';
import { isWithin } from '../../orders/admin-order.js';
import { modeWithin } from '../../orders/admin-filters.js';
import { accountIdIn } from '../../accounts/account-id.js';
import { caseAnswerOf, caseAnswers } from '../../cases/case-answers.js';
import { applyDecision } from '../../cases/case-decisions.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { callerIn, reachIn } from '../../plugins/auth.js';
import { notFound } from '../../http/problem.js';
import { caseAnswer, caseList, caseQuery, resolveBody } from '../../schemas/support-cases.js';
import { idParams } from '../../schemas/webhooks.js';
import { pathId } from '../../http/path-id.js';

const config = { permission: 'operator:read' } as const;
const deciding = { permission: 'operator:support' } as const;
const base = '/v1/admin/support-cases';

/** The queue of unusual money, the evidence of each case, and the decisions on them. */
export const supportCaseRoutes: Routes = (app, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'support-cases');

  app.get(base, { config, schema: { querystring: caseQuery, response: { 200: caseList } } }, async (request) => {
    const { limit, cursor, account_id, livemode, ...plain } = request.query;
    const accountId = account_id === undefined ? undefined : accountIdIn(account_id);
    const filters = { ...plain, accountId, livemode };
    const page = await listCases(pool, {
      filters: {
        status: plain.status,
        kind: plain.kind,
        orderId: plain.order_id,
        accountId,
        mode: modeWithin(reachIn(request), livemode),
      },
      after: cursors.open({ filters }, cursor),
      limit,
    });
    return {
      cases: await caseAnswers(pool, page.rows),
      next_cursor: cursors.seal({ filters }, page.next),
    };
  });

  app.get(`${base}/:id`, { config, schema: { params: idParams, response: { 200: caseAnswer } } }, async (request) => {
    return caseAnswerOf(pool, await caseIn(request, request.params.id));
  });

  app.post(
    `${base}/:id/resolve`,
    {
      config: deciding,
      schema: { params: idParams, body: resolveBody, response: { 200: caseAnswer, 202: caseAnswer } },
    },
    async (request, reply) => {
      const { action, reason, decision_id } = request.body;
      const { id } = await caseIn(request, request.params.id);
      const { kind, row } = await applyDecision(deps, {
        caseId: id,
        action,
        reason,
        actor: callerIn(request).actor,
        decisionId: decision_id ?? null,
      });
      if (kind === 'awaiting_approval') void reply.code(202);
      return caseAnswerOf(pool, row);
    },
  );

  async function caseIn(request: FastifyRequest, id: string): Promise<CaseRow> {
    const found = await findCase(pool, pathId('case', id));
    if (!found || !isWithin(reachIn(request), found)) throw notFound();
    return found;
  }
};
