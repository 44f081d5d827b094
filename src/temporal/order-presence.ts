import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { PresentRun } from '../domain/facts/relay.js';
import { orderWorkflowId } from '../workflows/messages.js';
import { codesIn } from './grpc-codes.js';
import { TemporalAway } from './temporal-watch.js';

const describeDeadlineMs = 4_000;
const listDeadlineMs = 20_000; // a server that limits its lists is asked again by the client

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

/**
 * Which of these orders Temporal does not list as running. Its list follows the runs at a distance, so that a run may be there all
 * the same; and where all are listed, as nearly always, a count is all that is asked for.
 */
export async function unlisted(client: Client, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.length === 0) return [];
  const ids = orderIds.map((id) => `'${orderWorkflowId(id)}'`).join(', ');
  const query = `WorkflowId in (${ids}) and ExecutionStatus = 'Running'`;
  const within = <Answer>(ask: () => Promise<Answer>) =>
    client.connection.withDeadline(Date.now() + listDeadlineMs, ask);
  try {
    const { count } = await within(() => client.workflow.count(query));
    if (count >= orderIds.length) return [];
    const listed = await within(() => workflowIdsOf(client, query));
    return orderIds.filter((id) => !listed.has(orderWorkflowId(id)));
  } catch (failure) {
    throw new TemporalAway(failure instanceof Error ? failure.message : String(failure), { cause: failure });
  }
}

async function workflowIdsOf(client: Client, query: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query })) ids.add(workflowId);
  return ids;
}

// Invalid argument (10,000 signals are one), failed precondition, out of range: asked again, the same is said again.
const refusals: readonly unknown[] = [3, 9, 11];

/** Whether Temporal could not be asked, or was too busy: it says nothing about what it was asked. */
export function isTemporalAway(failure: unknown): boolean {
  return failure instanceof TemporalAway && !codesIn(failure).some((code) => refusals.includes(code));
}
