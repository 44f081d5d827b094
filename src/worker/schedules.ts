import type { Client } from '@temporalio/client';
import type { Config } from '../config.js';
import { ensureReconcileSchedule, ensureSweepSchedule } from '../temporal/setup.js';
import type { QueueNames } from '../workflows/messages.js';

/** The schedules of reconcile and sweep, as the settings have them; `scheduleId` is for tests that share a server. */
export async function ensureSchedules(
  client: Client,
  { clocks, reconcileEveryMs, sweepEveryMs }: Config,
  { queues, scheduleId }: { queues: QueueNames; scheduleId: string | undefined },
): Promise<void> {
  const start = { queues, clocks };
  const named = (suffix: string) => (scheduleId ? { scheduleId: `${scheduleId}${suffix}` } : {});
  const reconcile = { everyMs: reconcileEveryMs, start: { ...start, runId: null, dryRun: false } };
  await ensureReconcileSchedule(client, { ...reconcile, ...named('') });
  await ensureSweepSchedule(client, { everyMs: sweepEveryMs, start, ...named('-sweep') });
}
