import { describe, expect, it } from 'vitest';
import { ServiceError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { despiteEndingRuns } from '../../src/temporal/lost-updates.js';

/** Fails so many times, then answers; with the waits in between. */
async function asked(times: number, failure: Error) {
  const waits: number[] = [];
  let calls = 0;
  const ask = async () => {
    calls += 1;
    if (calls <= times) throw failure;
    return 'answer';
  };
  const answer = await despiteEndingRuns(ask, async (ms) => waits.push(ms)).catch((thrown: unknown) => thrown);
  return { answer, calls, waits };
}

const said = (code: number) =>
  new ServiceError('Update-With-Start failed', { cause: Object.assign(new Error(), { code }) });
const failed = (type: string) =>
  new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.nonRetryable('no', type));

describe('an update that is lost with the run it came to', () => {
  it.each([
    ['its last task was taken back', said(9)],
    ['the run closed before it took it on, twice', said(10)],
    ['the run closed before it took it on', new WorkflowNotFoundError('not found', 'crypto-order/ord_1', undefined)],
    ['the run took it on and closed', failed('AcceptedUpdateCompletedWorkflow')],
  ])('is asked again: %s', async (_, failure) => {
    expect(await asked(3, failure)).toEqual({ answer: 'answer', calls: 4, waits: [20, 40, 80] });
  });

  it('is given up in the end', async () => {
    const failure = said(9);
    const { answer, calls, waits } = await asked(100, failure);
    expect([answer, calls, Math.max(...waits)]).toEqual([failure, 12, 500]);
  });
});

describe('any other failure', () => {
  it.each([
    ['a deadline that passed', said(4)],
    ['a Temporal that is away', said(14)],
    ['a decision that is not taken on', failed('DecisionRefused')],
  ])('is not asked again: %s', async (_, failure) => {
    expect(await asked(1, failure)).toEqual({ answer: failure, calls: 1, waits: [] });
  });
});
