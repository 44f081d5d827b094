import { Big } from 'big.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';

// Money that does not fit is told from its beginning to its end, by one pair of events: docs/webhooks.md, "Events".
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

const resolve = (caseId: string, action: string) =>
  stack.admin.call('POST', `/v1/admin/support-cases/${caseId}/resolve`, { action, reason: 'between us' });

describe('a case of an order', () => {
  it('is told when it opens and when it ends, once each, with the whole order and nothing that people wrote', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('cases');
    await shop.endpoint(hook.url, ['crypto.order.case.opened', 'crypto.order.case.resolved']);
    const { status, body: order } = await shop.checkout({ customer_reference: 'c-1', metadata: { plan: 'team' } });
    expect(status).toBe(201);
    await stack.sim('/pay', { order_id: order.order_id, fraction: 1.5 });
    const told = () => hook.received.map(({ body }) => JSON.parse(body));
    await eventually(() => expect(told()).toHaveLength(1));
    expect(told()[0]).toMatchObject({
      type: 'crypto.order.case.opened',
      data: {
        order_id: order.order_id,
        status: 'paid',
        customer_reference: 'c-1',
        metadata: { plan: 'team' },
        case: { kind: 'overpaid', pay_currency: order.pay_currency, resolution: null },
      },
    });

    const caseId = told()[0].data.case.id as string;
    expect((await resolve(caseId, 'note')).status).toBe(200);
    expect((await resolve(caseId, 'decline')).status).toBe(200);
    await eventually(() => expect(told()).toHaveLength(2));
    expect(told()[1]).toMatchObject({
      type: 'crypto.order.case.resolved',
      data: {
        order_id: order.order_id,
        case: { id: caseId, resolution: 'decline', resolved_at: expect.any(String) },
      },
    });
    expect(hook.received.map(({ body }) => body).join()).not.toContain('between us');
    const { rows } = await stack.pool.query(
      `select count(*) as unpublished from outgoing_events where published_at is null`,
    );
    expect(rows).toEqual([{ unpublished: 0 }]);
  });

  it('of an excess, or of a second payment, is told by an event that names it, once for each', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('surplus');
    const opened = 'crypto.order.case.opened';
    await shop.endpoint(hook.url, ['crypto.order.overpaid', 'crypto.order.second_payment', opened]);
    const told = (type: string) => hook.received.map(({ body }) => JSON.parse(body)).filter((one) => one.type === type);
    await shop.call('PATCH', '/v1/account/profile', { support_address: 'help@shop.example' });
    const { body: order } = await shop.checkout({ customer_reference: 'c-2' });
    const page = async () => (await fetch(order.payment_url as string)).text();
    await stack.sim('/pay', { order_id: order.order_id, fraction: 1.5 });
    await eventually(() => expect(told('crypto.order.overpaid')).toHaveLength(1));
    const owed = new Big(order.pay_amount_text as string);
    const paid = (fraction: number) => owed.times(fraction).round(6, Big.roundUp).toFixed(); // as the simulator's payer does
    const { data } = told('crypto.order.overpaid')[0];
    expect(data).toMatchObject({
      order_id: order.order_id,
      status: 'paid',
      customer_reference: 'c-2',
      pay_currency: order.pay_currency,
      actually_paid: paid(1.5),
      excess: new Big(paid(1.5)).minus(owed).toFixed(),
    });

    expect(await page()).toMatch(/More arrived than was due\..*Write to .*mailto:help@shop\.example/);

    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.25 });
    await eventually(() => expect(told('crypto.order.second_payment')).toHaveLength(1));
    const { case_id, second_payment, payment_id } = told('crypto.order.second_payment')[0].data;
    expect(second_payment).toMatchObject({
      actually_paid: paid(0.25),
      pay_currency: order.pay_currency,
    });
    expect(second_payment.payment_id).not.toBe(payment_id);
    expect(await page()).toMatch(/Coins arrived once more after this order was paid\..*Write to /);
    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.75 });
    await eventually(() => expect(told('crypto.order.second_payment')).toHaveLength(2));
    const cases = told(opened).map((event) => event.data.case.id);
    expect(new Set(cases).size).toBe(3);
    expect(cases).toEqual(expect.arrayContaining([data.case_id, case_id]));
    expect(told('crypto.order.overpaid')).toHaveLength(1);
  });

  it('of a partial order says why it is one, and what to do', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('partial');
    await shop.endpoint(hook.url, ['crypto.order.partial', 'crypto.order.paid', 'crypto.order.case.resolved']);
    const { body: order } = await shop.checkout();
    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5 });
    const told = () => hook.received.map(({ body }) => JSON.parse(body));
    await eventually(() => expect(told()).toHaveLength(1));
    expect(told()[0]).toMatchObject({
      type: 'crypto.order.partial',
      data: { status: 'partial', reason: 'underpaid', next_action: 'top_up' },
    });
    await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5 });
    // One case was resolved, or two: the second deposit has its own if it was seen before its last word.
    const types = () => [...new Set(told().map((event) => event.type))].sort();
    await eventually(() =>
      expect(types()).toEqual(['crypto.order.case.resolved', 'crypto.order.paid', 'crypto.order.partial']),
    );
    const rest = new Map(told().map((event) => [event.type, event.data]));
    expect(rest.get('crypto.order.paid')).toMatchObject({ status: 'paid', customer_reference: null, metadata: {} });
    expect(rest.get('crypto.order.case.resolved')).toMatchObject({
      case: { kind: 'underpaid', resolution: 'settled' },
    });
  });
});
