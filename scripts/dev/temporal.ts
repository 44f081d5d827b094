import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import proto from '@temporalio/proto';
import type { TemporalCli } from './find-temporal.js';
import { type Processes, untilReady } from './processes.js';

export interface DevServerOptions {
  readonly processes: Processes;
  readonly cli: TemporalCli;
  readonly port: number;
  readonly uiPort?: number;
  /** Without a file everything is in memory and gone at the end. */
  readonly file?: string;
}

/** Starts `temporal server start-dev` and waits until it answers. Returns its address. */
export async function startTemporal({ processes, cli, port, uiPort, file }: DevServerOptions): Promise<string> {
  const program = await processes.start({
    name: 'temporal',
    command: cli.path,
    args: [
      'server',
      'start-dev',
      '--ip=127.0.0.1',
      `--port=${port}`,
      '--log-level=warn',
      ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
      // Measured: the write-ahead log doubles the orders per second of the file server.
      ...(file === undefined
        ? []
        : ['--db-filename', file, ...pragma('journal_mode=WAL'), ...pragma('synchronous=NORMAL')]),
      // Without it every activity step takes 110 ms longer on the one shard of the dev server.
      ...dynamicConfig('system.enableActivityEagerExecution=true'),
    ],
  });
  const address = `127.0.0.1:${port}`;
  await untilReady(program, () => answers({ address }));
  return address;
}

export interface TemporalAccess {
  readonly address?: string;
  readonly namespace?: string;
}

/** Where the environment of our parts points, with its keys and certificates. */
export function accessFrom(env: NodeJS.ProcessEnv): TemporalAccess {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  return { ...connectionOptions, ...(namespace === undefined ? {} : { namespace }) };
}

/** Fails unless the server answers and knows the namespace. */
export async function answers(access: TemporalAccess): Promise<void> {
  await withConnection(access, async (connection, namespace) => {
    await connection.workflowService.describeNamespace({ namespace });
  });
}

/** Fails until somebody polls the workflow and the activity side of each queue. */
export async function allPolled(
  access: TemporalAccess,
  queues: { workflows: string[]; activities: string[] },
): Promise<void> {
  const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;
  const sides = [
    ...queues.workflows.map((name) => ({ name, taskQueueType: TASK_QUEUE_TYPE_WORKFLOW })),
    ...queues.activities.map((name) => ({ name, taskQueueType: TASK_QUEUE_TYPE_ACTIVITY })),
  ];
  await withConnection(access, async (connection, namespace) => {
    for (const { name, taskQueueType } of sides) {
      const taskQueue = { name };
      const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue, taskQueueType });
      if (pollers.length === 0) throw new Error(`nobody polls the queue ${name}`);
    }
  });
}

async function withConnection(
  { namespace = 'default', ...options }: TemporalAccess,
  ask: (connection: Connection, namespace: string) => Promise<void>,
): Promise<void> {
  const connection = await Connection.connect({ ...options, connectTimeout: '2 seconds' });
  try {
    await ask(connection, namespace);
  } finally {
    await connection.close();
  }
}

function pragma(setting: string): string[] {
  return ['--sqlite-pragma', setting];
}

function dynamicConfig(setting: string): string[] {
  return ['--dynamic-config-value', setting];
}
