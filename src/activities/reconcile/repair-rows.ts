import type { RunFailure } from '../../db/reconcile/reconcile-runs.js';
import type { RelayDependencies } from './relay-facts.js';

/** One page of a kind of difference, gone through to its end. */
export interface Found {
  readonly examined: number;
  readonly repaired: number;
  readonly failures: readonly RunFailure[]; // a line for each row that failed
  readonly next: string | null;
}

export const pageSize = 100;

export interface Repairing {
  readonly kind: string;
  readonly onRowFailure: RelayDependencies['onRowFailure'];
  /** Called after each row. */
  readonly progress: () => Promise<void>;
}

/** Repairs row by row. One that fails is counted and told, and the page goes on: no row is in another's way. */
export async function repairRows<Row extends { id: string }>(
  rows: readonly Row[],
  repair: (row: Row) => Promise<boolean>,
  { kind, onRowFailure, progress }: Repairing,
): Promise<Found> {
  let repaired = 0;
  const failures: RunFailure[] = [];
  for (const row of rows) {
    try {
      if (await repair(row)) repaired += 1;
    } catch (failure) {
      onRowFailure(failure, { kind, id: row.id });
      failures.push({ kind, id: row.id, message: String(failure).slice(0, 500) });
    }
    await progress();
  }
  const last = rows.at(-1)?.id ?? null;
  return { examined: rows.length, repaired, failures, next: rows.length < pageSize ? null : last };
}
