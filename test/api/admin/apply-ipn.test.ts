import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyringOf } from '../../../src/db/secrets/seal.js';
import { eventually } from '../../support/eventually.js';
import { checkedAudit } from '../../support/audit-chain.js';
import { createMerchant, type Answer, type Merchant } from '../../support/merchant.js';
import { startStack, type Stack } from '../../support/stack.js';
import { testApp } from '../../support/test-app.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

async function placed(merchant: Merchant): Promise<Answer['body']> {
  const { status, body } = await merchant.checkout();
  expect(status).toBe(201);
  const { body: order } = await merchant.call('GET', `/v1/billing/crypto-orders/${body.order_id}`);
  expect(order.payment_id).toMatch(/^\d+$/);
  return order;
}

function apply(who: Merchant, order: Answer['body'], body: Record<string, unknown> = {}): Promise<Answer> {
  return who.call('POST', `/v1/admin/crypto-orders/${order.order_id}/apply-ipn`, {
    provider_status: 'finished',
    payment_id: order.payment_id,
    ...body,
  });
}

async function auditOf(orderId: string) {
  const { rows } = await stack.pool.query(
    'select actor, action, reason, before, after, result from audit_log where order_id = $1 order by seq',
    [orderId],
  );
  return rows;
}

describe('a test key plays an IPN to its own test order', () => {
  it('and drives it to paid with source support, a grant, a receipt and one audit row', async () => {
    const order = await placed(stack.test);
    const paid = await apply(stack.test, order, { reason: 'confidence test' });
    expect(paid.status).toBe(200);
    expect(paid.body).toMatchObject({ order_id: order.order_id, status: 'paid', payment_id: order.payment_id });
    expect(paid.body.events.at(-1)).toMatchObject({ status: 'paid', source: 'support' });
    expect(paid.body).not.toHaveProperty('account_id');
    expect(paid.body).not.toHaveProperty('internal_note');

    const receipt = await stack.test.call('GET', `/v1/billing/crypto-orders/${order.order_id}/receipt`);
    expect(receipt.body).toMatchObject({ order_id: order.order_id, payment_id: order.payment_id, status: 'paid' });
    const { rows } = await stack.pool.query(
      `select (select count(*) from entitlements where order_id = $1) as grants,
         (select count(*) from outgoing_events where order_id = $1 and type = 'crypto.order.paid') as events,
         (select count(*) from payments where order_id = $1 and provider_status = 'finished') as evidence`,
      [order.order_id],
    );
    expect(rows).toEqual([{ grants: 1, events: 1, evidence: 0 }]);

    const audit = await auditOf(order.order_id);
    expect(audit).toHaveLength(1);
    expect(audit[0]).toMatchObject({
      action: 'crypto_order.ipn_applied',
      reason: 'confidence test',
      before: { status: 'pending' },
      after: { status: 'paid', said: { provider_status: 'finished', payment_id: order.payment_id } },
      result: 'moved',
    });
    expect(audit[0].actor).toMatch(/^key_/);
    expect((await checkedAudit(stack.pool, keyringOf(stack.config.masterKeys))).brokenAt).toBeNull();
  });

  it('step by step: confirming, partial, paid', async () => {
    const order = await placed(stack.test);
    expect((await apply(stack.test, order, { provider_status: 'confirming' })).body.status).toBe('confirming');
    const partial = await apply(stack.test, order, { provider_status: 'partially_paid' });
    expect(partial.body).toMatchObject({ status: 'partial', next_action: 'top_up' });
    expect((await apply(stack.test, order)).body.status).toBe('paid');
  });

  it.each([
    { amount: 0.99, status: 'paid' },
    { amount: 0.98, status: 'partial' },
    { amount: 1.5, status: 'paid' },
  ])('with $amount of what is owed: $status, as the amounts rule says', async ({ amount, status }) => {
    const order = await placed(stack.test);
    const actuallyPaid = (Number(order.pay_amount_text) * amount).toFixed(6);
    expect((await apply(stack.test, order, { actually_paid: actuallyPaid })).body.status).toBe(status);
  });

  it('in another coin: partial, never paid', async () => {
    const order = await placed(stack.test);
    const answer = await apply(stack.test, order, { actually_paid: order.pay_amount_text, pay_currency: 'BTC' });
    expect(answer.body.status).toBe('partial');
    const { rows } = await stack.pool.query('select kind from support_cases where order_id = $1', [order.order_id]);
    expect(rows).toEqual([{ kind: 'wrong_asset' }]);
  });

  it('with a payment id that is not the bound one: nothing changes, and the log says why', async () => {
    const order = await placed(stack.test);
    const other = await placed(stack.test);
    const answer = await apply(stack.test, order, { payment_id: other.payment_id });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'pending', version: order.version, payment_id: order.payment_id });
    expect(await auditOf(order.order_id)).toMatchObject([{ result: 'stayed: another payment id is bound' }]);
  });

  it('with every digit of an amount that is sent as a number', async () => {
    const order = await placed(stack.test);
    const path = `${stack.apiUrl}/v1/admin/crypto-orders/${order.order_id}/apply-ipn`;
    const written = `${order.pay_amount_text}00000000000000000001`;
    await fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.test.key}`, 'content-type': 'application/json' },
      body: `{"provider_status":"finished","payment_id":"${order.payment_id}","actually_paid":${written}}`,
    });
    expect(await auditOf(order.order_id)).toMatchObject([{ after: { said: { actually_paid: written } } }]);
  });

  it('with a word that the provider does not know: nothing changes', async () => {
    const order = await placed(stack.test);
    expect((await apply(stack.test, order, { provider_status: 'hovering' })).body.status).toBe('pending');
  });

  it('that is closed: it acts like late money, and its sum is a claim in the case, no coins on record', async () => {
    const order = await placed(stack.test);
    await stack.test.call('POST', `/v1/billing/crypto-orders/${order.order_id}/cancel`);
    const late = await apply(stack.test, order, { actually_paid: order.pay_amount_text });
    expect(late.body).toMatchObject({ status: 'cancelled', next_action: 'contact_support' });
    expect(late.body.late_payments).toMatchObject([
      { payment_id: order.payment_id, provider_status: 'finished', actually_paid: '0' },
    ]);
    const { rows } = await stack.pool.query('select kind, facts from support_cases where order_id = $1', [
      order.order_id,
    ]);
    expect(rows).toMatchObject([{ kind: 'late_payment', facts: [{ claimed_paid: order.pay_amount_text }] }]);
  });
});

describe('a closed order with coins on record, of which support has decided', () => {
  it('gets a case all the same, since nothing else tells of what was named', async () => {
    const order = await placed(stack.test);
    await stack.test.call('POST', `/v1/billing/crypto-orders/${order.order_id}/cancel`);
    await stack.sim('/pay', { order_id: order.order_id });
    const cases = async () =>
      (await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${order.order_id}`)).body.cases;
    await eventually(async () => expect(await cases()).toMatchObject([{ kind: 'late_payment' }]));
    const [{ id }] = await cases();
    await stack.admin.call('POST', `/v1/admin/support-cases/${id}/resolve`, { action: 'decline', reason: 'sent back' });
    const said = { actually_paid: order.pay_amount_text };
    expect((await apply(stack.test, order, said)).body).toMatchObject({ status: 'cancelled' });
    expect(await cases()).toMatchObject([
      { kind: 'late_payment', status: 'open' },
      { kind: 'late_payment', status: 'resolved' },
    ]);
    expect((await apply(stack.test, order, said)).status).toBe(200);
    expect(await cases()).toHaveLength(2); // one more line in the open one
  });
});

