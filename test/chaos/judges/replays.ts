import { join } from 'node:path';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { replayed } from '../../support/replaying.js';
import type { World } from '../world.js';
import type { Finding } from './finding.js';

const workflows = join(import.meta.dirname, '../../../src/workflows/index.ts');

/**
 * Every history that the run made, of orders, deliveries, sweeps and reconciles, replays on the workflows that made it: what a
 * worker does that takes over after a kill, asked of all of them.
 */
export async function judgeReplays(world: World, say: (line: string) => void): Promise<Finding[]> {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => {}),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
  const { count, disagreements } = await replayed(workflows, historiesOf(world));
  const findings = Object.entries(disagreements).map(([name, detail]): Finding => ({
    invariant: 'replay',
    harm: 'other',
    orderId: /ord_[0-9a-f]{12}/.exec(name)?.[0] ?? null,
    detail: `${name}: ${detail}`,
  }));
  say(`${count} histories replayed, ${findings.length} disagree`);
  if (count > 0) return findings;
  return [{ invariant: 'replay', harm: 'other', orderId: null, detail: 'there was no history to replay' }];
}

async function* historiesOf({ temporal }: World) {
  for await (const { workflowId, runId } of temporal.workflow.list()) {
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    yield { workflowId: `${workflowId}/${runId}`, history };
  }
}
