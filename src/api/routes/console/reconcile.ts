import { z } from 'zod';
import { listRuns } from '../../../db/reconcile/reconcile-runs.js';
import { consoleReconcilePage } from '../../../web/console/console-reconcile-page.js';
import { backWith, consoleContext, sendPage } from '../../console/console-context.js';
import { createCursors } from '../../http/cursors.js';
import { formBasics } from '../../console/form-fields.js';
import type { Routes } from '../../deps.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { reconcileNow } from '../../orders/reconcile-now.js';
import { formCursor } from '../../schemas/text.js';

const here = '/console/reconcile';
const pageSize = 50;
const scope = { filters: {} };

const runForm = z.object({ ...formBasics, dry_run: z.enum(['true', 'false']) });

export const consoleReconcileRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const cursors = createCursors(deps, 'console/reconcile');

  console.get(
    '/reconcile',
    { config: forConsole('page'), schema: { hide: true, querystring: z.object({ cursor: formCursor }) } },
    async (request, reply) => {
      const after = cursors.open(scope, request.query.cursor);
      const page = await listRuns(pool, { after, limit: pageSize });
      const nextCursor = cursors.seal(scope, page.next);
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleReconcilePage({ context, runs: page.rows, nextCursor }));
    },
  );

  console.post(
    '/reconcile',
    { config: forConsole('reconcile:run'), schema: { hide: true, body: runForm } },
    async (request, reply) => {
      const dryRun = request.body.dry_run === 'true';
      await reconcileNow(deps, { dryRun }, { actor: actorIn(request), reason: null });
      const text = dryRun ? 'A dry run has started: it looks and repairs nothing.' : 'Reconcile has started.';
      return backWith(reply, here, { tone: 'good', text });
    },
  );
};
