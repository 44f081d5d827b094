import { isCancellation, setCurrentDetails, setWorkflowOptions } from '@temporalio/workflow';
import type { SweepStart, SweptLane } from './messages.js';
import { sweepActivities } from './proxies.js';
import { ofItsRelease } from './release-behavior.js';

setWorkflowOptions(ofItsRelease('AUTO_UPGRADE'), sweepWorkflow);

/**
 * Reads the provider's list once for each pair of credentials and rings the orders of which it says something new; started
 * every minute, never beside itself. A lane whose list cannot be had is its own trouble, and the next run's: this one ends.
 */
export async function sweepWorkflow({ queues, clocks }: SweepStart): Promise<SweptLane[]> {
  const { lanesToSweep, sweepLane } = sweepActivities(queues);
  const lanes = await lanesToSweep({ clocks });
  const swept = await Promise.all(
    lanes.map(async (lane): Promise<SweptLane> => {
      const { mode, keyLabel } = lane;
      try {
        return await sweepLane(lane);
      } catch (failure) {
        if (isCancellation(failure)) throw failure;
        return { mode, keyLabel, pages: 0, listed: 0, rung: 0, failed: 0, problem: String(failure) };
      }
    }),
  );
  setCurrentDetails(swept.map(lineOf).join('\n') || 'No lane with a login has orders that wait.');
  return swept;
}

function lineOf({ mode, keyLabel, pages, listed, rung, problem }: SweptLane): string {
  const ended = problem === null ? '' : `, not to its end: ${problem}`;
  return `- ${mode} ${keyLabel}: ${listed} payments on ${pages} pages, ${rung} orders rung${ended}`;
}
