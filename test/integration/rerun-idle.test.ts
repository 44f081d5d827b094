import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeReruns } from '../chaos/judges/reruns.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(() => stack?.close());

const scenarios = ['paid', 'overpaid', 'failed'] as const;

describe('an order that is over and is told of something old', () => {
  it('begins a second run, which changes nothing and ends', async () => {
    const orders = await Promise.all(
      scenarios.map(async (scenario) => {
        const { body } = await stack.live.checkout();
        await stack.sim(`/scenarios/${scenario}`, { order_id: body.order_id });
        return body.order_id as string;
      }),
    );
    await eventually(async () => {
      const { rows } = await stack.pool.query(
        `select count(*) from provider_events where handled_at is null or relayed_at is null
         union all select count(*) from orders where status not in ('paid', 'failed')`,
      );
      expect(rows.map(({ count }) => count)).toEqual([0, 0]);
      expect(await runs()).toEqual([orders.length, 0]);
    });
    const said: string[] = [];
    expect(await judgeReruns({ pool: stack.pool, temporal: stack.client }, (line) => said.push(line))).toEqual([]);
    expect(said).toEqual([`${orders.length} orders were told of something old, 0 tables of theirs changed`]);
    expect(await runs()).toEqual([2 * orders.length, 0]);
    await expectInvariants(stack);
  });
});

/** All runs of orders, and those under way. */
async function runs(): Promise<number[]> {
  const ofOrders = `WorkflowType = 'cryptoOrderWorkflow'`;
  const counts = [ofOrders, `${ofOrders} and ExecutionStatus = 'Running'`].map((query) =>
    stack.client.workflow.count(query),
  );
  return (await Promise.all(counts)).map(({ count }) => count);
}
