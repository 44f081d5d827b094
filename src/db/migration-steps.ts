import { readFile } from 'node:fs/promises';
import type { RunnerOption } from 'node-pg-migrate';

type Loader = Exclude<NonNullable<RunnerOption['migrationLoaderStrategies']>[number]['loader'], string>;
type Unit = Awaited<ReturnType<Loader>>[number];

/** Whoever waits for a table's lock makes all who come later wait behind him: less long than they are willing to. */
export const lockTimeoutMs = 1_000;

const outside = /^-- Up Migration, outside a transaction$/m;
const stepMark = /^-- Step$/m;
const down = /^-- Down Migration$/m;

/**
 * A migration is one transaction, which is right for what takes no time: a new table, a new column. What reads or writes a
 * table that may be large says that it runs outside a transaction, as steps: indexes are built `concurrently`, rows are
 * filled in batches that commit, constraints come `not valid` and are validated in another step. Such a migration may end
 * halfway and then runs again from its start, so each step must be harmless a second time.
 */
export function stepsOf(content: string): { readonly inTransaction: boolean; readonly steps: readonly string[] } {
  const [up = ''] = content.split(down);
  const inTransaction = !outside.test(up);
  const steps = inTransaction ? [up] : up.split(stepMark);
  return { inTransaction, steps: steps.map((step) => step.trim()) };
}

export async function migrationLoader(paths: string[]): Promise<Unit[]> {
  return Promise.all(
    paths.map(async (path) => {
      const { inTransaction, steps } = stepsOf(await readFile(path, 'utf8'));
      return {
        id: path,
        filePaths: [path],
        actions: { up: (builder) => runSteps(builder, inTransaction, steps), down: false },
      };
    }),
  );
}

type Builder = Parameters<Exclude<NonNullable<Unit['actions']['up']>, false>>[0];

function runSteps(builder: Builder, inTransaction: boolean, steps: readonly string[]): void {
  if (!inTransaction) builder.noTransaction();
  for (const step of steps) {
    // Nobody waits behind one that builds an index beside the traffic, and it must outwait every open transaction.
    const isPatient = /\bconcurrently\b/i.test(step);
    if (isPatient) builder.sql('set lock_timeout = 0');
    builder.sql(step);
    if (isPatient) builder.sql(`set lock_timeout = ${lockTimeoutMs}`);
  }
}
