import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, selectList } from '../query.js';

export interface ReconcileRunRow {
  readonly id: string;
  readonly trigger: 'schedule' | 'operator';
  readonly dryRun: boolean;
  readonly actor: string | null;
  readonly examined: Readonly<Record<string, number>>;
  readonly repaired: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export const runColumns = selectList<ReconcileRunRow>({
  id: 'id',
  trigger: 'trigger',
  dryRun: 'dry_run',
  actor: 'actor',
  examined: 'examined',
  repaired: 'repaired',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
});

/**
 * Begins a run unless one is under way; answers its id, or null. Another that has not ended after an hour, or not looked at
 * anything after two minutes, was lost with its workflow or never had one, and makes way. The caller names the id, so that
 * a second attempt of the same start finds it.
 */
export async function beginRun(
  db: Database,
  run: { id: string; trigger: 'schedule' | 'operator'; dryRun: boolean; actor: string | null },
): Promise<string | null> {
  await execute(
    db,
    `update reconcile_runs set finished_at = now() where finished_at is null and id <> $1 and (
       started_at < now() - interval '1 hour' or examined = '{}' and started_at < now() - interval '2 minutes')`,
    [run.id],
  );
  await execute(
    db,
    `insert into reconcile_runs (id, trigger, dry_run, actor, started_at) values ($1, $2, $3, $4, now())
     on conflict do nothing`,
    [run.id, run.trigger, run.dryRun, run.actor],
  );
  const row = await maybeOne<{ id: string }>(
    db,
    'select id from reconcile_runs where id = $1 and finished_at is null',
    [run.id],
  );
  return row?.id ?? null;
}

/** Adds to what a run examined and repaired of one kind. */
export function countInRun(
  db: Database,
  id: string,
  { kind, examined, repaired }: { kind: string; examined: number; repaired: number },
): Promise<number> {
  return execute(
    db,
    `update reconcile_runs set
       examined = jsonb_set(examined, array[$2], to_jsonb(coalesce((examined ->> $2)::int, 0) + $3::int)),
       repaired = jsonb_set(repaired, array[$2], to_jsonb(coalesce((repaired ->> $2)::int, 0) + $4::int))
     where id = $1`,
    [id, kind, examined, repaired],
  );
}

export function finishRun(db: Database, id: string): Promise<number> {
  return execute(db, 'update reconcile_runs set finished_at = now() where id = $1 and finished_at is null', [id]);
}

/** Runs, newest first. */
export async function listRuns(
  db: Database,
  { after, limit }: { after: Position | null; limit: number },
): Promise<Page<ReconcileRunRow>> {
  const rows = await many<ReconcileRunRow>(
    db,
    `select ${runColumns} from reconcile_runs
     where $1::timestamptz is null or (started_at, id) < ($1, $2::uuid)
     order by started_at desc, id desc limit $3`,
    [after?.at ?? null, after?.id ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => row.startedAt);
}
