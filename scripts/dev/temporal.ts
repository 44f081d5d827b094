import { Connection } from '@temporalio/client';
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

/** What the operator can search orders by; known to the server before the first order starts. */
const searchAttributes = [
  'AccountId=Keyword',
  'OrderStatus=Keyword',
  'PayCurrency=Keyword',
  'NeedsSupport=Bool',
  'OrderExpiresAt=Datetime',
];

/** Starts `temporal server start-dev` and waits until it answers. Returns its address. */
export async function startTemporal({ processes, cli, port, uiPort, file }: DevServerOptions): Promise<string> {
  const program = await processes.start({
    name: 'temporal',
    command: cli.path,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'],
      ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
      // Measured: the write-ahead log doubles the orders per second of the file server.
      ...(file === undefined
        ? []
        : ['--db-filename', file, ...pragma('journal_mode=WAL'), ...pragma('synchronous=NORMAL')]),
      // Without it every activity step takes 110 ms longer on the one shard of the dev server.
      ...dynamicConfig('system.enableActivityEagerExecution=true'),
      ...searchAttributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ],
  });
  const address = `127.0.0.1:${port}`;
  await untilReady(program, () => answers(address));
  return address;
}

/** Fails unless the server answers and its default namespace is there. */
export async function answers(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2 seconds' });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
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
