import type { VNode } from 'preact';
import { publicId } from '../../domain/ids.js';
import { consolePage, CsrfField, Empty, may, NextPage, personText, type ConsoleContext } from './console-frame.js';
import { TableBox } from './table-box.js';
import { clockText, Instant } from '../instant.js';

export interface ConsoleReconcileRun {
  readonly id: string;
  readonly trigger: 'schedule' | 'operator';
  readonly dryRun: boolean;
  readonly actor: string | null;
  readonly examined: Readonly<Record<string, number>>;
  readonly repaired: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly failures: readonly { readonly kind: string | null; readonly id: string | null; readonly message: string }[];
  readonly outcome: 'finished' | 'failed' | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export interface ConsoleReconcileView {
  readonly context: ConsoleContext;
  readonly runs: readonly ConsoleReconcileRun[];
  readonly nextCursor: string | null;
}

export function consoleReconcilePage({ context, runs, nextCursor }: ConsoleReconcileView): string {
  return consolePage({
    context,
    section: 'Reconcile',
    title: 'Reconcile',
    children: (
      <>
        <div class="heading">
          <h1>Reconcile</h1>
          {may(context, 'reconcile:run') && (
            <form method="post" action="/console/reconcile" class="inline spread">
              <CsrfField context={context} back="/console/reconcile" />
              <button class="small" name="dry_run" value="false">
                Run now
              </button>
              <button class="small second" name="dry_run" value="true">
                Dry run
              </button>
            </form>
          )}
        </div>
        {runs.length === 0 ? <Empty>No run yet. The first one follows within minutes.</Empty> : <Runs runs={runs} />}
        <NextPage path="/console/reconcile" query={{ cursor: nextCursor }} />
      </>
    ),
  });
}

function Runs({ runs }: { runs: readonly ConsoleReconcileRun[] }): VNode {
  return (
    <TableBox label="Reconcile runs" columns={['Started', 'Took', 'By', 'Examined', 'Repaired', 'Failed', 'Run']}>
      {runs.map((run) => (
        <tr>
          <td class="nowrap">
            <Instant iso={run.startedAt} seconds />
          </td>
          <td class="nowrap">
            {run.finishedAt ? (
              clockText(Date.parse(run.finishedAt) - Date.parse(run.startedAt))
            ) : (
              <span class="badge s-confirming">running</span>
            )}
          </td>
          <td>
            {run.trigger === 'operator' && run.actor ? personText(run.actor) : run.trigger}{' '}
            {run.dryRun && <span class="badge">dry run</span>}
          </td>
          <td>
            <Counts counts={run.examined} />
          </td>
          <td>
            <Counts counts={run.repaired} />
          </td>
          <td>
            <Failed run={run} />
          </td>
          <td class="code cut">{publicId('run', run.id).slice(0, 12)}…</td>
        </tr>
      ))}
    </TableBox>
  );
}

/** How many rows failed, and the first lines of what did; a run that ended early says so. */
function Failed({ run: { failed, failures, outcome } }: { run: ConsoleReconcileRun }): VNode {
  return (
    <>
      {outcome === 'failed' && <span class="badge s-failed">ended early</span>} <Counts counts={failed} />
      {failures.length > 0 && (
        <details>
          <summary>Why</summary>
          <ul>
            {failures.map(({ kind, id, message }) => (
              <li>
                {[kind?.replaceAll('_', ' '), id].filter(Boolean).join(' ')}: {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Counts({ counts }: { counts: Readonly<Record<string, number>> }): VNode {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  if (some.length === 0) return <span class="quiet">nothing</span>;
  return <>{some.map(([kind, count]) => `${kind.replaceAll('_', ' ')}: ${count}`).join(', ')}</>;
}
