import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants, wholeLedger } from '../support/invariants.js';
import type { TcpProxy } from '../support/tcp-proxy.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
let links: { database: TcpProxy; temporal: TcpProxy };
beforeAll(async () => {
  stack = await startStack({ withLinks: true, env: { POLL_GRACE: '1 hour' } });
  if (!stack.links) throw new Error('asked for links');
  links = stack.links;
}, 120_000);
afterAll(() => stack?.close());

/** What the receiver answered to every IPN of an order's payment so far. */
async function answersTo(orderId: string): Promise<unknown[]> {
  const { payments } = await stack.sim<{ payments: { payment_id: string }[] }>(`/payments?order_id=${orderId}`);
  const ledger = await wholeLedger(stack);
  const sent = ledger.filter((entry) => entry.kind === 'ipn' && entry.payment_id === payments[0]?.payment_id);
  const ids = new Set(sent.map((entry) => entry.ipn_id));
  const attempts = ledger.filter((entry) => entry.kind === 'ipn_attempt' && ids.has(entry.ipn_id));
  return attempts.map((attempt) => attempt.http_status);
}

const order = async (id: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body;

async function expectPaid(id: string): Promise<void> {
  await eventually(async () => expect((await order(id)).status).toBe('paid'), { timeoutMs: 30_000 });
}

describe('while PostgreSQL is away', () => {
  it('nothing is acknowledged that is not stored: 503 and Retry-After, and afterwards the order is paid', async () => {
    const { body: waiting } = await stack.live.checkout();
    links.database.cut();
    await stack.sim('/pay', { order_id: waiting.order_id });
    await eventually(async () => expect(await answersTo(waiting.order_id)).toContain(503));
    expect(await answersTo(waiting.order_id)).not.toContain(200);

    for (const refused of [
      await stack.live.checkout({}, 'key-of-an-outage'),
      await stack.live.call('GET', `/v1/billing/crypto-orders/${waiting.order_id}`),
      await stack.live.call('POST', `/v1/billing/crypto-orders/${waiting.order_id}/cancel`),
    ]) {
      expect(refused.status).toBe(503);
      expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await stack.live.call('GET', '/readyz')).status).toBe(503);

    links.database.mend();
    await expectPaid(waiting.order_id);
    const { status, headers } = await eventually(async () => {
      const again = await stack.live.checkout({}, 'key-of-an-outage');
      expect(again.status).toBe(201);
      return again;
    });
    expect([status, headers.get('idempotent-replayed')]).toEqual([201, null]); // the refused attempt left nothing behind
  });
});

describe('while Temporal is away', () => {
  it('IPNs are acknowledged and checkouts stored; all of it happens afterwards', async () => {
    const { body: waiting } = await stack.live.checkout();
    links.temporal.cut();
    await stack.sim('/pay', { order_id: waiting.order_id });
    await eventually(async () => {
      const answers = await answersTo(waiting.order_id);
      expect(answers.length).toBeGreaterThanOrEqual(4);
      expect(new Set(answers)).toEqual(new Set([200]));
    });

    const unminted = await stack.live.checkout({}, 'key-without-temporal');
    expect(unminted.status).toBe(201);
    expect(unminted.headers.get('retry-after')).toBe('2');
    expect(unminted.body).toMatchObject({ provider: 'nowpayments', status: 'pending', payment_address: null });
    expect((await stack.live.call('GET', '/readyz')).status).toBe(503);
    expect((await order(waiting.order_id)).status).toBe('pending');

    links.temporal.mend();
    await expectPaid(waiting.order_id);
    await eventually(async () => {
      const replay = await stack.live.checkout({}, 'key-without-temporal');
      expect(replay.headers.get('idempotent-replayed')).toBe('1');
      expect(replay.body.order_id).toBe(unminted.body.order_id);
      expect(replay.body.payment_address).toMatch(/^T/);
    });
  }, 60_000);
});

describe('after both', () => {
  it('every invariant holds', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 25_000, intervalMs: 500 });
  });
});
