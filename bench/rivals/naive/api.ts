import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { hour } from '../../../src/domain/timing.js';
import { openDoors } from '../doors.js';
import { readSettings } from '../settings.js';
import { addressUpdate, noticeSignal, type naiveOrderWorkflow } from './workflow.js';

// Guarantees: no order is lost once it is begun, and its steps go on after a crash. A repeated mint makes a second payment, a
// step that is tried again may tell the merchant twice, late or partial money is nobody's, a notice is lost with Temporal away.
const settings = readSettings(process.env);
const connection = await Connection.connect({ address: settings.temporalAddress });
const client = new Client({ connection, namespace: settings.temporalNamespace });

await openDoors(
  {
    async checkout(order) {
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof naiveOrderWorkflow>('naiveOrderWorkflow', {
        workflowId: `naive/${order.orderId}`,
        taskQueue: 'rival-naive',
        args: [order, hour],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return { address: await client.workflow.executeUpdateWithStart(addressUpdate, { startWorkflowOperation }) };
    },
    async notice({ orderId }) {
      await client.workflow.getHandle(`naive/${orderId}`).signal(noticeSignal);
    },
  },
  settings,
);
