import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import type { Answer } from '../support/merchant.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack(); // with the clocks of a real installation: an hour, two minutes of grace, seven days
}, 120_000);
afterAll(() => stack?.close());

const pathOf = (id: string) => `/v1/billing/crypto-orders/${id}`;
const advance = (id: string, body?: object): Promise<Answer> =>
  stack.test.call('POST', `/v1/test/orders/${id}/advance`, body);

async function placed(): Promise<Answer['body']> {
  const { body } = await stack.test.checkout();
  expect(body.payment_address).not.toBeNull();
  return body;
}

async function orderWhen(id: string, expected: object): Promise<Answer['body']> {
  return eventually(async () => {
    const { body } = await stack.test.call('GET', pathOf(id));
    expect(body).toMatchObject(expected);
    return body;
  });
}

async function openCases(id: string): Promise<string[]> {
  const { rows } = await stack.pool.query(
    'select kind from support_cases where order_id = $1 and resolved_at is null order by opened_at',
    [id],
  );
  return rows.map(({ kind }) => kind);
}

describe('a test order whose clocks are put forward', () => {
  it('has failed as expired when the call is answered, and late coins are late', async () => {
    const order = await placed();
    const { status, body } = await advance(order.order_id);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({ status: 'failed', is_final: true, expires_at: null, payment_address: null });
    expect(body.events.at(-1)).toMatchObject({ status: 'failed', source: 'expired' });

    await stack.sim('/pay', { order_id: order.order_id });
    await orderWhen(order.order_id, { status: 'failed', next_action: 'contact_support', late_payments: [{}] });
    expect(await openCases(order.order_id)).toEqual(['late_payment']);
  });

  it('goes on by as much as is said, and its page says so', async () => {
    const order = await placed();
    const { body } = await advance(order.order_id, { seconds: 1_800 });
    expect(body).toMatchObject({ status: 'pending', next_action: 'pay', payment_address: order.payment_address });
    expect(Date.parse(order.expires_at) - Date.parse(body.expires_at)).toBe(1_800_000);
    expect(body.version).toBeGreaterThan(1);
    expect(body.events).toHaveLength(1);
    expect((await advance(order.order_id, { seconds: 1_801 })).body).toMatchObject({ status: 'failed' });
  });

  it('sees what its poll would have seen meanwhile, before its window ends', async () => {
    const order = await placed();
    await stack.sim('/pay', { order_id: order.order_id, ipn: 'drop' });
    await eventually(async () => {
      const { payments } = await stack.sim<{ payments: { payment_status: string }[] }>(
        `/payments?order_id=${order.order_id}`,
      );
      expect(payments[0]?.payment_status).toBe('finished');
    });
    const { body } = await advance(order.order_id, { seconds: 600 });
    expect(body).toMatchObject({ status: 'paid' });
    expect(body.events.at(-1)).toMatchObject({ status: 'paid', source: 'poll' });
  });

  it('is given up a week after a part of it came, in one call', async () => {
    const order = await placed();
    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5 });
    await orderWhen(order.order_id, { status: 'partial', next_action: 'top_up' });
    expect((await advance(order.order_id, { seconds: 6 * 86_400 })).body).toMatchObject({ status: 'partial' });
    const { body } = await advance(order.order_id);
    expect(body).toMatchObject({ status: 'failed', is_final: true });
    expect(await openCases(order.order_id)).toEqual(['underpaid']);
  });

  it('has a case for a confirmation that takes a day', async () => {
    const order = await placed();
    await stack.sim('/scenarios/confirm_slowly', { order_id: order.order_id, hold: '1 hour' });
    await orderWhen(order.order_id, { status: 'confirming' });
    expect((await advance(order.order_id)).body).toMatchObject({ status: 'confirming' });
    expect(await openCases(order.order_id)).toEqual(['slow_confirmation']);
    expect((await advance(order.order_id)).body).toMatchObject({ status: 'confirming' });
    expect(await openCases(order.order_id)).toEqual(['slow_confirmation']);
  });

  it('expires too where its payer chose no coin', async () => {
    const { body: order } = await stack.test.checkout({ coin_choice: 'payer' });
    expect((await advance(order.order_id)).body).toMatchObject({ status: 'failed' });
  });
});

describe('what has no clock to put forward', () => {
  it('is refused with words: a closed order, and a live one', async () => {
    const order = await placed();
    await advance(order.order_id);
    const closed = await advance(order.order_id);
    expect(closed.status).toBe(409);
    expect(closed.body).toMatchObject({ resource: 'crypto_order', field: 'status' });
    expect(closed.body.detail).toContain('no clock of it runs');

    const { body: live } = await stack.live.checkout();
    const path = `/v1/test/orders/${live.order_id}/advance`;
    const refused = await stack.live.call('POST', path);
    expect(refused.status).toBe(403);
    expect(refused.body.detail).toContain('this one is live');
    expect((await stack.test.call('POST', path)).status).toBe(404);
    const { body } = await stack.live.call('GET', pathOf(live.order_id));
    expect(body).toMatchObject({ status: 'pending', expires_at: live.expires_at });
  });

  it('is no step back, and none beyond a month', async () => {
    const order = await placed();
    for (const seconds of [0, -1, 1.5, 2_678_401, '60']) {
      expect((await advance(order.order_id, { seconds })).status, String(seconds)).toBe(400);
    }
  });
});

it('keeps every invariant', async () => {
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
});
