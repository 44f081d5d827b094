import { z } from 'zod';
import { listCaseQueue } from '../../../db/support/case-queue.js';
import { uuidOf } from '../../../domain/ids.js';
import { caseActions, caseKinds, caseStatuses, type CaseAction } from '../../../domain/cases/support-case.js';
import { consoleCasesPage } from '../../../web/console/console-cases-page.js';
import { applyDecision } from '../../cases/case-decisions.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { createCursors } from '../../http/cursors.js';
import { consoleCases } from '../../console/console-order-view.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { formBack } from '../../console/console-path.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { notFound } from '../../http/problem.js';
import { formCursor, text } from '../../schemas/text.js';
import { idParams } from '../../schemas/webhooks.js';

const pageSize = 25;

// A filter that is no choice of the form is no filter.
const caseQuery = z.object({
  status: z.enum(caseStatuses).nullable().catch(null).default(null),
  kind: z.enum(caseKinds).nullable().catch(null).default(null),
  sort: z.enum(['age', 'amount']).catch('age').default('age'),
  cursor: formCursor,
});

const resolveForm = z.object({
  ...formBasics,
  decision_id: z.uuid(),
  action: z.enum(caseActions),
  reason: text(0, 500).transform((words) => words.replaceAll('\r\n', '\n').trim()),
});

const honours = (body: unknown) => (body as { action?: unknown } | null)?.action === 'honour';

const done: Record<CaseAction, string> = {
  honour: 'The order is honoured.',
  decline: 'The case is declined and closed.',
  note: 'The note is added to the case.',
};

export const consoleCaseRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'console/cases');

  console.get(
    '/cases',
    { config: forConsole('page'), schema: { hide: true, querystring: caseQuery } },
    async (request, reply) => {
      const { sort, cursor, ...filters } = request.query;
      const scope = { filters: { ...filters, sort } };
      const page = await listCaseQueue(pool, { filters, sort, after: cursors.open(scope, cursor), limit: pageSize });
      const context = await consoleContext(deps, request, reply);
      return sendPage(
        reply,
        consoleCasesPage({
          context,
          filters: { status: filters.status ?? '', kind: filters.kind ?? '', sort },
          cases: await consoleCases(pool, page.rows),
          nextCursor: cursors.seal(scope, page.next),
        }),
      );
    },
  );

  console.post(
    '/cases/:id/resolve',
    {
      config: { ...forConsole('case:resolve'), confirmed: honours },
      schema: { hide: true, params: idParams, body: resolveForm },
    },
    async (request, reply) => {
      const caseId = uuidOf('case', request.params.id);
      if (!caseId) throw notFound();
      const { action, reason, decision_id: decisionId } = request.body;
      const back = formBack(request);
      if (reason === '') return backWith(reply, back, { tone: 'stop', text: 'Please give a reason.' });
      const { kind } = await applyDecision(deps, { caseId, action, reason, actor: actorIn(request), decisionId });
      const wasProposed = kind === 'awaiting_approval';
      return backWith(reply, back, {
        tone: 'good',
        text: wasProposed ? 'Proposed. Another operator must approve it.' : done[action],
      });
    },
  );
};
