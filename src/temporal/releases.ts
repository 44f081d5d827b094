import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Release, Rollout } from '../domain/releases/rollout.js';
import { queues } from '../workflows/messages.js';

/** All workers of an installation, whatever their release. */
export const deploymentName = 'quittance';

const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;
const notFound = 5;
const failedPrecondition = 9;
const longestUnseenMs = 120_000; // a worker asks for work at least every minute

type Stamp = { readonly seconds?: { toString(): string } | null } | null | undefined;

/** Temporal will not do it, and says why. */
export class ReleaseRefused extends Error {
  override readonly name = 'ReleaseRefused';
}

/** Which release takes new orders, and what each has to do; null: no worker has said of which release it is. */
export async function readRollout(client: Client, taskQueue: string = queues.orders): Promise<Rollout | null> {
  const { namespace } = client.options;
  const request = { namespace, deploymentName };
  const answer = await client.workflowService.describeWorkerDeployment(request).catch((failure: unknown) => {
    if (isGrpcServiceError(failure) && failure.code === notFound) return null;
    throw failure;
  });
  const info = answer?.workerDeploymentInfo;
  if (!info) return null;
  const polled = await polledBuilds(client, taskQueue);
  const routing = info.routingConfig;
  const current = routing?.currentDeploymentVersion?.buildId || null;
  const releases = (info.versionSummaries ?? []).map(async (summary): Promise<Release> => {
    const build = summary.deploymentVersion?.buildId ?? '';
    return {
      build,
      firstSeenAt: instant(summary.createTime) ?? new Date(0).toISOString(),
      wasCurrent: build === current || instant(summary.lastCurrentTime) !== null,
      restingSince: instant(summary.lastDeactivationTime),
      openOrders: (await client.workflow.count(openOrdersOf(build))).count,
      isPolled: polled.has(build),
    };
  });
  return {
    current,
    ramping: routing?.rampingDeploymentVersion?.buildId || null,
    percent: routing?.rampingVersionPercentage ?? 0,
    releases: await Promise.all(releases),
  };
}

async function polledBuilds(client: Client, taskQueue: string): Promise<Set<string>> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
  });
  const seen = (pollers ?? []).filter(({ lastAccessTime }) => {
    const at = instant(lastAccessTime);
    return at !== null && Date.now() - Date.parse(at) < longestUnseenMs;
  });
  return new Set(seen.flatMap(({ deploymentOptions }) => deploymentOptions?.buildId || []));
}

function openOrdersOf(build: string): string {
  return `WorkflowType = 'cryptoOrderWorkflow' and ExecutionStatus = 'Running'
    and TemporalWorkerDeploymentVersion = '${deploymentName}:${build}'`;
}

/** New orders begin on it from now on; whoever is current takes no more. */
export async function promoteRelease(client: Client, build: string): Promise<void> {
  const { namespace, identity } = client.options;
  const request = { namespace, deploymentName, buildId: build, identity: identity ?? '' };
  await switching(build, () => client.workflowService.setWorkerDeploymentCurrentVersion(request));
}

/** So many of a hundred new orders begin on it; null: all begin on the current one. */
export async function rampRelease(client: Client, build: string | null, percentage: number): Promise<void> {
  const { namespace, identity } = client.options;
  const request = { namespace, deploymentName, buildId: build ?? '', percentage, identity: identity ?? '' };
  await switching(build ?? 'none', () => client.workflowService.setWorkerDeploymentRampingVersion(request));
}

/** Ends the runs of the open orders that a release began, one after the other; answers how many. */
export async function endRunsOf(
  client: Client,
  build: string,
  { reason, onEach }: { readonly reason: string; readonly onEach: (ended: number) => void },
): Promise<number> {
  let ended = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query: openOrdersOf(build) })) {
    await client.workflow
      .getHandle(workflowId, runId)
      .terminate(reason)
      .catch((failure: unknown) => {
        if (!(failure instanceof WorkflowNotFoundError)) throw failure; // else it ended by itself
      });
    ended += 1;
    onEach(ended);
  }
  return ended;
}

async function switching(build: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (failure) {
    if (!isGrpcServiceError(failure) || ![notFound, failedPrecondition].includes(failure.code)) throw failure;
    throw new ReleaseRefused(`Temporal does not switch to ${build}: ${failure.details}`, { cause: failure });
  }
}

function instant(stamp: Stamp): string | null {
  const seconds = Number(stamp?.seconds?.toString() ?? 0);
  return seconds === 0 ? null : new Date(seconds * 1_000).toISOString();
}