describe('an order without a payment', () => {
  it('takes the id that is named, unless it belongs to another order', async () => {
    const taken = await placed(stack.test);
    const { body: stub } = await stack.test.checkout({ price_cents: 1 }); // below the least charge: no mint
    expect(stub.provider).toBe('stub');
    const order = { ...stub, payment_id: taken.payment_id };
    expect((await apply(stack.test, order)).body).toMatchObject({ status: 'pending', payment_id: null });
    const short = { payment_id: 'np-7', actually_paid: '1', pay_amount: '49' };
    expect((await apply(stack.test, order, short)).body).toMatchObject({ status: 'partial', payment_id: 'np-7' });
    expect((await apply(stack.test, order, { payment_id: 'np-7' })).body).toMatchObject({ status: 'paid' });
  });
});

describe('an order without a payment and a payment that nobody has on record', () => {
  async function madeFor(orderId: string): Promise<string> {
    const answer = await fetch(`${stack.simulator.url}/v1/payment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': stack.config.provider.test?.apiKey ?? '' },
      body: JSON.stringify({
        price_amount: 49,
        price_currency: 'usd',
        pay_currency: 'usdttrc20',
        order_id: orderId,
      }),
    });
    return ((await answer.json()) as { payment_id: string }).payment_id;
  }

  it('takes one that was made for it, and none that was made for another', async () => {
    const { body: order } = await stack.test.checkout({ price_cents: 1 });
    const foreign = await madeFor('ord_0123456789ab');
    expect((await apply(stack.test, { ...order, payment_id: foreign })).body).toMatchObject({
      status: 'pending',
      payment_id: null,
    });
    expect(await auditOf(order.order_id)).toMatchObject([
      { result: 'stayed: the payment id belongs to another order' },
    ]);
    const own = await madeFor(order.order_id);
    expect((await apply(stack.test, { ...order, payment_id: own })).body).toMatchObject({
      status: 'paid',
      payment_id: own,
    });
  });
});

describe('who may not', () => {
  it('a test key on a live order, a foreign order and an unknown one: the same 404', async () => {
    const live = await placed(stack.live);
    const stranger = await createMerchant({ pool: stack.pool, apiUrl: stack.apiUrl });
    const foreign = await placed(stranger.test);
    const unknown = { order_id: 'ord_000000000000', payment_id: '1' };
    const answers = await Promise.all([live, foreign, unknown].map((order) => apply(stack.test, order)));
    const { instance: _, ...body } = answers[0]?.body ?? {};
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject(body);
    }
    expect(await auditOf(live.order_id)).toEqual([]);
  });

  it('a live key, even on a test order of its account: 403', async () => {
    expect((await apply(stack.live, await placed(stack.test))).status).toBe(403);
    expect((await apply(stack.live, await placed(stack.live))).status).toBe(403);
  });

  it('an operator on a live order, by default: 403', async () => {
    const order = await placed(stack.live);
    const refused = await apply(stack.admin, order);
    expect(refused.status).toBe(403);
    expect(refused.body.detail).toContain('ALLOW_LIVE_APPLY_IPN');
    expect((await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`)).body.status).toBe('pending');
    expect(await auditOf(order.order_id)).toMatchObject([
      {
        action: 'crypto_order.ipn_refused',
        after: { status: 'pending', said: { provider_status: 'finished', payment_id: order.payment_id } },
        result: 'refused: live orders are closed to it',
      },
    ]);
  });
});

