import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { openByHand, placedOrder, settleByHand } from '../support/opening.js';
import { startStack, type Stack } from '../support/stack.js';

const windowMs = 12_000;
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { PAY_WINDOW: '12 seconds', POLL_GRACE: '1 hour', PARTIAL_WINDOW: '1 hour' } });
}, 120_000);
afterEach(() => stack.sim('/faults', undefined, 'DELETE'));
afterAll(() => stack?.close());

const read = async (id: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body;

async function mintsOf(orderId: string): Promise<number> {
  const { payments } = await stack.sim<{ payments: unknown[] }>(`/payments?order_id=${orderId}`);
  return payments.length;
}

async function reasonTold(orderId: string): Promise<string> {
  const { rows } = await stack.pool.query<{ reason: string }>(
    `select body::json->'data'->>'reason' as reason from outgoing_events
     where order_id = $1 and type = 'crypto.order.failed'`,
    [orderId],
  );
  return rows[0]?.reason ?? 'nothing';
}

describe('an order whose window is over, and whose last look takes as long as an outage', () => {
  it('asks nobody to pay: no address, in no answer', async () => {
    const { body: placed } = await stack.live.checkout({}, 'looked-at-for-long');
    expect(placed.payment_address).toMatch(/^T/);
    await stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'http_500' });
    const nothing = { status: 'pending', payment_address: null, pay_amount_text: null, next_action: 'wait' };
    await eventually(async () => expect(await read(placed.order_id)).toMatchObject(nothing), { timeoutMs: 20_000 });
    expect((await stack.live.checkout({}, 'looked-at-for-long')).body).toMatchObject(nothing);
    await stack.sim('/faults', undefined, 'DELETE');
    await eventually(async () => expect((await read(placed.order_id)).status).toBe('failed'), { timeoutMs: 90_000 });
  }, 150_000);
});

describe('an address that comes after an outage', () => {
  it('gives its payer the whole window; the replay of the key says until when', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'http_429', retry_after: 6, times: 1 });
    const { body: placed } = await stack.live.checkout({}, 'after-an-outage');
    const minted = await eventually(
      async () => {
        const { body } = await stack.live.checkout({}, 'after-an-outage');
        expect(body.payment_address).toMatch(/^T/);
        return body;
      },
      { timeoutMs: 20_000 },
    );
    const { rows } = await stack.pool.query<{ bound: string }>(
      `select first_seen_at as bound from payments where order_id = $1`,
      [placed.order_id],
    );
    const boundAt = Date.parse(rows[0]?.bound ?? '');
    expect(boundAt - Date.parse(placed.created_at)).toBeGreaterThan(5_000);
    expect(Date.parse(minted.expires_at) - boundAt).toBe(windowMs);
    expect((await read(placed.order_id)).expires_at).toBe(minted.expires_at);

    // Its first window is over, and it waits on; then it ends as one that nobody paid.
    const failed = await eventually(
      async () => {
        const body = await read(placed.order_id);
        expect(body.status).toBe('failed');
        return body;
      },
      { timeoutMs: 40_000 },
    );
    const end = failed.events.at(-1);
    expect(end).toMatchObject({ status: 'failed', source: 'expired' });
    expect(Date.parse(end.at)).toBeGreaterThanOrEqual(Date.parse(minted.expires_at));
    expect(await reasonTold(placed.order_id)).toBe('expired');
  }, 90_000);
});

describe('an address that never comes', () => {
  it('fails the order after one pay window as mint_failed, and no payment is made then', async () => {
    await stack.sim('/faults', { endpoint: 'POST /payment', fault: 'http_429', retry_after: 1 });
    const { body: placed } = await stack.live.checkout();
    const failed = await eventually(
      async () => {
        const body = await read(placed.order_id);
        expect(body.status).toBe('failed');
        return body;
      },
      { timeoutMs: 40_000 },
    );
    expect(failed.events.at(-1)).toMatchObject({ status: 'failed', source: 'mint_failed' });
    expect(await reasonTold(placed.order_id)).toBe('mint_failed');
    await stack.sim('/faults', undefined, 'DELETE');
    expect((await openByHand(stack, placed.order_id)).order.payAddress).toBeNull();
    expect(await mintsOf(placed.order_id)).toBe(0);
    const page = await fetch(String(placed.payment_url));
    expect(await page.text()).toContain('This order cannot be paid here');
  }, 90_000);

  it('is not asked for when the order comes to a worker only after its window', async () => {
    const { id } = await placedOrder(stack, { payWindowMs: 1 });
    expect((await openByHand(stack, id)).order).toMatchObject({ status: 'pending', payAddress: null });
    expect(await mintsOf(id)).toBe(0);
  });
});

describe('an address that comes while the end of the trying is being dealt with', () => {
  it('begins a window of its own: the old end is nothing new, and nobody waits for the new one', async () => {
    const { id, expiresAt } = await placedOrder(stack);
    const { order } = await openByHand(stack, id);
    expect(order.payAddress).toMatch(/^T/);
    const fact = { kind: 'window_closed', id: `window_closed:${expiresAt}`, deadline: expiresAt } as const;
    const { outcome } = await settleByHand(stack, id, fact);
    expect(outcome).toEqual({ kind: 'stayed', status: 'pending', reason: 'the window is still open' });
  });
});

it('keeps every invariant', async () => {
  // What was opened by hand has no run; it is left pending.
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
});
