import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { PresentRun } from '../domain/facts/relay.js';
import { orderWorkflowId } from '../workflows/messages.js';
import { codesIn } from './grpc-codes.js';
import { TemporalAway } from './temporal-watch.js';

const describeDeadlineMs = 4_000;

/** The newest run of an order's workflow; throws TemporalAway. */
export async function presentRun(client: Client, orderId: string): Promise<PresentRun | null> {
  try {
    const handle = client.workflow.getHandle(orderWorkflowId(orderId));
    const run = await client.connection.withDeadline(Date.now() + describeDeadlineMs, () => handle.describe());
    return { isRunning: run.status.name === 'RUNNING', startedAt: run.startTime.toISOString() };
  } catch (failure) {
    if (failure instanceof WorkflowNotFoundError) return null;
    throw new TemporalAway(failure instanceof Error ? failure.message : String(failure), { cause: failure });
  }
}

// Invalid argument (10,000 signals are one), failed precondition, out of range: asked again, the same is said again.
const refusals: readonly unknown[] = [3, 9, 11];

/** Whether Temporal could not be asked, or was too busy: it says nothing about what it was asked. */
export function isTemporalAway(failure: unknown): boolean {
  return failure instanceof TemporalAway && !codesIn(failure).some((code) => refusals.includes(code));
}
