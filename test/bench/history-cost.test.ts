import { describe, expect, it } from 'vitest';
import { billableActions } from '../../bench/history-cost.js';

const started = { workflowExecutionStartedEventAttributes: {} };
const scheduled = { activityTaskScheduledEventAttributes: {} };
const taken = (attempt: number) => ({ activityTaskStartedEventAttributes: { attempt } });
const task = { workflowTaskCompletedEventAttributes: {} };
const local = (taskId: number) => ({
  markerRecordedEventAttributes: { markerName: 'core_local_activity', workflowTaskCompletedEventId: taskId as never },
});

describe('billable Actions', () => {
  it('counts a start, an update, a signal, a timer and an activity as one each, and a workflow task as none', () => {
    const order = [
      started,
      task,
      { workflowExecutionUpdateAcceptedEventAttributes: {} },
      ...[scheduled, taken(1)],
      { timerStartedEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      ...[scheduled, taken(1)],
      { timerCanceledEventAttributes: {} },
      { upsertWorkflowSearchAttributesEventAttributes: {} },
      { workflowExecutionCompletedEventAttributes: {} },
    ];
    expect(billableActions(order)).toBe(7);
  });

  it('counts each retry of an activity', () => {
    expect(billableActions([started, scheduled, taken(4)])).toBe(5);
  });

  it('counts all local activities of one task as one', () => {
    expect(billableActions([started, local(4), local(4), local(9)])).toBe(3);
  });

  it('counts no other marker', () => {
    expect(billableActions([started, { markerRecordedEventAttributes: { markerName: 'core_patch' } }])).toBe(1);
  });
});
