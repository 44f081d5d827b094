import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { deliverWebhookWorkflow } from '../workflows/deliver-webhook.js';
import { deliveryWorkflowId, wakeSignal, type DeliveryStart } from '../workflows/messages.js';

const deadlineMs = 4_000;

/** The workflows of deliveries whose first attempt failed. */
export interface DeliveryRuns {
  /** Starts the delivery's run, or wakes the one there is. */
  startOrWake(delivery: DeliveryStart): Promise<void>;
  /** Wakes the run that follows a delivery, if there is one. */
  wake(deliveryId: string): Promise<void>;
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

    async wake(deliveryId) {
      const handle = client.workflow.getHandle(deliveryWorkflowId(deliveryId));
      try {
        await client.connection.withDeadline(Date.now() + deadlineMs, () => handle.signal(wakeSignal));
      } catch (failure) {
        if (!(failure instanceof WorkflowNotFoundError)) throw failure;
      }
    },
  };
}
