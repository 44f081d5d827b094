import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

/** What one run of a workflow left behind, and what it would be billed for. */
export interface HistoryCost {
  readonly events: number;
  readonly bytes: number;
  readonly actions: number;
  /** From the first signal to the end of the last activity, local ones included; null when it had neither. */
  readonly signalToSettledMs: number | null;
}

export async function historyCost(client: Client, workflowId: string): Promise<HistoryCost> {
  const handle = client.workflow.getHandle(workflowId);
  const [history, { raw }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const events = history.events ?? [];
  return {
    events: events.length,
    bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
    actions: billableActions(events),
    signalToSettledMs: signalToSettledMs(events),
  };
}

/** Actions as Temporal Cloud counts them: local activities once per task, each retry of an activity once more. */
export function billableActions(events: readonly HistoryEvent[]): number {
  const tasksWithLocalActivities = new Set<string>();
  let actions = 0;
  for (const event of events) {
    if (event.workflowExecutionStartedEventAttributes) actions += 1;
    if (event.workflowExecutionUpdateAcceptedEventAttributes) actions += 1;
    if (event.workflowExecutionSignaledEventAttributes) actions += 1;
    if (event.workflowExecutionContinuedAsNewEventAttributes) actions += 1;
    if (event.timerStartedEventAttributes) actions += 1;
    if (event.upsertWorkflowSearchAttributesEventAttributes) actions += 1;
    if (event.startChildWorkflowExecutionInitiatedEventAttributes) actions += 2; // the start, and the child's own
    if (event.activityTaskScheduledEventAttributes) actions += 1;
    actions += Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
    if (isLocalStep(event))
      tasksWithLocalActivities.add(String(event.markerRecordedEventAttributes?.workflowTaskCompletedEventId));
  }
  return actions + tasksWithLocalActivities.size;
}

function isLocalStep(event: HistoryEvent): boolean {
  return event.markerRecordedEventAttributes?.markerName === 'core_local_activity';
}

function signalToSettledMs(events: readonly HistoryEvent[]): number | null {
  const signaled = events.find((event) => event.workflowExecutionSignaledEventAttributes);
  const settled = events.findLast((event) => event.activityTaskCompletedEventAttributes || isLocalStep(event));
  return signaled && settled ? atMs(settled) - atMs(signaled) : null;
}

function atMs({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
}
