import type { Client } from '@temporalio/client';
import type { deliverWebhookWorkflow } from '../workflows/deliver-webhook.js';
import { deliveryWorkflowId, wakeSignal, type DeliveryStart } from '../workflows/messages.js';

const deadlineMs = 4_000;

/** The workflows of deliveries whose first attempt failed. */
export interface DeliveryRuns {
  /** Starts the delivery's run, or wakes the one there is. */
  startOrWake(delivery: DeliveryStart): Promise<void>;
}

export function createDeliveryRuns(client: Client): DeliveryRuns {
  return {
    async startOrWake(delivery) {
      await client.connection.withDeadline(Date.now() + deadlineMs, () =>
        client.workflow.signalWithStart<typeof deliverWebhookWorkflow, []>('deliverWebhookWorkflow', {
          workflowId: deliveryWorkflowId(delivery.deliveryId),
          taskQueue: delivery.queues.orders,
          args: [delivery],
          signal: wakeSignal,
          signalArgs: [],
          staticSummary: delivery.summary,
        }),
      );
    },
  };
}
