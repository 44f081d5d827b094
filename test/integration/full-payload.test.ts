import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWebhook } from '../../sdk/src/index.js';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { accept, answering, startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';
import { sdkType } from '../sdk/sdk-methods.js';
import { misfits } from '../sdk/shapes.js';

// How much an endpoint is told: docs/webhooks.md, "Brief or full".
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

const types = ['crypto.order.partial', 'crypto.order.paid', 'crypto.order.case.opened'];

describe('an endpoint that wants all of it', () => {
  it('gets the envelope as of each event, under the same id as one that does not', async () => {
    const shop = await openShop(stack);
    const [brief, full] = [hooks.at('brief'), hooks.at('full')];
    await shop.endpoint(brief.url, types);
    const { secret } = await shop.endpoint(full.url, types, 'full');
    const { body: order } = await shop.checkout({ customer_reference: 'c-1' });
    const read = async () => (await shop.call('GET', `/v1/billing/crypto-orders/${order.order_id}`)).body;
    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5 });
    await eventually(() => expect(full.received).toHaveLength(2));
    await eventually(() => expect(brief.received).toHaveLength(2));
    const partial = await read();
    const told = (hook: typeof full) => hook.received.map(({ body }) => JSON.parse(body));
    for (const event of told(full)) {
      expect(event.data.order).toEqual({ ...partial, updated_at: event.data.order.updated_at });
      expect(misfits(event.data.order, sdkType('Order'))).toEqual([]);
    }
    expect(full.received[0]!.body).toContain(`"pay_amount":${partial.pay_amount_text},`); // to the last digit

    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5 });
    await eventually(() => expect(told(full).map(({ type }) => type)).toContain('crypto.order.paid'));
    const paid = told(full).find(({ type }) => type === 'crypto.order.paid');
    expect(paid.data.order).toMatchObject({ status: 'paid', version: paid.data.version, payment_address: null });
    expect(paid.data.order.events.at(-1).status).toBe('paid');
    const { body, headers } = full.received.find((each) => JSON.parse(each.body).type === 'crypto.order.paid')!;
    expect((await parseWebhook({ body, headers, secret })).id).toBe(paid.id);

    await eventually(() => expect(told(brief).map(({ id }) => id)).toContain(paid.id));
    for (const event of told(full)) {
      const { order: _, ...data } = event.data;
      expect(told(brief)).toContainEqual({ ...event, data });
    }
  });

  it('keeps the bytes of what it was told before it changed its mind', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('changed');
    hook.answer = answering(500);
    const endpoint = await shop.endpoint(hook.url, ['crypto.order.paid'], 'full');
    await shop.paidOrder();
    await eventually(() => expect(hook.received).toHaveLength(1));
    await shop.change(endpoint, { payload: 'brief' });
    const { id } = await shop.delivery(endpoint, { attempts: 1 });
    hook.answer = accept;
    await eventually(async () => {
      expect((await shop.call('POST', `/v1/webhook-deliveries/${id}/replay`)).status).toBeLessThan(300);
    });
    await eventually(() => expect(hook.received).toHaveLength(2));
    expect(hook.received[1]!.body).toBe(hook.received[0]!.body);
    expect(JSON.parse(hook.received[0]!.body).data.order.status).toBe('paid');
  });
});
