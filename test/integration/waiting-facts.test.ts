import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { PAY_WINDOW: '6 seconds', POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterEach(() => stack.sim('/faults', undefined, 'DELETE'));
afterAll(() => stack?.close());

const call = (method: string, path: string) => stack.live.call(method, `/v1/billing/crypto-orders/${path}`);

async function newOrder(): Promise<string> {
  const { body } = await stack.live.checkout();
  expect(body.payment_address, 'minted').toBeTypeOf('string');
  return body.order_id as string;
}

const unreadable = (orderId: string) =>
  stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'http_500', match: { order_id: orderId } });

/** The facts that the order's newest run settled or tries to settle, as `ipn 0192…`, in the order they were begun. */
async function stepsOf(orderId: string): Promise<string[]> {
  const { events } = await stack.client.workflow.getHandle(`crypto-order/${orderId}`).fetchHistory();
  const steps = (events ?? []).flatMap((event) => {
    // A step that did not work at once is there twice: as the marker of its first try, and as an activity.
    if (!event.activityTaskScheduledEventAttributes && !event.markerRecordedEventAttributes) return [];
    const summary = JSON.parse(Buffer.from(event.userMetadata?.summary?.data ?? []).toString()) as string;
    return summary.startsWith('open the order') ? [] : [summary.replace(', after a first try', '')];
  });
  return [...new Set(steps)];
}

const kindsOf = async (orderId: string) => (await stepsOf(orderId)).map((step) => step.split(' ')[0]);

/** The IPNs of an order that the inbox has, and how many of them were dealt with. */
async function inbox(orderId: string) {
  const { rows } = await stack.pool.query<{ came: number; handled: number }>(
    'select count(*)::integer as came, count(handled_at)::integer as handled from provider_events where order_id = $1',
    [orderId],
  );
  return rows[0];
}

describe('while a fact waits for the provider', () => {
  it('a cancellation is carried out within seconds', async () => {
    const orderId = await newOrder();
    await unreadable(orderId);
    await eventually(async () => expect(await kindsOf(orderId)).toEqual(['window_closed']), { timeoutMs: 30_000 });
    const { status, body } = await call('POST', `${orderId}/cancel`);
    expect([status, body.status]).toEqual([200, 'cancelled']);
    expect(await kindsOf(orderId)).toEqual(['window_closed', 'cancel']);
  });

  it('the IPNs of one payment gather, and are answered together', async () => {
    const orderId = await newOrder();
    expect((await call('POST', `${orderId}/cancel`)).body.status).toBe('cancelled');
    await unreadable(orderId);
    await stack.sim('/pay', { order_id: orderId });
    await eventually(async () => expect(await inbox(orderId)).toEqual({ came: 4, handled: 0 }));
    await stack.sim('/faults', undefined, 'DELETE');
    await eventually(async () => expect(await inbox(orderId)).toEqual({ came: 4, handled: 4 }), { timeoutMs: 60_000 });
    expect((await stepsOf(orderId)).length).toBeLessThanOrEqual(2); // the first, and those that came meanwhile
    const { body } = await call('GET', orderId);
    expect(body).toMatchObject({ status: 'cancelled', next_action: 'contact_support' });
    expect(body.late_payments).toHaveLength(1);
  }, 90_000);

  it('every invariant holds', () => expectInvariants(stack));
});
