import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { codesIn } from './grpc-codes.js';

const mostTries = 12;
const firstWaitMs = 20;
const longestWaitMs = 500;

// Not found, failed precondition, aborted: Temporal's words for an update that went down with a run, or with its last task.
const lostCodes: readonly unknown[] = [5, 9, 10];

/**
 * Asks again while an update is lost with the run that it came to. A run that ends while an update is on its way takes it
 * along; so does a task that ends a run and is taken back, since a signal came meanwhile. The update was then dealt with or
 * not, and nobody knows: asked again with the same id, the run that is there, or a new one, answers what became of it.
 */
export async function despiteEndingRuns<T>(ask: () => Promise<T>, wait: (ms: number) => Promise<unknown> = pause) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (failure) {
      if (tries >= mostTries || !wasLost(failure)) throw failure;
      await wait(Math.min(longestWaitMs, firstWaitMs * 2 ** (tries - 1)));
    }
  }
}

function wasLost(failure: unknown): boolean {
  if (failure instanceof WorkflowUpdateFailedError) {
    return failure.cause instanceof ApplicationFailure && failure.cause.type === 'AcceptedUpdateCompletedWorkflow';
  }
  return failure instanceof WorkflowNotFoundError || codesIn(failure).some((code) => lostCodes.includes(code));
}
