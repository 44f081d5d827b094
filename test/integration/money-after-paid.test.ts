import { Big } from 'big.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';

// What was paid stays known: docs/contract.md, "The order's envelope".
let hooks: Hooks;
let stack: Stack;
beforeAll(async () => {
  hooks = await startHooks();
  stack = await startStack({ env: { WEBHOOK_ALLOW_TARGETS: hooks.target, RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
});

describe('an order that was paid with too much', () => {
  it('says for ever what was owed, what arrived and what was too much, by whichever transfers', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('money');
    await shop.endpoint(hook.url, ['crypto.order.paid']);
    const { body: order } = await shop.checkout();
    const owed = new Big(order.pay_amount_text as string);
    const sent = (fraction: number) => owed.times(fraction).round(6, Big.roundUp); // as the simulator's payer does
    const read = async () => (await shop.call('GET', `/v1/billing/crypto-orders/${order.order_id}`)).body;

    await stack.sim('/pay', { order_id: order.order_id, fraction: 1.5 });
    await eventually(async () => expect((await read()).status).toBe('paid'));
    const paid = await read();
    const summary = {
      ...{ pay_currency: order.pay_currency, network: order.network, owed: order.pay_amount_text },
      ...{ arrived: sent(1.5).toFixed(), missing: '0', excess: sent(1.5).minus(owed).toFixed() },
    };
    expect(paid.money).toMatchObject(summary);
    expect(paid.money.deposits).toMatchObject([
      {
        ...{ payment_id: order.payment_id ?? paid.payment_id, pay_currency: order.pay_currency },
        ...{ applied: owed.toFixed(), excess: summary.excess, unapplied: '0' },
        transaction_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    await eventually(() => expect(hook.received).toHaveLength(1));
    expect(JSON.parse(hook.received[0]!.body).data.money).toEqual(summary);

    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.25 });
    await eventually(async () => expect((await read()).money.deposits).toHaveLength(2));
    const after = await read();
    expect(after.money.deposits[1]).toMatchObject({ applied: '0', unapplied: sent(0.25).toFixed() });
    expect(after.money.excess).toBe(sent(1.5).plus(sent(0.25)).minus(owed).toFixed());
    expect(after.money.deposits[1].transaction_hash).not.toBe(after.money.deposits[0].transaction_hash);
    const { body: list } = await shop.call('GET', '/v1/billing/crypto-orders?status=paid');
    expect(list.orders[0].money).toEqual(after.money);
  });

  it('a later word of a transfer that pays nothing moves updated_at, though the order stays as it is', async () => {
    const shop = await openShop(stack);
    const { body: order } = await shop.checkout();
    const read = async () => (await shop.call('GET', `/v1/billing/crypto-orders/${order.order_id}`)).body;
    await stack.sim('/pay', { order_id: order.order_id });
    await eventually(async () => expect((await read()).status).toBe('paid'));
    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5, then: ['confirming'] });
    await eventually(async () => expect((await read()).money.deposits).toHaveLength(2));
    const before = await read();
    const child = before.money.deposits[1].payment_id;
    expect(before.money.deposits[1].provider_status).toBe('confirming');
    await stack.sim('/scenarios/fail', { payment_id: child });
    await eventually(async () => expect((await read()).money.deposits[1].provider_status).toBe('failed'));
    const after = await read();
    expect(after.status).toBe('paid');
    expect(Date.parse(after.updated_at)).toBeGreaterThan(Date.parse(before.updated_at));
  });
});
