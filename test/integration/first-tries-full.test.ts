import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

const checkouts = 5;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { FIRST_TRIES_MAX: '1', POLL_GRACE: '30 minutes', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

/** The names of the steps that went on as an activity, since their first try did not end in time. */
async function secondTries(orderId: string): Promise<string[]> {
  const { events } = await stack.client.workflow.getHandle(`crypto-order/${orderId}`).fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name ? [scheduled.activityType.name] : [],
  );
}

describe('a worker with one place for first tries, and a provider that is slow', () => {
  it('opens every order once: those that found no place go on as activities', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'latency', ms: 1_500 });
    const answers = await Promise.all(Array.from({ length: checkouts }, () => stack.live.checkout()));
    const orders = answers.map(({ body }) => body.order_id as string);
    await eventually(
      async () => {
        const { rows } = await stack.pool.query(
          'select count(*)::integer as bound from orders where pay_address is not null',
        );
        expect(rows).toEqual([{ bound: checkouts }]);
      },
      { timeoutMs: 30_000 },
    );
    const again = await Promise.all(orders.map(secondTries));
    expect(again.flat().length).toBeGreaterThan(0);
    expect(new Set(again.flat())).toEqual(new Set(['openOrder']));
    const { payments } = await stack.sim<{ payments: unknown[] }>('/payments');
    expect(payments).toHaveLength(checkouts);
  }, 60_000);

  it('settles them all', async () => {
    await stack.sim('/faults', undefined, 'DELETE');
    const { rows } = await stack.pool.query<{ id: string }>('select id from orders');
    await Promise.all(rows.map(({ id }) => stack.sim('/pay', { order_id: id })));
    await eventually(
      async () => {
        const paid = await stack.pool.query("select count(*)::integer as paid from orders where status = 'paid'");
        expect(paid.rows).toEqual([{ paid: checkouts }]);
      },
      { timeoutMs: 30_000 },
    );
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  }, 60_000);
});
