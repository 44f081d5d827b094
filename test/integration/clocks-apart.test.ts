import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmName } from '../../src/domain/alarms.js';
import { expectInvariants } from '../support/invariants.js';
import { openByHand, placedOrder, settleByHand } from '../support/opening.js';
import { startStack, type Stack } from '../support/stack.js';

const hour = 3_600_000;
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ withoutWorker: true });
}, 120_000);
afterAll(() => stack?.close());

/** An open order, and the end of its window as Temporal's clock brings it. */
async function opened() {
  const { id } = await placedOrder(stack);
  const { order } = await openByHand(stack, id);
  const fact = { kind: 'window_closed', id: `window_closed:${order.expiresAt}`, deadline: order.expiresAt } as const;
  const raised: AlarmName[] = [];
  const at = (fromEndMs: number) => ({
    now: async () => new Date(Date.parse(order.expiresAt) + fromEndMs).toISOString(),
    alarms: { raise: (name: AlarmName) => void raised.push(name) },
  });
  return { order, fact, at, raised };
}

describe("an order's window that ends by Temporal's clock two hours before it ends by the database's", () => {
  it('stays open, is tried again a minute later, wakes a person, and ends when both agree', async () => {
    const { order, fact, at, raised } = await opened();
    const early = settleByHand(stack, order.id, fact, at(-2 * hour));
    await expect(early).rejects.toMatchObject({ type: 'WindowOpen', nextRetryDelay: 60_000 });
    expect(raised).toEqual(['clocks_disagree']);
    const { outcome } = await settleByHand(stack, order.id, fact, at(0));
    expect(outcome).toMatchObject({ kind: 'moved', status: 'failed' });
  });

  it('takes the coins of which an IPN tells meanwhile', async () => {
    const { order, fact, at } = await opened();
    const notice = randomUUID();
    await stack.sim('/pay', { order_id: order.id, ipn: 'drop' });
    await stack.pool.query(
      `insert into provider_events (id, fingerprint, kind, form, payment_id, order_id, payment_status, raw, headers)
       values ($1, $2, 'payment', 'A', $3, $4, 'finished', '{}', '{}')`,
      [notice, order.id, order.paymentId, order.id],
    );
    const { outcome } = await settleByHand(stack, order.id, fact, at(-2 * hour));
    expect(outcome).toMatchObject({ kind: 'moved' });
    await settleByHand(stack, order.id, { kind: 'ipn', id: notice });
  });
});

it('keeps every invariant', () => expectInvariants(stack));
