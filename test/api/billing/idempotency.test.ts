import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.js';
import { idempotencyCounters } from '../../../src/db/orders/idempotency-keys.js';
import { moveOrder, payOrder } from '../../support/an-order.js';
import { guideBody, testApp, type TestApp } from '../../support/test-app.js';

const path = '/v1/billing/crypto-checkout';
let api: TestApp;
let key: string;

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
});
afterAll(() => api.close());

const keyed = (idempotencyKey: string | string[], over: object = {}, as = key) =>
  api.call(as, 'POST', path, { body: { ...guideBody, ...over }, headers: { 'idempotency-key': idempotencyKey } });

describe('an idempotency key', () => {
  it('sent twice answers the same order and address; only the second is marked (example 13)', async () => {
    const idempotencyKey = randomUUID();
    const first = await keyed(idempotencyKey);
    const second = await keyed(idempotencyKey);
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(second.json()).toEqual(first.json());
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(second.headers['idempotent-replayed']).toBe('1');
    expect(second.headers['x-driftstack-idempotency-mismatch']).toBeUndefined();
  });

  it('sent 20 times at once to two APIs makes one order (example 14)', async () => {
    const other = await createApp(api.deps);
    const idempotencyKey = randomUUID();
    const call = (app: typeof other) =>
      app.inject({
        method: 'POST',
        url: path,
        headers: { authorization: `Bearer ${key}`, 'idempotency-key': idempotencyKey },
        payload: guideBody,
      });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => call(n % 2 ? other : api.app)));
    await other.close();
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.json().order_id)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.json().payment_address)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotent-replayed'] === '1').length).toBe(19);
  });

  it('with another price answers the original, marked (example 15)', async () => {
    const idempotencyKey = randomUUID();
    await keyed(idempotencyKey);
    const other = await keyed(idempotencyKey, { price_cents: 5900 });
    expect(other.statusCode).toBe(201);
    expect(other.json().price_cents).toBe(4900);
    expect(other.headers['x-driftstack-idempotency-mismatch']).toBe('1');
    expect(other.headers['idempotent-replayed']).toBe('1');
    expect(api.logged.some((line) => line.includes('crypto_checkout_idempotency_body_mismatch'))).toBe(true);
  });

  it('with another price in a strict account: 422 that names the order (example 15)', async () => {
    const strict = await api.newKey({ accountId: await api.newAccount({ strict_idempotency: true }) });
    const first = await keyed('strict', {}, strict);
    const other = await keyed('strict', { price_cents: 5900 }, strict);
    expect(other.json()).toMatchObject({
      status: 422,
      type: 'https://errors.driftstack.dev/idempotency-mismatch',
      order_id: first.json().order_id,
    });
    expect((await keyed('strict', {}, strict)).statusCode).toBe(201);
  });

  it.each([
    [{ customer_reference: 'another' }],
    [{ customer_reference: undefined }],
    [{ metadata: { a: '1', b: '3' } }],
    [{ metadata: undefined }],
    [{ success_url: 'https://shop.example.com/other' }],
    [{ return_url: 'https://shop.example.com/' }],
    [{ cancel_url: 'https://shop.example.com/' }],
    [{ description: 'Twelve rolls' }],
  ])('with %j is another body, too', async (over) => {
    const idempotencyKey = randomUUID();
    const sent = { customer_reference: 'one', metadata: { a: '1', b: '2' }, success_url: 'https://shop.example.com/' };
    const first = await keyed(idempotencyKey, sent);
    const same = await keyed(idempotencyKey, { ...sent, metadata: { b: '2', a: '1' } });
    expect(same.headers['x-driftstack-idempotency-mismatch']).toBeUndefined();
    const other = await keyed(idempotencyKey, { ...sent, ...over });
    expect(other.headers['x-driftstack-idempotency-mismatch']).toBe('1');
    expect(other.json().order_id).toBe(first.json().order_id);
  });

  it('knows the same body in another order of its fields', async () => {
    const idempotencyKey = randomUUID();
    await keyed(idempotencyKey);
    const body = { price_currency: 'USD', price_cents: 4900, metadata: {}, product: 'team_manual' };
    const answer = await api.call(key, 'POST', path, { body, headers: { 'idempotency-key': idempotencyKey } });
    expect(answer.headers['idempotent-replayed']).toBe('1');
    expect(answer.headers['x-driftstack-idempotency-mismatch']).toBeUndefined();
  });

  it('of 255 characters is taken; blank ones count as none (example 16)', async () => {
    expect((await keyed('x'.repeat(255))).statusCode).toBe(201);
    const [first, second] = [await keyed('  '), await keyed('')];
    expect(first.json().order_id).not.toBe(second.json().order_id);
    expect(second.headers['idempotent-replayed']).toBeUndefined();
  });

  it('belongs to its account and mode (example 17)', async () => {
    const idempotencyKey = randomUUID();
    const others = [key, await api.newKey({ mode: 'test' }), await api.newKey({ accountId: await api.newAccount() })];
    const answers = await Promise.all(others.map((as) => keyed(idempotencyKey, {}, as)));
    expect(new Set(answers.map((answer) => answer.json().order_id)).size).toBe(3);
  });

  it('of a paid order: 201, paid, stub, nulls (example 18)', async () => {
    const idempotencyKey = randomUUID();
    const { order_id } = (await keyed(idempotencyKey)).json();
    await payOrder(api.deps.pool, order_id);
    const replay = await keyed(idempotencyKey);
    expect(replay.statusCode).toBe(201);
    expect(replay.headers['idempotent-replayed']).toBe('1');
    expect(replay.json()).toMatchObject({
      order_id,
      status: 'paid',
      provider: 'stub',
      payment_address: null,
      pay_currency: null,
      pay_amount: null,
      pay_amount_text: null,
      expires_at: null,
      is_final: true,
      next_action: 'none',
    });
  });

  it.each(['failed', 'cancelled'] as const)('of a %s order answers that order', async (to) => {
    const idempotencyKey = randomUUID();
    const { order_id } = (await keyed(idempotencyKey)).json();
    await moveOrder(api.deps.pool, order_id, { to });
    expect((await keyed(idempotencyKey)).json()).toMatchObject({ order_id, status: to, provider: 'stub' });
  });

  it('two days later still answers its order (example 19)', async () => {
    const idempotencyKey = randomUUID();
    const { order_id } = (await keyed(idempotencyKey)).json();
    await api.deps.pool.query(
      `update idempotency_keys set created_at = created_at - interval '2 days' where order_id = $1`,
      [order_id],
    );
    await api.deps.pool.query(`update orders set created_at = created_at - interval '2 days' where id = $1`, [
      order_id,
    ]);
    expect((await keyed(idempotencyKey)).json().order_id).toBe(order_id);
  });

  it('counts first writes, replays and other bodies, keyed calls only', async () => {
    const before = await idempotencyCounters(api.deps.pool);
    await api.placed(key);
    const idempotencyKey = randomUUID();
    await keyed(idempotencyKey);
    await keyed(idempotencyKey);
    await keyed(idempotencyKey, { price_cents: 5900 });
    const after = await idempotencyCounters(api.deps.pool);
    expect({
      firstWrites: after.firstWrites - before.firstWrites,
      replays: after.replays - before.replays,
      bodyMismatches: after.bodyMismatches - before.bodyMismatches,
    }).toEqual({ firstWrites: 1, replays: 2, bodyMismatches: 1 });
  });
});

describe('checkout in catalogue mode', () => {
  it('charges the list price and notes the attempt (example 10)', async () => {
    const listed = await testApp({ settings: { priceMode: 'catalogue' } });
    const as = await listed.newKey();
    const order = await listed.placed(as);
    expect(order.price_cents).toBe(24900);
    const { values } = await listed.deps.metrics.priceOverrides.get();
    expect(values.map(({ value }) => value)).toEqual([1]);
    expect(listed.logged.some((line) => line.includes('crypto_checkout_price_override_attempt'))).toBe(true);
    const yen = await listed.call(as, 'POST', path, { body: { ...guideBody, price_currency: 'JPY' } });
    expect(Object.keys(yen.json().issues.fieldErrors)).toEqual(['price_currency']);
    await listed.close();
  });

  it('without a provider for the account: 201 stub, nulls, pending (example 2)', async () => {
    const lone = await testApp({ hasProvider: async () => false });
    const order = await lone.placed(await lone.newKey());
    expect(order).toMatchObject({ provider: 'stub', status: 'pending', payment_address: null, pay_amount: null });
    await lone.close();
  });
});
