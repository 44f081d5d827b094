import { Big } from 'big.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { moneyOf } from '../support/ledger.js';
import type { Answer } from '../support/merchant.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour' } });
}, 120_000);
afterAll(() => stack?.close());

/** An order for 49.024513 USDT on Tron that got `amount` so far. */
async function partialOrder(amount: string): Promise<Answer['body']> {
  const { body: order } = await stack.live.checkout();
  expect(order.pay_amount_text).toBe('49.024513');
  await stack.sim('/pay', { order_id: order.order_id, amount });
  return standing(order.order_id, 'partial');
}

async function standing(id: string, status: string): Promise<Answer['body']> {
  return eventually(
    async () => {
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
      expect(body.status).toBe(status);
      return body;
    },
    { timeoutMs: 30_000 },
  );
}

async function openCases(orderId: string): Promise<string[]> {
  const { rows } = await stack.pool.query(
    'select kind from support_cases where order_id = $1 and resolved_at is null',
    [orderId],
  );
  return rows.map((row) => row.kind);
}

async function accounted(id: string) {
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 250 });
  return moneyOf(stack, id);
}

describe('a top-up', () => {
  it('is asked for to the last digit of the coin, and completes the order', async () => {
    const partial = await partialOrder('24.5');
    expect(partial).toMatchObject({ actually_paid: '24.5', amount_due: '24.524513', top_up_amount: '24.524513' });
    await stack.sim('/pay', { order_id: partial.order_id, amount: partial.top_up_amount });
    const paid = await standing(partial.order_id, 'paid');
    expect(paid).toMatchObject({ amount_due: null, top_up_amount: null });
    expect(await accounted(partial.order_id)).toMatchObject({ applied: '49.024513', excess: '0', unresolved: '0' });
  });

  it('is never asked for below the floor of the coin: less would be lost', async () => {
    const partial = await partialOrder('47');
    expect(partial).toMatchObject({ amount_due: '2.024513', next_action: 'top_up' });
    expect(new Big(partial.top_up_amount).gte('5')).toBe(true);
    const page = await fetch(partial.payment_url.replace(/^.*\/pay\//, `${stack.apiUrl}/pay/`));
    expect(await page.text()).toContain(partial.top_up_amount);
    await stack.sim('/pay', { order_id: partial.order_id, amount: partial.top_up_amount });
    await standing(partial.order_id, 'paid');
    const { came, excess, unresolved } = await accounted(partial.order_id);
    expect({ excess, unresolved }).toEqual({ excess: new Big(came).minus('49.024513').toFixed(), unresolved: '0' });
    expect(new Big(excess).gt('0.49024513')).toBe(true); // beyond the tolerance, and still what we asked for
    expect(await openCases(partial.order_id)).toEqual([]);
  });

  it('that is still on its way keeps the window open', async () => {
    const partial = await partialOrder('24.5');
    await stack.sim('/pay', { order_id: partial.order_id, amount: partial.top_up_amount, then: ['confirming'] });
    await eventually(async () => {
      const { rows } = await stack.pool.query(
        `select provider_status from payments where order_id = $1 and role = 'child'`,
        [partial.order_id],
      );
      expect(rows).toEqual([{ provider_status: 'confirming' }]);
    });
    // A notice that is in the hands of a run that ends is handed over again only minutes later.
    await eventually(async () => {
      const open = 'select 1 from provider_events where order_id = $1 and handled_at is null';
      expect((await stack.pool.query(open, [partial.order_id])).rowCount).toBe(0);
    });
    const until =
      "update orders set partial_until = now() - interval '2 minutes' where id = $1 returning partial_until";
    const { rows: ended } = await stack.pool.query(until, [partial.order_id]);
    // Its run keeps the time that it knows; a new one goes by the row.
    await stack.client.workflow.getHandle(`crypto-order/${partial.order_id}`).terminate();
    await eventually(
      async () => {
        await stack.admin.call('POST', '/v1/admin/reconcile', {});
        const { rows } = await stack.pool.query(
          'select status, partial_until > $2 as later from orders where id = $1',
          [partial.order_id, ended[0].partial_until],
        );
        expect(rows).toEqual([{ status: 'partial', later: true }]);
      },
      { timeoutMs: 60_000 },
    );
  }, 90_000);

  it('may be a new payment under the same purchase, with an address of its own', async () => {
    const partial = await partialOrder('24.5');
    const bound = await atProvider('GET', `/payment/${partial.payment_id}`);
    const further = await atProvider('POST', '/payment', {
      ...purchaseOf(partial),
      price_amount: 24.52,
      purchase_id: String(bound.purchase_id),
    });
    expect(further.pay_address).not.toBe(partial.payment_address);
    await stack.sim('/pay', { payment_id: further.payment_id });
    await standing(partial.order_id, 'paid');
    expect(await accounted(partial.order_id)).toMatchObject({ applied: '49.024513', unresolved: '0' });
    expect(await openCases(partial.order_id)).toEqual([]);
    const { rows } = await stack.pool.query('select role from payments where order_id = $1 order by first_seen_at', [
      partial.order_id,
    ]);
    expect(rows).toEqual([{ role: 'bound' }, { role: 'child' }]);
  });

  it('is none when the purchase is another: the coins are an orphan for support', async () => {
    const partial = await partialOrder('24.5');
    const stray = await atProvider('POST', '/payment', { ...purchaseOf(partial), price_amount: 24.52 });
    await stack.sim('/pay', { payment_id: stray.payment_id });
    await eventually(async () => {
      const { rows } = await stack.pool.query('select kind from support_cases where order_id = $1 order by opened_at', [
        partial.order_id,
      ]);
      expect(rows).toEqual([{ kind: 'underpaid' }, { kind: 'orphan_payment' }]);
    });
    await standing(partial.order_id, 'partial');
    await accounted(partial.order_id);
  });
});

const purchaseOf = ({ order_id }: Answer['body']) => ({
  price_currency: 'usd',
  pay_currency: 'usdttrc20',
  order_id,
  ipn_callback_url: `${stack.apiUrl}/v1/webhooks/nowpayments`,
});

/** What the merchant does at the provider, beside us. */
async function atProvider(method: string, path: string, body?: object): Promise<Record<string, string>> {
  const response = await fetch(`${stack.simulator.url}/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-api-key': 'sim-live-key' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as Record<string, string>;
}
