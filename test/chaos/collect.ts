import { noRow } from '../support/invariants.js';
import { readHeld, type Evidence, type RunFound } from './evidence.js';
import type { Walk } from './walks.js';
import type { World } from './world.js';

/** Everything the judges need, read once nothing moves any more. */
export async function collect(world: World, walks: readonly Walk[]): Promise<Evidence> {
  return {
    ledger: await world.sim.ledger(),
    calls: world.calls.calls,
    received: world.receivers.received,
    walks,
    ...(await readHeld(world.pool)),
    runs: await runsOfOrders(world),
    broken: await brokenInvariants(world),
  };
}

async function runsOfOrders({ temporal }: World): Promise<RunFound[]> {
  const runs: RunFound[] = [];
  for await (const run of temporal.workflow.list({ query: `WorkflowType = 'cryptoOrderWorkflow'` })) {
    runs.push({ orderId: run.workflowId.split('/')[1] ?? '', runId: run.runId, status: run.status.name });
  }
  return runs;
}

/** The queries of docs/promises.md, "Invariants". */
async function brokenInvariants({ pool }: World): Promise<{ invariant: string; id: string }[]> {
  const broken: { invariant: string; id: string }[] = [];
  for (const [invariant, sql] of Object.entries(noRow)) {
    const { rows } = await pool.query<Record<string, unknown>>(sql);
    for (const row of rows) broken.push({ invariant, id: Object.values(row).join(' ') });
  }
  return broken;
}
