import { setTimeout as pause } from 'node:timers/promises';
import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import proto from '@temporalio/proto';
import { codesIn } from './grpc-codes.js';
import type { reconcileWorkflow } from '../workflows/reconcile.js';
import type { sweepWorkflow } from '../workflows/sweep.js';
import {
  attributes,
  longestReconcile,
  reconcileScheduleId,
  reconcileWorkflowId,
  sweepScheduleId,
  type ReconcileStart,
  type SweepStart,
} from '../workflows/messages.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const valueTypes = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

interface OperatorService {
  listSearchAttributes(request: object): Promise<{ customAttributes?: Record<string, unknown> | null }>;
  addSearchAttributes(request: object): Promise<unknown>;
}

function operatorService(client: Client): OperatorService {
  return (client.connection as unknown as { operatorService: OperatorService }).operatorService;
}

const invalidArgument = 3; // of gRPC: no such attribute, as far as this frontend knows
const longestUnknownMs = 30_000;
const askAgainMs = 100;

/**
 * Adds the search attributes that the namespace lacks, and returns when the server takes them. Its frontends learn of them
 * within two seconds; until then they refuse every start that names one, and the order would wait for the next reconcile.
 */
export async function ensureSearchAttributes(client: Client): Promise<void> {
  const missing = await missingSearchAttributes(client);
  if (missing.length > 0) await addSearchAttributes(client, missing);
  const naming = Object.values(attributes).map(({ name }) => `${name} is null`);
  for (let left = longestUnknownMs; ; left -= askAgainMs) {
    try {
      await client.workflow.count(naming.join(' and '));
      return;
    } catch (failure) {
      if (left <= 0 || !codesIn(failure).includes(invalidArgument)) throw failure;
      await pause(askAgainMs);
    }
  }
}

export async function missingSearchAttributes(client: Client) {
  const { namespace } = client.options;
  const present = (await operatorService(client).listSearchAttributes({ namespace })).customAttributes ?? {};
  return Object.values(attributes).filter((attribute) => !(attribute.name in present));
}

/** For a new namespace, and for the time-skipping server, which cannot list what it has. */
export async function addSearchAttributes(client: Client, missing = Object.values(attributes)): Promise<void> {
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, valueTypes[type]]));
  await operatorService(client).addSearchAttributes({ namespace: client.options.namespace, searchAttributes });
}

/** Creates the reconcile schedule, or has the one that is there follow these settings: how often, and what its runs are given. */
export async function ensureReconcileSchedule(
  client: Client,
  { everyMs, start, scheduleId = reconcileScheduleId }: { everyMs: number; start: ReconcileStart; scheduleId?: string },
): Promise<void> {
  await ensureSchedule(client, scheduleId, everyMs, {
    type: 'startWorkflow',
    workflowType: 'reconcileWorkflow' satisfies typeof reconcileWorkflow.name,
    workflowId: scheduleId === reconcileScheduleId ? reconcileWorkflowId : scheduleId,
    taskQueue: start.queues.orders,
    args: [start],
    workflowExecutionTimeout: longestReconcile,
  });
}

/** The same for the sweep of the provider's lists. */
export async function ensureSweepSchedule(
  client: Client,
  { everyMs, start, scheduleId = sweepScheduleId }: { everyMs: number; start: SweepStart; scheduleId?: string },
): Promise<void> {
  await ensureSchedule(client, scheduleId, everyMs, {
    type: 'startWorkflow',
    workflowType: 'sweepWorkflow' satisfies typeof sweepWorkflow.name,
    workflowId: scheduleId,
    taskQueue: start.queues.orders,
    args: [start],
    workflowExecutionTimeout: '15 minutes', // whatever happens, a later run begins
  });
}

/** Settings are read at each start. Whether it is paused, and why, is the operator's word and stays. */
async function ensureSchedule(
  client: Client,
  scheduleId: string,
  everyMs: number,
  action: ScheduleOptionsStartWorkflowAction<Workflow>,
): Promise<void> {
  const wanted = {
    spec: { intervals: [{ every: everyMs }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' as const },
    action,
  };
  try {
    await client.schedule.create({ scheduleId, ...wanted });
  } catch (failure) {
    if (!(failure instanceof ScheduleAlreadyRunning)) throw failure;
    const update = ({ state }: ScheduleDescription) => ({ ...wanted, state });
    await client.schedule.getHandle(scheduleId).update(update);
  }
}
