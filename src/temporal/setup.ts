import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { reconcileWorkflow } from '../workflows/reconcile.js';
import { attributes, reconcileScheduleId, reconcileWorkflowId } from '../workflows/messages.js';
import type { ReconcileStart } from '../workflows/messages.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const valueTypes = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

/** Adds the search attributes that the namespace lacks. */
export async function ensureSearchAttributes(client: Client): Promise<void> {
  const { operatorService } = client.connection as unknown as {
    operatorService: {
      listSearchAttributes(request: object): Promise<{ customAttributes?: Record<string, unknown> | null }>;
      addSearchAttributes(request: object): Promise<unknown>;
    };
  };
  const namespace = client.options.namespace;
  const present = (await operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
  const missing = Object.values(attributes).filter((attribute) => !(attribute.name in present));
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, valueTypes[type]]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
}

/** Creates the reconcile schedule when it is missing; one that is there is left as the operator set it. */
export async function ensureReconcileSchedule(
  client: Client,
  { everyMs, start, scheduleId = reconcileScheduleId }: { everyMs: number; start: ReconcileStart; scheduleId?: string },
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: everyMs }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
      action: {
        type: 'startWorkflow',
        workflowType: 'reconcileWorkflow' satisfies typeof reconcileWorkflow.name,
        workflowId: scheduleId === reconcileScheduleId ? reconcileWorkflowId : scheduleId,
        taskQueue: start.queues.orders,
        args: [start],
      },
    });
  } catch (failure) {
    if (!(failure instanceof ScheduleAlreadyRunning)) throw failure;
  }
}
