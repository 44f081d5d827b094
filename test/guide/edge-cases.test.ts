import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
const useStack = (env: Record<string, string>) => {
  beforeAll(async () => {
    stack = await startStack({ env });
  }, 120_000);
  afterAll(() => stack?.close());
};

type Json = Awaited<ReturnType<Stack['live']['call']>>['body'];

const pathOf = ({ order_id }: Json) => `/v1/billing/crypto-orders/${order_id}`;

const orderWhen = (order: Json, expected: object): Promise<Json> =>
  eventually(
    async () => {
      const { body } = await stack.live.call('GET', pathOf(order));
      expect(body).toMatchObject(expected);
      return body;
    },
    { timeoutMs: 25_000 },
  );

async function entitlementsOf({ order_id }: Json): Promise<number> {
  const { rows } = await stack.pool.query('select count(*) as n from entitlements where order_id = $1', [order_id]);
  return rows[0].n;
}

async function openCasesOf({ order_id }: Json): Promise<string[]> {
  const { rows } = await stack.pool.query(
    'select kind from support_cases where order_id = $1 and resolved_at is null',
    [order_id],
  );
  return rows.map(({ kind }) => kind);
}

describe('the edge cases of the guide', () => {
  useStack({});

  it('a wrong amount moves the order to partial, grants nothing and waits for support', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id, fraction: '0.5' });
    const partial = await orderWhen(order, { status: 'partial', next_action: 'top_up' });
    expect(Number(partial.amount_due)).toBeCloseTo(Number(order.pay_amount_text) / 2, 4);
    expect(await entitlementsOf(order)).toBe(0);
    expect(await openCasesOf(order)).toEqual(['underpaid']);
  });

  it('a pending order can be cancelled; a paid one cannot, and there is no refund', async () => {
    const { body: open } = await stack.live.checkout();
    expect((await stack.live.call('POST', `${pathOf(open)}/cancel`)).body).toMatchObject({ status: 'cancelled' });

    const { body: sold } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: sold.order_id });
    await orderWhen(sold, { status: 'paid' });
    const refused = await stack.live.call('POST', `${pathOf(sold)}/cancel`);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toMatch(/paid.*support/i);
    expect((await stack.live.call('POST', `${pathOf(sold)}/refund`)).status).toBe(404);
  });

  it('a browser that repeats the post gets the original order, 20 times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => stack.live.checkout({}, 'one-click')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => `${body.order_id} ${body.payment_address}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    const { payments } = await stack.sim<{ payments: unknown[] }>(`/payments?order_id=${answers[0]?.body.order_id}`);
    expect(payments).toHaveLength(1);
  });
});

describe('the edge case of a window that has ended', () => {
  useStack({ PAY_WINDOW: '8 seconds', POLL_GRACE: '1 hour' });

  it('coins after the window find the order failed, are recorded on it and wait for support', async () => {
    const { body: order } = await stack.live.checkout();
    await orderWhen(order, { status: 'failed', is_final: true, payment_address: null });
    await stack.sim('/pay', { order_id: order.order_id });
    // Support is asked from the first sign of the coins on; the last of their IPNs says that they are there.
    const late = await orderWhen(order, {
      status: 'failed',
      next_action: 'contact_support',
      late_payments: [{ provider_status: 'finished' }],
    });
    expect(late.late_payments).toEqual([
      {
        payment_id: expect.stringMatching(/^\d+$/),
        provider_status: 'finished',
        actually_paid: expect.stringMatching(/^\d+\.?\d*$/),
        pay_currency: 'usdttrc20',
        at: expect.any(String),
      },
    ]);
    expect(await entitlementsOf(order)).toBe(0);
    expect(await openCasesOf(order)).toEqual(['late_payment']);
  });
});
