import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import type { Answer } from '../support/merchant.js';
import { startStack, type Stack } from '../support/stack.js';

type Order = Answer['body'];

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour' } });
}, 120_000);
afterAll(() => stack?.close());

const pathOf = (id: string) => `/v1/billing/crypto-orders/${id}`;

async function unchosen(over: Record<string, unknown> = {}): Promise<Order> {
  const { status, body } = await stack.live.checkout({ coin_choice: 'payer', ...over });
  expect(status).toBe(201);
  return body;
}

const choose = (id: string, coin: string) => stack.live.call('POST', `${pathOf(id)}/coin`, { pay_currency: coin });

async function chosen(id: string, coin: string): Promise<Order> {
  const { status, body } = await choose(id, coin);
  expect(status, JSON.stringify(body)).toBe(200);
  return addressed(id, coin);
}

function addressed(id: string, coin: string): Promise<Order> {
  return orderOf(id, (order) => expect(order).toMatchObject({ pay_currency: coin, next_action: 'pay' }));
}

async function orderOf(id: string, check: (order: Order) => void): Promise<Order> {
  return eventually(
    async () => {
      const { body } = await stack.live.call('GET', pathOf(id));
      check(body);
      return body;
    },
    { timeoutMs: 30_000 },
  );
}

const standing = (id: string, status: string) => orderOf(id, (order) => expect(order.status).toBe(status));

async function mints(id: string): Promise<number> {
  const { payments } = await stack.sim<{ payments: unknown[] }>(`/payments?order_id=${id}`);
  return payments.length;
}

async function openCases(id: string): Promise<Record<string, string>[]> {
  const { rows } = await stack.pool.query(
    'select kind, payment_id, actually_paid from support_cases where order_id = $1 and resolved_at is null order by opened_at',
    [id],
  );
  return rows;
}

async function coinOf(id: string): Promise<string> {
  const { rows } = await stack.pool.query('select pay_currency from orders where id = $1', [id]);
  return rows[0].pay_currency;
}

async function rolesOf(id: string): Promise<string[]> {
  const { rows } = await stack.pool.query('select role from payments where order_id = $1 order by role', [id]);
  return rows.map(({ role }) => role);
}

