import { pageOf, type Page, type Position } from '../page.js';
import type { Database } from '../pool.js';
import { execute, many, maybeOne, selectList } from '../query.js';

/** What failed in a run. */
export interface RunFailure {
  readonly kind: string | null; // the step; null: the run as a whole
  readonly id: string | null; // the row; null: the step as a whole
  readonly message: string;
}

const mostFailures = 20;

export interface ReconcileRunRow {
  readonly id: string;
  readonly trigger: 'schedule' | 'operator';
  readonly dryRun: boolean;
  readonly actor: string | null;
  readonly examined: Readonly<Record<string, number>>;
  readonly repaired: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>; // rows that could not be repaired; the run went on
  readonly failures: readonly RunFailure[]; // the first of what failed
  readonly outcome: 'finished' | 'failed' | null; // failed: it or a step of it ended early; null: it runs
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
  failed: 'failed',
  failures: 'failures',
  outcome: 'outcome',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
});

/**
 * Begins a run unless one is under way; answers its id, or null. Another whose lease is over was lost with its workflow, or
 * never had one, and ends as failed. So does one of the schedule when the schedule begins the next: it lets no two run
 * together. The caller names the id, so that a second attempt of the same start finds it.
 */
export async function beginRun(
  db: Database,
  run: { id: string; trigger: 'schedule' | 'operator'; dryRun: boolean; actor: string | null },
): Promise<string | null> {
  const lost: RunFailure = { kind: null, id: null, message: 'the run did not end: its workflow is gone' };
  await execute(
    db,
    `update reconcile_runs set finished_at = now(), outcome = 'failed', failures = failures || $3::jsonb
     where finished_at is null and id <> $1 and (lease_until < now() or trigger = 'schedule' and $2 = 'schedule')`,
    [run.id, run.trigger, JSON.stringify([lost])],
  );
  await execute(
    db,
    `insert into reconcile_runs (id, trigger, dry_run, actor, started_at, lease_until)
     values ($1, $2, $3, $4, now(), now() + interval '2 minutes')
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

/** Says that a run is alive; answers whether it still is the one under way. */
export async function renewRun(db: Database, id: string): Promise<boolean> {
  const renewed = await execute(
    db,
    `update reconcile_runs set lease_until = now() + interval '5 minutes' where id = $1 and finished_at is null`,
    [id],
  );
  return renewed === 1;
}

export interface PageCounts {
  readonly kind: string;
  readonly examined: number;
  readonly repaired: number;
  readonly failures: readonly RunFailure[]; // a line for each row that failed
}

/** Adds to what a run examined and repaired of one kind, and to what failed. */
export function countInRun(
  db: Database,
  id: string,
  { kind, examined, repaired, failures }: PageCounts,
): Promise<number> {
  return execute(
    db,
    `update reconcile_runs set
       examined = jsonb_set(examined, array[$2], to_jsonb(coalesce((examined ->> $2)::int, 0) + $3::int)),
       repaired = jsonb_set(repaired, array[$2], to_jsonb(coalesce((repaired ->> $2)::int, 0) + $4::int)),
       failed = case when $5::int = 0 then failed
         else jsonb_set(failed, array[$2], to_jsonb(coalesce((failed ->> $2)::int, 0) + $5::int)) end,
       failures = case when jsonb_array_length(failures) < ${mostFailures} then failures || $6::jsonb else failures end
     where id = $1`,
    [id, kind, examined, repaired, failures.length, JSON.stringify(failures.slice(0, mostFailures))],
  );
}

/** Ends a run: as finished, or as failed with what ended early. Rows that failed do not make it fail. */
export function finishRun(db: Database, id: string, failures: readonly RunFailure[] = []): Promise<number> {
  return execute(
    db,
    `update reconcile_runs set finished_at = now(), outcome = $2, failures = failures || $3::jsonb
     where id = $1 and finished_at is null`,
    [id, failures.length === 0 ? 'finished' : 'failed', JSON.stringify(failures)],
  );
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
