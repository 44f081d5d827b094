import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { day } from '../../src/domain/timing.js';
import { connectionFault } from '../../src/temporal/connection-faults.js';
import { type ConnectionOptions, endpointOf } from '../../src/temporal/connection.js';
import { missingSearchAttributes } from '../../src/temporal/setup.js';
import { queues, reconcileScheduleId, sweepScheduleId } from '../../src/workflows/messages.js';
import { workerLine } from '../quittance/command-line.js';
import { findingsOf, messageOf, type Finding } from './finding.js';

const { ok, warn, bad } = findingsOf('temporal');
const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;
const daySeconds = day / 1000;

/** Whether the server is there, knows our namespace and attributes, and has workers on every queue. */
export async function lookAtTemporal(client: Client, options: ConnectionOptions): Promise<Finding[]> {
  const { namespace } = client.options;
  const within = <T>(ask: () => Promise<T>) => client.connection.withDeadline(Date.now() + 5_000, ask);
  try {
    await within(() => client.connection.workflowService.getSystemInfo({}));
  } catch (failure) {
    const { host, port } = endpointOf(options);
    const fault = await connectionFault(options);
    const says = `Temporal at ${host}:${port} does not answer: ${fault?.says ?? messageOf(failure)}`;
    return [bad(says, 'Start it, or correct TEMPORAL_ADDRESS (and TEMPORAL_API_KEY or TEMPORAL_TLS_… for a cloud).')];
  }
  try {
    const { config } = await within(() => client.connection.workflowService.describeNamespace({ namespace }));
    const retention = retentionFinding(namespace, Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0));
    const attributes = await within(() => lookAtAttributes(client));
    const schedules = await within(() => Promise.all(watchmen.map((watchman) => lookAtSchedule(client, watchman))));
    const polled = await within(() => lookAtQueues(client));
    return [ok('Temporal answers'), retention, attributes, ...schedules, polled];
  } catch (failure) {
    return [
      bad(
        `namespace ${namespace} cannot be used: ${messageOf(failure)}`,
        `Set TEMPORAL_NAMESPACE, or make it: temporal operator namespace create --retention 7d ${namespace}`,
      ),
    ];
  }
}

function retentionFinding(namespace: string, keptSeconds: number): Finding {
  if (keptSeconds < daySeconds) {
    return warn(
      `the namespace keeps closed orders for ${keptSeconds} s`,
      `Keep them for a day or more: temporal operator namespace update --retention 7d ${namespace}`,
    );
  }
  return ok(`namespace ${namespace} is there and keeps closed orders for ${Math.round(keptSeconds / daySeconds)} d`);
}

async function lookAtAttributes(client: Client): Promise<Finding> {
  const missing = await missingSearchAttributes(client);
  if (missing.length === 0) return ok('every search attribute is there');
  const commands = missing.map(({ name, type }) => `--name ${name} --type ${type[0]}${type.slice(1).toLowerCase()}`);
  return bad(
    `search attributes are missing: ${missing.map(({ name }) => name).join(', ')}; orders cannot start`,
    `Start a worker, which adds them, or: temporal operator search-attribute create ${commands.join(' ')}`,
  );
}

/** What runs by a schedule, and what is not done while it does not. */
const watchmen = [
  { name: 'reconcile', scheduleId: reconcileScheduleId, undone: 'missed money is not looked for' },
  { name: 'the sweep', scheduleId: sweepScheduleId, undone: "the provider's list is not read" },
] as const;

async function lookAtSchedule(client: Client, watchman: (typeof watchmen)[number]): Promise<Finding> {
  const { name, scheduleId, undone } = watchman;
  try {
    const { state } = await client.schedule.getHandle(scheduleId).describe();
    return state.paused
      ? warn(
          `${name} is paused: ${undone}`,
          `temporal schedule toggle --unpause --schedule-id ${scheduleId} --reason "back to work"`,
        )
      : ok(`${name} has its schedule`);
  } catch (failure) {
    if (!(failure instanceof ScheduleNotFoundError)) throw failure;
    return bad(`the schedule ${scheduleId} is missing: ${undone}`, 'Start a worker, which makes it.');
  }
}

async function lookAtQueues(client: Client): Promise<Finding> {
  const { namespace } = client.options;
  const sides = [
    { name: queues.orders, taskQueueType: TASK_QUEUE_TYPE_WORKFLOW },
    ...Object.values(queues).map((name) => ({ name, taskQueueType: TASK_QUEUE_TYPE_ACTIVITY })),
  ];
  const alone: string[] = [];
  for (const { name, taskQueueType } of sides) {
    const taskQueue = { name };
    const answer = await client.connection.workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType });
    if (answer.pollers.length === 0 && !alone.includes(name)) alone.push(name);
  }
  return alone.length === 0
    ? ok('workers poll every queue')
    : bad(`nobody polls ${alone.join(', ')}: orders wait`, `Start a worker: ${workerLine()}`);
}
