import { randomUUID } from 'node:crypto';
import { Big } from 'big.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashKey, keyPrefix, mintKey } from '../../src/api/http/keys.js';
import { findKeyByPrefix, giveApiKey, insertApiKey } from '../../src/db/accounts/api-keys.js';
import { findOperator, insertOperator } from '../../src/db/support/operators.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { moneyOf } from '../support/ledger.js';
import type { Answer } from '../support/merchant.js';
import { startStack, type Stack } from '../support/stack.js';

type Body = Answer['body'];

let stack: Stack;
let second: string; // another operator's key
let unpaid: Record<'declined' | 'honoured', Body>; // nobody pays them in time
beforeAll(async () => {
  stack = await startStack({ env: { PAY_WINDOW: '25 seconds', POLL_GRACE: '1 hour', FOUR_EYES_ABOVE: '100 USD' } });
  for (const name of ['mira', 'jan']) {
    await insertOperator(stack.pool, { name, role: 'support', passwordScrypt: 'none' });
  }
  const mira = await findOperator(stack.pool, 'mira');
  const first = await findKeyByPrefix(stack.pool, keyPrefix(stack.admin.key));
  expect(await giveApiKey(stack.pool, first!.id, mira!.id)).toBe(1);
  const { key } = mintKey('live');
  const row = {
    accountId: null,
    mode: 'live',
    prefix: keyPrefix(key),
    sha256: hashKey(key),
    expiresAt: null,
    operator: 'jan',
  } as const;
  await insertApiKey(stack.pool, { id: randomUUID(), ...row, scopes: ['driftstack_internal_admin'], name: 'second' });
  second = key;
  unpaid = { declined: await checkout(), honoured: await checkout({ price_cents: 20_000 }) };
}, 120_000);
afterAll(() => stack?.close());

async function checkout(over: Record<string, unknown> = {}): Promise<Body> {
  const { status, body } = await stack.live.checkout(over);
  expect([status, typeof body.payment_address]).toEqual([201, 'string']);
  return body;
}

const order = async (id: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body;
const casesOf = async (id: string): Promise<Body[]> =>
  (await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${id}`)).body.cases;

/** Waits until the order has that status and exactly these unresolved cases; answers the newest. */
async function standing(id: string, status: string, kinds: string[]): Promise<Body> {
  return eventually(
    async () => {
      const { status: now } = await order(id);
      const open = (await casesOf(id)).filter((each) => each.status !== 'resolved');
      expect({ status: now, kinds: open.map((each) => each.kind) }).toEqual({ status, kinds });
      return open[0] ?? {};
    },
    { timeoutMs: 60_000 },
  );
}

const resolve = (found: Body, action: string, reason: string, key = stack.admin.key) =>
  stack.admin.call(
    'POST',
    `/v1/admin/support-cases/${found.id}/resolve`,
    { action, reason },
    { authorization: `Bearer ${key}` },
  );

const scenario = (name: string, orderId: string) => stack.sim(`/scenarios/${name}`, { order_id: orderId });
const pay = (orderId: string, over: object = {}) => stack.sim('/pay', { order_id: orderId, ...over });

async function auditOf(orderId: string): Promise<string[]> {
  const { rows } = await stack.pool.query('select action from audit_log where order_id = $1 order by seq', [orderId]);
  return rows.map((row) => row.action);
}

/** One event to paid by support, with entitlement, receipt and event: what honouring sets in motion. */
async function expectHonoured(id: string): Promise<void> {
  const paid = await order(id);
  expect(paid.events.at(-1)).toMatchObject({ status: 'paid', source: 'support' });
  const receipt = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}/receipt`);
  expect(receipt.body).toMatchObject({ order_id: id, status: 'paid', paid_at: paid.paid_at });
  const { rows } = await stack.pool.query(
    `select (select count(*) from entitlements where order_id = $1 and withdrawn_at is null) as grants,
       (select count(*) from outgoing_events where order_id = $1 and type = 'crypto.order.paid') as events`,
    [id],
  );
  expect(rows).toEqual([{ grants: 1, events: 1 }]);
}

/** Ends every story: nothing lost, nothing twice, every coin of the ledger accounted for. */
async function accounted(id: string) {
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 250 });
  return moneyOf(stack, id);
}

