import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectInvariants } from '../support/invariants.js';
import { merchantOf } from '../support/merchant.js';
import { openByHand, placedOrder } from '../support/opening.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.pool.query(`update accounts set settings = settings || '{"min_charge": 0}' where id = $1`, [
    stack.live.accountId,
  ]);
}, 120_000);
afterAll(() => stack?.close());

const envelope = async (id: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body;

const stub = { status: 'pending', provider: 'stub', payment_address: null, next_action: 'contact_support' };

describe('a checkout that can never be paid says why at once, and so does its order', () => {
  it.each([
    [
      'too little of the coin',
      { price_cents: 100 },
      'below_minimum',
      { stub_minimum: '5.01', stub_minimum_currency: 'USD' },
    ],
    [
      'too little, in euros',
      { price_cents: 100, price_currency: 'EUR' },
      'below_minimum',
      { stub_minimum_currency: 'EUR' },
    ],
    ['too much of the coin', { price_cents: 500_000, pay_currency: 'xno' }, 'above_maximum', { stub_minimum: null }],
    ['a currency without a rate', { price_currency: 'KWD' }, 'rejected', { stub_minimum: null }],
  ])('%s', async (_, over, reason, minimum) => {
    const { status, body } = await stack.live.checkout(over);
    expect(status).toBe(201);
    expect(body).toMatchObject({ ...stub, stub_reason: reason, ...minimum });
    const order = await envelope(body.order_id);
    expect(order).toMatchObject({ status: 'pending', stub_reason: reason, ...minimum });
  });

  it('less than the account charges', async () => {
    const { body: account } = await stack.admin.call('POST', '/v1/admin/accounts', {
      name: 'Charges 20 at least',
      settings: { provider: 'installation' },
    });
    const shop = await merchantOf(stack, account.id.slice(4));
    expect((await shop.checkout({ price_cents: 1999 })).body).toMatchObject({
      ...stub,
      stub_reason: 'below_minimum',
      stub_minimum: '20',
      stub_minimum_currency: 'USD',
    });
    const { body } = await shop.checkout({ price_cents: 2000 });
    expect(body).toMatchObject({ provider: 'nowpayments', stub_reason: null, stub_minimum: null });
  });

  it('an account that nobody mints for', async () => {
    const { body: account } = await stack.admin.call('POST', '/v1/admin/accounts', { name: 'No pair' });
    const shop = await merchantOf(stack, account.id.slice(4));
    expect((await shop.checkout()).body).toMatchObject({ ...stub, stub_reason: 'no_provider', stub_minimum: null });
  });

  it("an account's default coin that the provider does not offer", async () => {
    const { id } = await placedOrder(stack, { requestedCoin: 'doge' });
    expect((await openByHand(stack, id)).order).toMatchObject({ provider: 'stub', stubReason: 'coin_unavailable' });
    expect(await envelope(id)).toMatchObject({ stub_reason: 'coin_unavailable', next_action: 'contact_support' });
  });
});

describe('a checkout that names a coin', () => {
  it('which nobody can be paid in: 400 naming those that can, and nothing is stored', async () => {
    const before = await stack.pool.query('select 1 from orders');
    for (const coin of ['nosuchcoin', 'doge']) {
      const { status, body } = await stack.live.checkout({ pay_currency: coin });
      expect(status).toBe(400);
      expect(body.issues.fieldErrors.pay_currency.join()).toMatch(/btc, eth, ltc, .*usdttrc20/);
    }
    expect((await stack.pool.query('select 1 from orders')).rowCount).toBe(before.rowCount);
  });

  it('under a key that has its order: the order, whatever is payable now', async () => {
    const { body: order } = await stack.live.checkout({ pay_currency: 'btc' }, 'in-bitcoin');
    expect(order.pay_currency).toBe('btc');
    const again = await stack.live.checkout({ pay_currency: 'nosuchcoin' }, 'in-bitcoin');
    expect(again.status).toBe(201);
    expect(again.body.order_id).toBe(order.order_id);
  });

  it('while the list of coins cannot be had: the provider decides when it is asked', async () => {
    const other = await startStack();
    try {
      await other.sim('/faults', { endpoint: 'GET /full-currencies', fault: 'http_500' });
      expect((await other.live.checkout({ pay_currency: 'ltc' })).body).toMatchObject({ pay_currency: 'ltc' });
      const { status, body } = await other.live.checkout({ pay_currency: 'nosuchcoin' });
      expect(status).toBe(201);
      expect(body).toMatchObject({ ...stub, stub_reason: 'coin_unavailable' });
    } finally {
      await other.close();
    }
  }, 60_000);
});

it('keeps every invariant', () => expectInvariants(stack));
