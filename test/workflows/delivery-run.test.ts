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
  it('looks once a day, though nobody wakes it: its endpoint may be disabled by now', async () => {
    looks = ['paused', 'paused', 'dlq'];
    const handle = await environment.client.workflow.start(deliverWebhookWorkflow, {
      workflowId: `deliver-webhook/${randomUUID()}`,
      taskQueue: oneQueue.orders,
      args: [{ deliveryId: randomUUID(), summary: 'crypto.order.paid', queues: oneQueue }],
    });
    expect(await handle.result()).toBe('dlq');
    expect(looks).toEqual([]);
    const { startTime, closeTime } = await handle.describe();
    const days = ((closeTime?.getTime() ?? 0) - startTime.getTime()) / 86_400_000;
    expect(Math.round(days)).toBe(2);
  });
});
