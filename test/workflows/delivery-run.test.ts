import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverWebhookWorkflow } from '../../src/workflows/deliver-webhook.js';
import { timeSkipping } from '../support/temporal.js';
import { oneQueue, startWorkflows } from '../support/workflow-worker.js';

let environment: TestWorkflowEnvironment;
let looks: string[]; // what each look at the delivery answers, in turn
let workflows: Awaited<ReturnType<typeof startWorkflows>>;
beforeAll(async () => {
  environment = await timeSkipping();
  workflows = await startWorkflows(environment, { attemptDelivery: async () => looks.shift() ?? 'delivered' });
}, 90_000);
afterAll(async () => {
  await workflows?.stop();
  await environment?.teardown();
});

describe('the run of a paused delivery', () => {
  it('ends: the row says so, and whoever fails to deliver it after the resume begins another', async () => {
    looks = ['paused'];
    const handle = await environment.client.workflow.start(deliverWebhookWorkflow, {
      workflowId: `deliver-webhook/${randomUUID()}`,
      taskQueue: oneQueue.orders,
      args: [{ deliveryId: randomUUID(), summary: 'crypto.order.paid', queues: oneQueue }],
    });
    expect(await handle.result()).toBe('paused');
    expect(looks).toEqual([]);
  });
});
