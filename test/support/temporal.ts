import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';
import { addSearchAttributes } from '../../src/temporal/setup.js';
import { eventually } from './eventually.js';

export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  close(): Promise<void>;
}

/** A namespace of its own on the run's dev server, with our search attributes. `close` closes its client. */
export async function testTemporal(): Promise<TestTemporal> {
  const { temporalAddress: address } = inject('servers');
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const client = new Client({ connection, namespace });
  await addSearchAttributes(client);
  return { address, namespace, client, close: () => connection.close() };
}

/** A time-skipping server: time is global to it, so take one per test file. Tear it down in `afterAll`. */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  const { testServerPath: path } = inject('servers');
  const server = { executable: { type: 'existing-path', path } } as const;
  // The SDK allows five seconds, which a machine with much else to do may need for the JVM alone.
  const environment = await eventually(() => TestWorkflowEnvironment.createTimeSkipping({ server }), {
    timeoutMs: 40_000,
  });
  await addSearchAttributes(environment.client);
  return environment;
}
