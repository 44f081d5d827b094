import type { VersioningBehavior } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

/**
 * Which release takes a run's next task (docs/upgrading.md), for `setWorkflowOptions`. Where the worker that took its first task
 * named no release there is none to speak of: Temporal refuses the tasks of such a worker if they ask for one.
 */
export function ofItsRelease(
  versioningBehavior: VersioningBehavior,
): () => { versioningBehavior?: VersioningBehavior } {
  return () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {});
}
