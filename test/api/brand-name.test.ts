import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/api/app.js';
import { payOrder } from '../support/an-order.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
let key: string;
const get = (url: string) => api.call(key, 'GET', url);
const receiptOf = (id: string, form: string) => `/v1/billing/crypto-orders/${id}/receipt${form}`;

beforeAll(async () => {
  api = await testApp({ settings: { brandName: 'Acme Pay' } });
  key = await api.newKey();
});
afterAll(() => api.close());

/** The same installation, restarted under another name. */
async function renamedTo(brandName: string) {
  return createApp({ ...api.deps, settings: { ...api.deps.settings, brandName } });
}

describe('an installation with a name of its own', () => {
  it('shows it to payers and to support', async () => {
    const { payment_url } = await api.placed(key);
    const page = await get(new URL(payment_url as string).pathname);
    expect(page.body).toContain('<span class="brand">Acme Pay</span>');
    const unknown = await get(`/pay/${'x'.repeat(32)}`);
    expect(unknown.body).toContain('<span class="brand">Acme Pay</span>');
    const login = await get('/console/login');
    expect(login.body).toContain('<title>Log in · Acme Pay console</title>');
  });

  it('keeps the words that programs compare', async () => {
    const { order_id } = await api.placed(key);
    await payOrder(api.deps.pool, order_id);
    const receipt = await get(receiptOf(order_id, ''));
    expect(receipt.headers['x-driftstack-receipt-sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect((await get('/v1/billing/crypto-orders/ord_000000000000')).json().type).toBe(
      'https://errors.driftstack.dev/not-found',
    );
    expect(key).toMatch(/^ds_live_/);
  });

  it.each(['.txt', '.pdf'])('changes no receipt%s that somebody has, and names new ones', async (form) => {
    const fetched = await api.placed(key);
    const notYet = await api.placed(key);
    for (const { order_id } of [fetched, notYet]) await payOrder(api.deps.pool, order_id);
    const first = await get(receiptOf(fetched.order_id, form));

    const renamed = await renamedTo('Coins & Co');
    const headers = { authorization: `Bearer ${key}` };
    const again = await renamed.inject({ url: receiptOf(fetched.order_id, form), headers });
    const later = await renamed.inject({ url: receiptOf(notYet.order_id, form), headers });
    await renamed.close();

    expect(again.rawPayload.equals(first.rawPayload)).toBe(true);
    expect(again.headers.etag).toBe(first.headers.etag);
    if (form === '.txt') {
      expect(first.body).toMatch(/^Acme Pay receipt\n/);
      expect(later.body).toMatch(/^Coins & Co receipt\n/);
    }
    expect((await get(receiptOf(notYet.order_id, form))).rawPayload.equals(later.rawPayload)).toBe(true);
  });
});
