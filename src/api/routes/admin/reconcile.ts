import { listRuns, type ReconcileRunRow } from '../../../db/reconcile/reconcile-runs.js';
import { publicId } from '../../../domain/ids.js';
import { createCursors } from '../../http/cursors.js';
import type { Routes } from '../../deps.js';
import { takeNoBodyForEmpty } from '../../http/empty-body.js';
import { callerIn } from '../../plugins/auth.js';
import { reconcileNow } from '../../orders/reconcile-now.js';
import { pageQuery, reconcileAnswer, reconcileBody, reconcileRunList } from '../../schemas/operating.js';

const config = { permission: 'operator:read', forLive: true } as const;
const operating = { permission: 'operator:operations', forLive: true } as const;
const scope = { filters: {} };

export const adminReconcileRoutes: Routes = (app, deps) => {
  const cursors = createCursors(deps, 'admin/reconcile-runs');

  app.post(
    '/v1/admin/reconcile',
    {
      config: operating,
      preValidation: takeNoBodyForEmpty,
      schema: { body: reconcileBody, response: { 202: reconcileAnswer } },
    },
    async (request, reply) => {
      const { dry_run: dryRun, lost_since: lostSince, reason = null } = request.body;
      const runId = await reconcileNow(deps, { dryRun, lostSince }, { actor: callerIn(request).actor, reason });
      return reply.code(202).send({ run_id: publicId('run', runId) });
    },
  );

  app.get(
    '/v1/admin/reconcile-runs',
    { config, schema: { querystring: pageQuery, response: { 200: reconcileRunList } } },
    async (request) => {
      const { limit, cursor } = request.query;
      const page = await listRuns(deps.pool, { after: cursors.open(scope, cursor), limit });
      return { runs: page.rows.map(shown), next_cursor: cursors.seal(scope, page.next) };
    },
  );
};

function shown({ id, dryRun, failures, startedAt, finishedAt, ...run }: ReconcileRunRow) {
  const times = { started_at: startedAt, finished_at: finishedAt };
  return { ...run, id: publicId('run', id), dry_run: dryRun, failures: [...failures], ...times };
}
