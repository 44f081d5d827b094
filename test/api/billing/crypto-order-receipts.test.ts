import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../src/api/app.js';
import { payOrder } from '../../support/an-order.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let key: string;
const receiptOf = (id: string, form = '') => `/v1/billing/crypto-orders/${id}/receipt${form}`;
const get = (url: string, headers = {}) => api.call(key, 'GET', url, { headers });

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
});
afterAll(() => api.close());

async function paidOrder(over: object = {}): Promise<string> {
  const { order_id } = await api.placed(key, over);
  await payOrder(api.deps.pool, order_id);
  return order_id;
}

describe('a receipt', () => {
  it.each(['', '.txt', '.pdf'])('%s before paid: 409 with the status (example 45)', async (form) => {
    const { order_id } = await api.placed(key);
    const answer = await get(receiptOf(order_id, form));
    expect(answer.json()).toMatchObject({ status: 409, resource: 'crypto_order', field: 'status' });
    expect(answer.json().detail).toContain('pending');
  });

  it('is compact JSON with its keys in order', async () => {
    const id = await paidOrder();
    const order = (await get(`/v1/billing/crypto-orders/${id}`)).json();
    const answer = await get(receiptOf(id));
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.body).toBe(
      `{"order_id":"${id}","issued_at":"${order.paid_at}","status":"paid","product":"team_manual",` +
        `"price_cents":4900,"price_currency":"USD","payment_id":"${order.payment_id}",` +
        `"paid_at":"${order.paid_at}","created_at":"${order.created_at}"}`,
    );
  });

  it.each(['', '.txt', '.pdf'])('%s is the same on every fetch; its ETag answers 304 (example 45)', async (form) => {
    const id = await paidOrder();
    const first = await get(receiptOf(id, form));
    expect(first.statusCode).toBe(200);
    await api.call(key, 'PATCH', `/v1/billing/crypto-orders/${id}`, { body: { customer_note: 'later' } });
    const restarted = await createApp(api.deps);
    const later = await restarted.inject({ url: receiptOf(id, form), headers: { authorization: `Bearer ${key}` } });
    await restarted.close();
    expect(later.rawPayload.equals(first.rawPayload)).toBe(true);
    expect(later.headers.etag).toBe(first.headers.etag);
    expect(first.headers.etag).toBe(`"${createHash('sha256').update(first.rawPayload).digest('hex')}"`);
    expect(first.headers['cache-control']).toBe('private, max-age=31536000, immutable');

    const json = await get(receiptOf(id));
    const canonical = createHash('sha256').update(json.rawPayload).digest('hex');
    expect(first.headers['x-driftstack-receipt-sha256']).toBe(canonical);
    for (const tag of [first.headers.etag, `W/${first.headers.etag}`, `"other", ${first.headers.etag}`, '*']) {
      const unchanged = await get(receiptOf(id, form), { 'if-none-match': tag });
      expect({ tag, status: unchanged.statusCode, body: unchanged.body }).toEqual({ tag, status: 304, body: '' });
      expect(unchanged.headers.etag).toBe(first.headers.etag);
    }
    expect((await get(receiptOf(id, form), { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('as text of 8000 EUR cents says 80.00 EUR and ends with a newline (example 46)', async () => {
    const id = await paidOrder({ price_cents: 8000, price_currency: 'EUR' });
    const answer = await get(receiptOf(id, '.txt'));
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body).toContain('\nAmount: 80.00 EUR\n');
    expect(answer.body).toMatch(/^Driftstack receipt\n\nOrder: ord_[0-9a-f]{12}\n/);
    expect(answer.body.endsWith('\n')).toBe(true);
  });

  it('as a PDF starts with %PDF-1.4 and is an attachment named by its order (example 46)', async () => {
    const id = await paidOrder();
    const answer = await get(receiptOf(id, '.pdf'));
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="receipt-${id}.pdf"`);
    expect(answer.rawPayload.subarray(0, 8).toString()).toBe('%PDF-1.4');
  });

  it('that was rendered once is served as it was, whatever would be rendered now', async () => {
    const id = await paidOrder();
    await api.deps.pool.query(`insert into receipt_renderings (order_id, form, bytes) values ($1, 'txt', 'of old')`, [
      id,
    ]);
    expect((await get(receiptOf(id, '.txt'))).body).toBe('of old');
  });

  it('asked for ten times at once is one rendering', async () => {
    const id = await paidOrder();
    const answers = await Promise.all(Array.from({ length: 10 }, () => get(receiptOf(id, '.pdf'))));
    expect(new Set(answers.map((answer) => answer.headers.etag)).size).toBe(1);
  });
});
