import { z } from 'zod';
import { listRuns } from '../../../db/reconcile-runs.js';
import { consoleReconcilePage } from '../../../web/console-reconcile-page.js';
import { backWith, consoleContext, sendPage } from '../../console-context.js';
import { consoleCursors } from '../../console-cursors.js';
import type { Routes } from '../../deps.js';
import { actorIn, forConsole } from '../../plugins/console-session.js';
import { reconcileNow } from '../../reconcile-now.js';

const here = '/console/reconcile';
const pageSize = 50;

const runForm = z.object({ csrf: z.string(), back: z.string().optional(), dry_run: z.enum(['true', 'false']) });

export const consoleReconcileRoutes: Routes = (console, deps) => {
  const { pool } = deps;
  const cursors = consoleCursors(deps, 'reconcile');

  console.get(
    '/reconcile',
    { config: forConsole('page'), schema: { hide: true, querystring: z.object({ cursor: z.string().optional() }) } },
    async (request, reply) => {
      const after = cursors.open({}, request.query.cursor);
      const before = after && { startedAt: after.at, id: after.id };
      const found = await listRuns(pool, { before, limit: pageSize + 1 });
      const runs = found.slice(0, pageSize);
      const last = found.length > pageSize ? runs.at(-1) : undefined;
      const nextCursor = cursors.seal({}, last ? { at: last.startedAt, id: last.id } : null);
      const context = await consoleContext(deps, request, reply);
      return sendPage(reply, consoleReconcilePage({ context, runs, nextCursor }));
    },
  );

  console.post(
    '/reconcile',
    { config: forConsole('reconcile:run'), schema: { hide: true, body: runForm } },
    async (request, reply) => {
      const dryRun = request.body.dry_run === 'true';
      await reconcileNow(deps, { dryRun, actor: actorIn(request), reason: null });
      const text = dryRun ? 'A dry run has started: it looks and repairs nothing.' : 'Reconcile has started.';
      return backWith(reply, here, { tone: 'good', text });
    },
  );
};
