import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

/** The world is not ready: the same attempt later. Benign, since waiting is part of the plan. */
export function retryLater(type: string, message: string, afterMs: number | null): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    category: ApplicationFailureCategory.BENIGN,
    ...(afterMs === null ? {} : { nextRetryDelay: afterMs }),
  });
}

/** An IPN may be ahead of the provider's own read: asked again after these waits, then the poll goes on. */
export const rereadAfterMs: readonly number[] = [2_000, 5_000, 15_000];
