import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { inject } from 'vitest';

export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  close(): Promise<void>;
}

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_BOOL, INDEXED_VALUE_TYPE_DATETIME } =
  temporal.api.enums.v1.IndexedValueType;

const searchAttributes = {
  AccountId: INDEXED_VALUE_TYPE_KEYWORD,
  OrderStatus: INDEXED_VALUE_TYPE_KEYWORD,
  PayCurrency: INDEXED_VALUE_TYPE_KEYWORD,
  NeedsSupport: INDEXED_VALUE_TYPE_BOOL,
  OrderExpiresAt: INDEXED_VALUE_TYPE_DATETIME,
};

/** A namespace of its own on the run's dev server, with our search attributes. `close` closes its client. */
export async function testTemporal(): Promise<TestTemporal> {
  const { temporalAddress: address } = inject('servers');
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  return { address, namespace, client: new Client({ connection, namespace }), close: () => connection.close() };
}

/** A time-skipping server: time is global to it, so take one per test file. Tear it down in `afterAll`. */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  const { testServerPath: path } = inject('servers');
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  const { operatorService } = environment.connection;
  await operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  return environment;
}
