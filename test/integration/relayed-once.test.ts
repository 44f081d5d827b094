import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fact } from '../../src/domain/facts/fact.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

const handleOf = (orderId: string) => stack.client.workflow.getHandle(`crypto-order/${orderId}`);

/** A signed notice of a payment that names the order and is not the bound one: it can only be judged by a read. */
async function noticeOfAnother(orderId: string): Promise<void> {
  const body = JSON.stringify({
    payment_id: 99_000_001,
    payment_status: 'finished',
    order_id: orderId,
    price_amount: 49,
    price_currency: 'usd',
    pay_amount: 49,
    pay_currency: 'usdttrc20',
    actually_paid: 49,
    updated_at: 1_700_000_000_000,
  });
  const url = `${stack.apiUrl}/v1/webhooks/nowpayments`;
  const { http_status } = await stack.sim<{ http_status: number }>('/ipn', { url, body, sign: 'A' });
  expect(http_status).toBe(200);
}

interface InboxRow {
  readonly id: string;
  readonly relay_attempts: number;
  readonly relayed: boolean;
  readonly handled: boolean;
}

async function inbox(orderId: string): Promise<InboxRow> {
  const { rows } = await stack.pool.query<InboxRow>(
    `select id, relay_attempts, relayed_at is not null as relayed, handled_at is not null as handled
     from provider_events where order_id = $1`,
    [orderId],
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

/** Makes the row due and waits until the worker's relay has looked at it. */
async function look(orderId: string): Promise<void> {
  const before = await inbox(orderId);
  await eventually(async () => {
    // Again each time: the look before may still be about to write when its next one is.
    await stack.pool.query('update provider_events set next_relay_at = now() where id = $1', [before.id]);
    expect((await inbox(orderId)).relay_attempts).toBeGreaterThan(before.relay_attempts);
  });
}

async function signalsOf(orderId: string, factId: string): Promise<number> {
  const { events } = await handleOf(orderId).fetchHistory();
  return (events ?? []).filter((event) => {
    const data = event.workflowExecutionSignaledEventAttributes?.input?.payloads?.[0]?.data;
    return data && (JSON.parse(Buffer.from(data).toString()) as Fact).id === factId;
  }).length;
}

it('a fact that waits for the provider is signalled once, however often the relay looks; lost with its run, once more', async () => {
  const { body: order } = await stack.live.checkout();
  const orderId = order.order_id as string;
  expect(order.payment_address).toBeTypeOf('string');
  await stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'http_500' });
  await noticeOfAnother(orderId);
  await eventually(async () => expect((await inbox(orderId)).relayed).toBe(true));
  const { id } = await inbox(orderId);
  for (let looks = 0; looks < 5; looks += 1) await look(orderId);
  expect(await signalsOf(orderId, id)).toBe(1);
  expect((await inbox(orderId)).handled).toBe(false);

  await handleOf(orderId).terminate('lost');
  await look(orderId);
  await eventually(async () => expect((await handleOf(orderId).describe()).status.name).toBe('RUNNING'));
  await eventually(async () => expect(await signalsOf(orderId, id)).toBe(1)); // of the new run

  await stack.sim('/faults', undefined, 'DELETE');
  await eventually(async () => expect((await inbox(orderId)).handled).toBe(true), { timeoutMs: 90_000 });
  const { rows } = await stack.pool.query('select next_relay_at, outcome from provider_events where id = $1', [id]);
  expect(rows).toEqual([{ next_relay_at: null, outcome: 'stayed: pending' }]);
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
}, 150_000);