describe('support stories', { timeout: 90_000 }, () => {
  it('underpaid, topped up, paid: the case closes by itself', async () => {
    const { order_id: id, pay_amount_text: owed } = await checkout();
    await pay(id, { amount: '24.5' });
    await standing(id, 'partial', ['underpaid']);
    const partial = await order(id);
    expect(partial).toMatchObject({ next_action: 'top_up', actually_paid: '24.5' });
    expect(partial.amount_due).toBe(new Big(owed).minus('24.5').toFixed());
    await pay(id, { amount: partial.amount_due });
    await standing(id, 'paid', []);
    // The first deposit's, and the second's if it was seen before its last word.
    expect(new Set((await casesOf(id)).map((each) => each.resolution.action))).toEqual(new Set(['settled']));
    expect(await accounted(id)).toMatchObject({ applied: owed, excess: '0', unresolved: '0' });
  });

  it('underpaid, honoured: paid with what came', async () => {
    const { order_id: id } = await checkout();
    await pay(id, { amount: '24.5' });
    const found = await standing(id, 'partial', ['underpaid']);
    expect(found).toMatchObject({ allowed_actions: ['honour', 'decline', 'note'] });
    expect(found.fiat_value.text).toBe('24.49 USD'); // 49.00 for 49.024513
    expect(found.evidence.payments).toMatchObject([{ role: 'bound', provider_status: 'partially_paid' }]);
    expect(found.evidence.ipns.map((ipn: Body) => ipn.payment_status)).toContain('partially_paid');
    expect((await resolve(found, 'note', 'asked the customer')).body.status).toBe('open');
    const honoured = await resolve(found, 'honour', 'a good customer');
    expect(honoured.body).toMatchObject({ status: 'resolved', order_status: 'paid' });
    await expectHonoured(id);
    const { body: receipt } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}/receipt`);
    expect(receipt.accepted).toEqual({
      by: 'support',
      received: [{ amount: '24.5', currency: 'usdttrc20' }],
      owed: { amount: '49.024513', currency: 'usdttrc20' },
    });
    expect(await auditOf(id)).toEqual(['support_case.noted', 'support_case.honoured']);
    const late = await resolve(found, 'decline', 'too late');
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({ case_status: 'resolved', order_status: 'paid' });
    expect(await accounted(id)).toMatchObject({ applied: '24.5', excess: '0', unresolved: '0' });
  });

  it('late, declined: failed, the coins stay unresolved and on record', async () => {
    const { order_id: id, pay_amount_text: owed } = unpaid.declined;
    await standing(id, 'failed', []);
    await pay(id);
    const found = await standing(id, 'failed', ['late_payment']);
    expect((await resolve(found, 'decline', 'sent back by hand')).body.resolution).toMatchObject({ action: 'decline' });
    expect(await order(id)).toMatchObject({ status: 'failed', next_action: 'contact_support' });
    expect(await auditOf(id)).toEqual(['support_case.declined']);
    expect(await accounted(id)).toMatchObject({ came: owed, applied: '0', unresolved: owed });
  });

  it('late, honoured with four eyes: the first key waits for another', async () => {
    const { order_id: id, pay_amount_text: owed } = unpaid.honoured;
    await standing(id, 'failed', []);
    await pay(id);
    const found = await standing(id, 'failed', ['late_payment']);
    const first = await resolve(found, 'honour', 'two minutes late');
    expect([first.status, first.body.status]).toEqual([202, 'awaiting_approval']);
    expect((await order(id)).status).toBe('failed');
    expect((await resolve(found, 'honour', 'really')).status).toBe(409);
    const approved = await resolve(found, 'honour', 'agreed', second);
    expect(approved.status).toBe(200);
    expect(approved.body.resolution).toMatchObject({
      action: 'honour',
      reason: 'two minutes late',
      actor: first.body.proposal.actor,
    });
    expect(approved.body.resolution.approved_by).not.toBe(first.body.proposal.actor);
    await expectHonoured(id);
    const words = ['approval_requested', 'refused', 'approved', 'honoured'].map((word) => `support_case.${word}`);
    expect(await auditOf(id)).toEqual(words);
    expect(await accounted(id)).toMatchObject({ applied: owed, unresolved: '0' });
  });

  it('coins that fit no price, declined: the order failed because support did not take them', async () => {
    const { order_id: id, pay_amount_text: owed } = await checkout();
    await stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'wrong_amount', match: { order_id: id } });
    await pay(id);
    const found = await standing(id, 'confirming', ['amount_mismatch']);
    expect((await order(id)).next_action).toBe('contact_support');
    expect((await resolve(found, 'decline', 'the provider names another price')).body.status).toBe('resolved');
    await standing(id, 'failed', []);
    expect((await order(id)).events.at(-1)).toMatchObject({ status: 'failed', source: 'support' });
    const told = await stack.pool.query(
      `select body::json->'data'->>'reason' as reason from outgoing_events
       where order_id = $1 and type = 'crypto.order.failed'`,
      [id],
    );
    expect(told.rows).toEqual([{ reason: 'declined' }]);
    await stack.sim('/faults', undefined, 'DELETE');
    const { rows } = await stack.pool.query('select 1 from entitlements where order_id = $1', [id]);
    expect(rows).toEqual([]);
    expect(await accounted(id)).toMatchObject({ came: owed, applied: '0', unresolved: owed });
  });

  it('paid twice: one grant, the second payment declined and unresolved', async () => {
    const { order_id: id, pay_amount_text: owed } = await checkout();
    await pay(id);
    await standing(id, 'paid', []);
    await pay(id);
    const found = await standing(id, 'paid', ['second_payment']);
    expect(found.allowed_actions).toEqual(['decline', 'note']);
    expect((await resolve(found, 'honour', 'no')).status).toBe(409);
    expect((await resolve(found, 'decline', 'refunded by hand')).body.status).toBe('resolved');
    expect((await order(id)).events.at(-1).source).toBe('ipn');
    expect(await accounted(id)).toMatchObject({
      came: new Big(owed).times(2).toFixed(),
      applied: owed,
      unresolved: owed,
    });
  });

  it('the wrong coin, honoured: paid by support, never by the provider', async () => {
    const { order_id: id } = await checkout();
    await scenario('wrong_asset', id);
    const found = await standing(id, 'partial', ['wrong_asset']);
    expect(found).toMatchObject({ fiat_value: null, actually_paid: expect.any(String) });
    expect((await order(id)).next_action).toBe('contact_support');
    expect((await resolve(found, 'honour', 'worth the price')).status).toBe(200);
    await expectHonoured(id);
    const { came, applied, unresolved } = await accounted(id);
    expect({ applied, unresolved }).toEqual({ applied: came, unresolved: '0' });
  });

  it('an orphan, adopted: coins on a payment that was never bound pay the order by support', async () => {
    const { order_id: id } = await checkout();
    const stray = await fetch(`${stack.simulator.url}/v1/payment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'sim-live-key' },
      body: JSON.stringify({
        price_amount: 49,
        price_currency: 'usd',
        pay_currency: 'usdttrc20',
        order_id: id,
        ipn_callback_url: `${stack.apiUrl}/v1/webhooks/nowpayments`,
      }),
    });
    const { payment_id, pay_amount } = (await stray.json()) as { payment_id: string; pay_amount: number };
    await stack.sim('/pay', { payment_id });
    const waiting = await standing(id, 'pending', ['orphan_payment']);
    expect(waiting).toMatchObject({ payment_id, allowed_actions: ['honour', 'decline', 'note'] });
    expect((await stack.live.call('POST', `/v1/billing/crypto-orders/${id}/cancel`)).status).toBe(200);
    const found = await standing(id, 'cancelled', ['orphan_payment']);
    expect(found.allowed_actions).toContain('honour');
    expect((await resolve(found, 'honour', 'the shop minted it by hand')).status).toBe(200);
    await expectHonoured(id);
    expect(await accounted(id)).toMatchObject({
      came: String(pay_amount),
      applied: String(pay_amount),
      unresolved: '0',
    });
  });

  it('refunded after paid: stays paid, the entitlement withdrawn, the case answered', async () => {
    const { order_id: id, pay_amount_text: owed } = await checkout();
    await pay(id);
    await standing(id, 'paid', []);
    await scenario('refund', id);
    const found = await standing(id, 'paid', ['refunded']);
    expect(found.allowed_actions).toEqual(['decline', 'note']);
    expect((await resolve(found, 'decline', 'the provider sent it back')).status).toBe(200);
    const { rows } = await stack.pool.query('select withdrawn_at from entitlements where order_id = $1', [id]);
    expect(rows).toEqual([{ withdrawn_at: expect.any(String) }]);
    expect(await accounted(id)).toMatchObject({ came: owed, applied: '0', unresolved: owed });
  });
});