describe('ALLOW_LIVE_APPLY_IPN', () => {
  it('opens live orders to operators, and to nobody else', async () => {
    const open = await testApp({ settings: { allowLiveApplyIpn: true } });
    const said: string[] = [];
    open.runs.apply = async (order, fact) => {
      said.push(`${order.orderId} ${fact.kind}`);
      return { kind: 'stayed', status: 'pending', reason: null };
    };
    const merchant = await open.newKey();
    const operator = await open.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
    const { order_id: id } = await open.placed(merchant);
    const play = (key: string) =>
      open.call(key, 'POST', `/v1/admin/crypto-orders/${id}/apply-ipn`, {
        body: { provider_status: 'finished', payment_id: '1' },
      });
    expect((await play(merchant)).statusCode).toBe(403);
    expect(said).toEqual([]);
    expect((await play(operator)).json()).toMatchObject({ order_id: id, livemode: true });
    expect(said).toEqual([`${id} operator`]);
    await open.close();
  });
});

describe('an operator', () => {
  it('plays it to any test order and sees the envelope of operators', async () => {
    const order = await placed(stack.test);
    const paid = await apply(stack.admin, order);
    expect(paid.status).toBe(200);
    expect(paid.body).toMatchObject({
      status: 'paid',
      livemode: false,
      internal_note: null,
      account_id: `acc_${stack.test.accountId}`,
    });
  });

  it('asks in vain for an order that does not exist', async () => {
    expect((await apply(stack.admin, { order_id: 'ord_ffffffffffff', payment_id: '1' })).status).toBe(404);
    expect((await apply(stack.admin, { order_id: randomUUID(), payment_id: '1' })).status).toBe(404);
  });
});

describe('a body', () => {
  it.each([
    ['provider_status', { provider_status: '' }],
    ['provider_status', { provider_status: 'x'.repeat(65) }],
    ['provider_status', { provider_status: undefined }],
    ['payment_id', { payment_id: '' }],
    ['payment_id', { payment_id: '1'.repeat(129) }],
    ['payment_id', { payment_id: 17 }],
    ['actually_paid', { actually_paid: '-1' }],
    ['actually_paid', { actually_paid: '1e3' }],
    ['actually_paid', { actually_paid: 1e-9 }],
    ['pay_amount', { pay_amount: '1,5' }],
    ['pay_currency', { pay_currency: 'no coin' }],
    ['reason', { reason: 'x'.repeat(501) }],
  ])('with a wrong %s is refused by name', async (field, over) => {
    const { status, body } = await apply(stack.test, { order_id: 'ord_000000000000', payment_id: '1' }, over);
    expect(status).toBe(400);
    expect(Object.keys(body.issues.fieldErrors)).toEqual([field]);
  });
});
