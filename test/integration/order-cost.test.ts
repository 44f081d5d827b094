import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historyCost } from '../../bench/history-cost.js';
import { eventually } from '../support/eventually.js';
import { startStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(() => stack?.close());

describe('the cost of an order that goes as it should', () => {
  it('is at most 26 history events and 7 billable Actions', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id, then: ['finished'] });
    const workflowId = `crypto-order/${order.order_id}`;
    await eventually(async () => {
      const { status } = await stack.client.workflow.getHandle(workflowId).describe();
      expect(status.name).toBe('COMPLETED');
    });
    const cost = await historyCost(stack.client, workflowId);
    console.log(`a paid order costs ${cost.events} events, ${cost.actions} Actions, ${cost.bytes} bytes of history`);
    expect(cost.events).toBeLessThanOrEqual(26);
    expect(cost.actions).toBeLessThanOrEqual(7);
  });
});
