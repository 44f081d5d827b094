import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setCustomerNote } from '../../../src/db/orders/order-changes.js';
import { anUnusualOrder } from '../../support/a-case.js';
import { payOrder } from '../../support/an-order.js';
import { operatorAtConsole, type ConsoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let merchant: string;
let mira: ConsoleVisitor;
beforeAll(async () => {
  api = await testApp({ workflowUrl: (orderId) => `https://temporal.example/workflows/${orderId}` });
  merchant = await api.newKey();
  mira = await operatorAtConsole(api, 'mira', 'support');
});
afterAll(() => api?.close());

const auditOf = async (orderId: string) => {
  const sql = 'select actor, action, reason, before, after, result from audit_log where order_id = $1 order by seq';
  return (await api.deps.pool.query(sql, [orderId])).rows;
};

describe('the page of an order', () => {
  it('shows timeline, deposits, the case with its evidence, and the ways on', async () => {
    const { orderId, paymentId, caseId } = await anUnusualOrder(api, merchant);
    const page = await mira.get(`/console/orders/${orderId}`);
    expect(page.statusCode).toBe(200);
    expect(page.headers['cache-control']).toBe('no-store, private');
    for (const part of [paymentId, caseId, 'order placed', '24.50 USD', 'Evidence (1 fact, 0 notifications)']) {
      expect(page.body).toContain(part);
    }
    expect(page.body).toContain(`href="https://temporal.example/workflows/${orderId}"`);
    expect(page.body).toMatch(/href="https:\/\/tronscan\.org\/#\/address\/TXaddress\d+"/);
    expect(page.body).toMatch(/href="https:\/\/pay\.example\.com\/pay\/[\w-]+"/);
    expect(page.body).not.toContain('Receipt (PDF)');
  });

  it('links the receipt of a paid order, in the bytes that the merchant gets', async () => {
    const { order_id: orderId } = await api.placed(merchant);
    await payOrder(api.deps.pool, orderId);
    expect((await mira.get(`/console/orders/${orderId}`)).body).toContain('Receipt (PDF)');
    const receipt = await mira.get(`/console/orders/${orderId}/receipt.pdf`);
    const own = await api.call(merchant, 'GET', `/v1/billing/crypto-orders/${orderId}/receipt.pdf`);
    expect(receipt.headers['content-type']).toBe('application/pdf');
    expect(receipt.rawPayload.equals(own.rawPayload)).toBe(true);
  });

  it('says loudly when the stored address is not the one that was bound', async () => {
    const { orderId } = await anUnusualOrder(api, merchant);
    await api.deps.pool.query(`update orders set pay_address = 'TXthief' where id = $1`, [orderId]);
    expect((await mira.get(`/console/orders/${orderId}`)).body).toContain('Changed since it was bound');
  });

  it.each([
    '/console/orders/ord_ffffffffffff',
    '/console/orders/ord_FFFFFFFFFFFF',
    '/console/orders/ord_%27;drop',
    '/console/orders/%00',
    '/console/orders/ord_ffffffffffff/receipt.pdf',
    '/console/nothing',
    '/console/orders/ord_ffffffffffff/nothing',
  ])('%s is a page that says there is nothing', async (path) => {
    const answer = await mira.get(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('There is nothing here.');
  });

  it('is a page also where the method is wrong', async () => {
    const answer = await mira.post('/console/cases', {});
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET, HEAD');
    expect(answer.body).toContain('<h1>Method not allowed</h1>');
  });
});

describe('the internal note', () => {
  it('is written with one audit row: who, before, after', async () => {
    const { orderId } = await anUnusualOrder(api, merchant);
    await mira.get(`/console/orders/${orderId}`);
    const answer = await mira.submit(`/console/orders/${orderId}/internal-note`, { internal_note: ' called\r\nback ' });
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe(`/console/orders/${orderId}`);
    const page = await mira.get(answer.headers.location ?? '');
    expect(page.body).toContain('The note is saved.');
    expect(page.body).toContain('called\nback</textarea>');
    expect(await auditOf(orderId)).toEqual([
      {
        actor: 'operator:mira',
        action: 'crypto_order.note_updated',
        reason: null,
        before: { internal_note: null },
        after: { internal_note: 'called\nback' },
        result: 'ok',
      },
    ]);
    expect((await mira.get(`/console/orders/${orderId}`)).body).not.toContain('The note is saved.');
  });

  it('is nothing the merchant or the payer ever sees', async () => {
    const { orderId } = await anUnusualOrder(api, merchant);
    await mira.get(`/console/orders/${orderId}`);
    await mira.submit(`/console/orders/${orderId}/internal-note`, { internal_note: 'between us' });
    const envelope = await api.call(merchant, 'GET', `/v1/billing/crypto-orders/${orderId}`);
    const payer = await api.app.inject({ method: 'GET', url: new URL(envelope.json().payment_url).pathname });
    expect(payer.statusCode).toBe(200);
    expect(envelope.body + payer.body).not.toContain('between us');
  });

  it('of more than 2,000 characters is refused in place', async () => {
    const { orderId } = await anUnusualOrder(api, merchant);
    const here = `/console/orders/${orderId}`;
    await mira.get(here);
    const answer = await mira.submit(`${here}/internal-note`, { internal_note: 'x'.repeat(2001), back: here });
    expect(answer.headers.location).toBe(here);
    expect((await mira.get(here)).body).toContain('expected 0 to 2000 characters');
    expect(await auditOf(orderId)).toEqual([]);
  });
});

describe('text that came from outside', () => {
  const hostile = '</textarea></pre></title><script>alert(1)</script><img src=x onerror=alert(1)>"\'\u202e{{7*7}}';

  it('is shown as text, wherever it stands', async () => {
    const { orderId } = await anUnusualOrder(api, merchant, {
      order: { customer_reference: hostile, metadata: { [`\u202e${hostile.slice(0, 60)}`]: hostile } },
      providerStatus: hostile,
      actuallyPaid: '24.55',
      payCurrency: 'usdttrc20',
      evidence: { event: hostile, [hostile]: hostile },
    });
    const { pool } = api.deps;
    await setCustomerNote(pool, orderId, hostile, new Date().toISOString());
    await pool.query('update orders set product = $2, internal_note = $2 where id = $1', [orderId, hostile]);
    const page = await mira.get(`/console/orders/${orderId}`);
    expect(page.statusCode).toBe(200);
    expect(page.body.match(/&lt;script>alert\(1\)&lt;\/script>/g)?.length).toBeGreaterThanOrEqual(8);
    expect(page.body).not.toMatch(/<script>alert|<img src=x/);
    expect(page.body.replace(/<textarea[\s\S]*?<\/textarea>/g, '')).not.toContain('\u202e');
    const queue = await mira.get('/console/cases');
    expect(queue.body).toContain('&lt;script>alert(1)');
    expect(queue.body).not.toMatch(/<script>alert|<img src=x/);
  });
});
