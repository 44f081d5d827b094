import { randomUUID } from 'node:crypto';
import { appendAudit } from '../../db/support/audit-log.js';
import { inTransaction } from '../../db/query.js';
import { beginRun, finishRun } from '../../db/reconcile/reconcile-runs.js';
import { publicId } from '../../domain/ids.js';
import type { AppDeps } from '../deps.js';
import { conflict } from '../http/problem.js';
import type { Asker } from '../http/asker.js';

export interface ReconcileScope {
  readonly dryRun: boolean;
  /** ISO time of the backup that was restored: coins of orders that are gone since become cases. */
  readonly lostSince?: string | undefined;
}

/** Runs reconcile now, beside its schedule; 409 while a run is under way. Answers the run's id. */
export async function reconcileNow(
  { pool, startReconcile }: Pick<AppDeps, 'pool' | 'startReconcile'>,
  scope: ReconcileScope,
  { actor, reason }: Asker,
): Promise<string> {
  const runId = randomUUID();
  const { dryRun, lostSince } = scope;
  await inTransaction(pool, async (db) => {
    const begun = await beginRun(db, { id: runId, trigger: 'operator', dryRun, actor });
    if (!begun) throw conflict('A reconcile run is under way.', { resource: 'reconcile_run' });
    await appendAudit(db, {
      actor,
      action: 'reconcile.started',
      accountId: null,
      subject: publicId('run', runId),
      reason,
      after: { dry_run: dryRun, lost_since: lostSince },
    });
  });
  try {
    await startReconcile({ runId, ...scope });
  } catch (failure) {
    // Nobody works on it: it must not hold up the next one.
    await finishRun(pool, runId, [{ kind: null, id: null, message: 'it could not be started' }]);
    throw failure;
  }
  return runId;
}