describe('an order whose payer chooses the coin', () => {
  it('makes no payment before the choice, and is paid in the coin that was chosen', async () => {
    const order = await unchosen();
    expect(order).toMatchObject({ status: 'pending', next_action: 'choose_coin' });
    expect(order).toMatchObject({ payment_address: null, pay_currency: null, pay_amount_text: null });
    expect(await mints(order.order_id)).toBe(0);

    const inBitcoin = await chosen(order.order_id, 'btc');
    expect(inBitcoin.payment_address).toEqual(expect.any(String));
    expect(await mints(order.order_id)).toBe(1);
    await stack.sim('/pay', { order_id: order.order_id });
    expect(await standing(order.order_id, 'paid')).toMatchObject({ next_action: 'none' });
    expect(await openCases(order.order_id)).toEqual([]);
  });

  it('has one payment, however often the same coin is chosen', async () => {
    const { order_id: id } = await unchosen();
    const answers = await Promise.all([choose(id, 'ltc'), choose(id, 'ltc'), choose(id, 'ltc')]);
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    const order = await addressed(id, 'ltc');
    expect(await chosen(id, 'ltc')).toMatchObject({ payment_id: order.payment_id });
    expect(await mints(id)).toBe(1);
  });

  it('takes one of two coins that were chosen at once', async () => {
    const { order_id: id } = await unchosen();
    const answers = await Promise.all([choose(id, 'btc'), choose(id, 'ltc')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await orderOf(id, (order) => expect(order.next_action).toBe('pay'));
    expect(await mints(id)).toBe(1);
  });

  it('may be paid in another coin, and shows again what it showed before', async () => {
    const { order_id: id } = await unchosen();
    const first = await chosen(id, 'btc');
    const second = await chosen(id, 'usdttrc20');
    expect(second.payment_address).not.toBe(first.payment_address);
    const again = await chosen(id, 'btc');
    for (const field of ['payment_id', 'payment_address', 'pay_amount_text']) expect(again[field]).toBe(first[field]);
    expect(await mints(id)).toBe(2);
    expect(await rolesOf(id)).toEqual(['bound', 'offer']);
  });

  it('offers five coins and no sixth, and one that was offered all the same', async () => {
    const { order_id: id } = await unchosen();
    for (const coin of ['btc', 'ltc', 'usdttrc20', 'eth', 'xrp']) await chosen(id, coin);
    const sixth = await choose(id, 'trx');
    expect(sixth.status).toBe(409);
    expect(sixth.body).toMatchObject({ resource: 'crypto_order', field: 'pay_currency' });
    expect(sixth.body.detail).toContain('5 coins have been offered');
    expect(await chosen(id, 'btc')).toMatchObject({ pay_currency: 'btc' });
    expect(await mints(id)).toBe(5);
  });
});

describe('coins on an earlier offer', () => {
  it('pay the order, in the coin that they are', async () => {
    const { order_id: id } = await unchosen();
    const first = await chosen(id, 'btc');
    await chosen(id, 'usdttrc20');
    await stack.sim('/pay', { payment_id: first.payment_id });
    expect(await standing(id, 'paid')).toMatchObject({ payment_id: first.payment_id });
    expect(await coinOf(id)).toBe('btc');
    expect(await openCases(id)).toEqual([]);
    expect(await rolesOf(id)).toEqual(['bound', 'offer']);
  });

  it('are a case where another offer has paid the order', async () => {
    const { order_id: id } = await unchosen();
    const first = await chosen(id, 'ltc');
    const second = await chosen(id, 'usdttrc20');
    await stack.sim('/pay', { payment_id: second.payment_id });
    await standing(id, 'paid');
    await stack.sim('/pay', { payment_id: first.payment_id });
    await eventually(
      async () => expect(await openCases(id)).toMatchObject([{ kind: 'second_payment', payment_id: first.payment_id }]),
      { timeoutMs: 30_000 },
    );
    await standing(id, 'paid');
    expect(await coinOf(id)).toBe('usdttrc20');
  });

  it('in full pay the order, and the part of another coin that came before is a case', async () => {
    const { order_id: id } = await unchosen();
    const first = await chosen(id, 'ltc');
    const second = await chosen(id, 'usdttrc20');
    await stack.sim('/pay', { payment_id: second.payment_id, amount: '20' });
    await standing(id, 'partial');
    await stack.sim('/pay', { payment_id: first.payment_id });
    await standing(id, 'paid');
    expect(await coinOf(id)).toBe('ltc');
    expect(await openCases(id)).toMatchObject([
      { kind: 'second_payment', payment_id: second.payment_id, actually_paid: '20' },
    ]);
  });

  it('close the choice: nobody is shown another address', async () => {
    const { order_id: id } = await unchosen();
    const first = await chosen(id, 'btc');
    await chosen(id, 'usdttrc20');
    await stack.sim('/pay', { payment_id: first.payment_id, amount: '0.0004' });
    expect(await standing(id, 'partial')).toMatchObject({ pay_currency: 'btc' });
    const refused = await choose(id, 'ltc');
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('the order is partial');
  });

  it('stop a cancellation, though no notice told of them', async () => {
    const { order_id: id } = await unchosen();
    const first = await chosen(id, 'btc');
    await chosen(id, 'usdttrc20');
    await stack.sim('/pay', { payment_id: first.payment_id, ipn: 'drop' });
    await eventually(async () => {
      const seen = await stack.sim<{ payment_status: string }>(`/payments/${first.payment_id}`);
      expect(JSON.stringify(seen)).toContain('finished');
    });
    expect((await stack.live.call('POST', `${pathOf(id)}/cancel`)).status).toBe(409);
    await standing(id, 'paid');
    expect(await coinOf(id)).toBe('btc');
  });
});

describe('a coin that cannot be had', () => {
  it('is refused by name, with those that can', async () => {
    const { order_id: id } = await unchosen();
    const { status, body } = await choose(id, 'bitcorn');
    expect(status).toBe(400);
    expect(body.issues.fieldErrors.pay_currency[0]).toContain('expected one of btc, eth');
  });

  it('leaves the choice to the payer, who takes another', async () => {
    const { order_id: id } = await unchosen({ price_cents: 250_000 });
    await choose(id, 'xno'); // of which the provider takes no such sum
    await orderOf(id, (order) => expect(order).toMatchObject({ next_action: 'choose_coin', stub_reason: null }));
    await chosen(id, 'ltc');
    await stack.sim('/pay', { order_id: id });
    await standing(id, 'paid');
    expect(await openCases(id)).toEqual([]);
  });

  it('is not chosen by a merchant who leaves the choice', async () => {
    const { status, body } = await stack.live.checkout({ coin_choice: 'payer', pay_currency: 'btc' });
    expect(status).toBe(400);
    expect(Object.keys(body.issues.fieldErrors)).toEqual(['pay_currency']);
  });

  it('nor by a payer where the merchant has chosen', async () => {
    const { body: order } = await stack.live.checkout({ pay_currency: 'btc' });
    const { status, body } = await choose(order.order_id, 'ltc');
    expect(status).toBe(409);
    expect(body.detail).toContain('the seller has chosen the coin');
  });
});

describe('the list of coins', () => {
  it('says for a price what each coin is about, and which takes no so small one', async () => {
    const { status, body } = await stack.live.call('GET', '/v1/billing/coins?price_cents=4900&price_currency=USD');
    expect(status).toBe(200);
    const tron = body.coins.find((coin: Order) => coin.pay_currency === 'usdttrc20');
    expect(tron).toMatchObject({ is_payable: true, needs_extra_id: false });
    expect(Number(tron.estimated_amount)).toBeCloseTo(49, 0);
    const ripple = body.coins.find((coin: Order) => coin.pay_currency === 'xrp');
    expect(ripple).toMatchObject({ needs_extra_id: true });
  });
});

it('keeps every invariant', async () => {
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
});
