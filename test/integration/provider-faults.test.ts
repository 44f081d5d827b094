import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants, wholeLedger } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '2 seconds' } });
}, 120_000);
afterEach(() => stack.sim('/faults', undefined, 'DELETE'));
afterAll(() => stack?.close());

interface Fault {
  readonly fault: string;
  readonly effect?: 'before' | 'after';
  readonly retry_after?: number;
  readonly bytes?: number;
}

async function hitsOf(): Promise<number> {
  const { faults } = await stack.sim<{ faults: { hits: number }[] }>('/faults');
  return faults.reduce((sum, { hits }) => sum + hits, 0);
}

/** The mints of an order that the provider knows of. */
async function mintsOf(orderId: string): Promise<number> {
  const { payments } = await stack.sim<{ payments: unknown[] }>(`/payments?order_id=${orderId}`);
  return payments.length;
}

/** Repeats the checkout under its key, as the guide says, until it has an address. */
async function checkoutUntilMinted(key: string) {
  return eventually(
    async () => {
      const { status, body } = await stack.live.checkout({}, key);
      expect(status).toBe(201);
      expect(body.payment_address).toMatch(/^T/);
      return body;
    },
    { timeoutMs: 45_000, intervalMs: 500 },
  );
}

// `mints`: how many payments the provider may end up with; only one of them is ever shown.
const atMint: (Fault & { mints: number })[] = [
  { fault: 'http_500', effect: 'before', mints: 1 },
  { fault: 'http_500', effect: 'after', mints: 1 },
  { fault: 'html_502', effect: 'after', mints: 1 },
  { fault: 'reset', effect: 'after', mints: 1 },
  { fault: 'truncated_json', effect: 'after', mints: 1 },
  { fault: 'oversized', effect: 'after', bytes: 300_000, mints: 1 },
  { fault: 'http_429', retry_after: 1, mints: 1 },
  { fault: 'finished_at_once', mints: 1 },
];

describe('a create that goes wrong once ends in one usable address', () => {
  it.each(atMint)(
    '$fault, effect $effect',
    async ({ mints, ...fault }) => {
      await stack.sim('/faults', { endpoint: 'POST /payment', times: 1, ...fault });
      const key = `mint-${fault.fault}-${fault.effect ?? ''}`;
      const order = await checkoutUntilMinted(key);
      expect(await hitsOf(), 'the fault fired').toBe(1);
      expect(await mintsOf(order.order_id)).toBe(mints);
      expect(order.status).not.toBe('paid'); // whatever a create claims, it grants nothing
    },
    60_000,
  );

  it.each(['wrong_order_id', 'wrong_coin', 'wrong_amount'])(
    '%s: that address is never shown',
    async (fault) => {
      await stack.sim('/faults', { endpoint: 'POST /payment', times: 1, fault });
      const order = await checkoutUntilMinted(`mint-${fault}`);
      expect(await hitsOf(), 'the fault fired').toBe(1);
      const { payments } = await stack.sim<{
        payments: { payment_id: string; pay_address: string; order_id: string }[];
      }>('/payments?limit=100');
      const shown = payments.find(({ pay_address }) => pay_address === order.payment_address);
      expect(shown?.order_id).toBe(order.order_id);
    },
    60_000,
  );
});

const atRead: Fault[] = [
  { fault: 'http_500' },
  { fault: 'html_502' },
  { fault: 'truncated_json' },
  { fault: 'reset' },
  { fault: 'not_found' },
  { fault: 'http_429', retry_after: 1 },
  { fault: 'wrong_order_id' },
];

describe('reads that go wrong delay an order and decide nothing', () => {
  it.each(atRead)(
    '$fault three times, and the order is paid by a good read',
    async (fault) => {
      const { body: order } = await stack.live.checkout();
      await stack.sim('/faults', { endpoint: 'GET /payment/:id', times: 3, ...fault });
      await stack.sim('/pay', { order_id: order.order_id });
      await eventually(
        async () => {
          const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
          expect(body.status).toBe('paid');
        },
        { timeoutMs: 50_000 },
      );
      expect(await hitsOf(), 'the fault fired').toBe(3);
    },
    60_000,
  );
});

describe('after all of it', () => {
  it('every invariant holds, and no order has two payments that it shows', async () => {
    await stack.sim('/faults', undefined, 'DELETE');
    await eventually(() => expectInvariants(stack), { timeoutMs: 25_000, intervalMs: 500 });
    const { rows } = await stack.pool.query(
      `select order_id from payments where role = 'bound' group by order_id having count(*) > 1`,
    );
    expect(rows).toEqual([]);
    expect((await wholeLedger(stack)).length).toBeGreaterThan(0);
  });
});
