import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { de } from '../../src/web/pay/strings/de.js';
import { moveOrder, payOrder } from '../support/an-order.js';
import { eventually } from '../support/eventually.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
let key: string;

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
});
afterAll(() => api.close());

const visit = (path: string, headers: Record<string, string> = {}) => api.app.inject({ url: path, headers });
const asJson = { accept: 'application/json' };

async function placed(over: object = {}): Promise<{ id: string; path: string }> {
  const order = await api.placed(key, over);
  return { id: order.order_id, path: new URL(order.payment_url).pathname };
}

/** Money of a payment that is on record for the order. */
async function arrives(orderId: string, coins: string, over: { coin?: string; late?: boolean } = {}): Promise<void> {
  await api.deps.pool.query(
    `insert into payments (mode, payment_id, order_id, role, provider_status, coin, arrived, applied, late_at, first_seen_at, updated_at)
     select mode, coalesce(payment_id, '1'), id, 'bound', 'partially_paid', $3, $2, $2, case when $4 then now() end, now(), now()
     from orders where id = $1`,
    [orderId, coins, over.coin ?? 'usdttrc20', over.late ?? false],
  );
}

describe('GET /pay/:token', () => {
  it('shows what to send, where to and over which network', async () => {
    const { id, path } = await placed();
    const address = (await api.call(key, 'GET', `/v1/billing/crypto-orders/${id}`)).json().payment_address;
    const page = await visit(path);
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('>49.10</span>');
    expect(page.body).toContain(`>${address}</span>`);
    expect(page.body).toContain('Tron (TRC-20)');
  });

  it('needs no key, and its token is 128 bits or more', async () => {
    const { path } = await placed();
    expect(path).toMatch(/^\/pay\/[\w-]{32}$/); // 192 bits
  });

  it('holds nothing of the merchant: no account, reference, metadata or note', async () => {
    const { id, path } = await placed({ customer_reference: 'reference-of-ours', metadata: { cart: 'cart-of-ours' } });
    await api.call(key, 'PATCH', `/v1/billing/crypto-orders/${id}`, { body: { customer_note: 'note-of-ours' } });
    const texts = [(await visit(path)).body, (await visit(`${path}/status`)).body];
    for (const secret of ['reference-of-ours', 'cart-of-ours', 'note-of-ours', api.accountId, 'Merchant']) {
      for (const text of texts) expect(text).not.toContain(secret);
    }
  });

  it('may load from here alone, is in nobody’s frame and in no cache', async () => {
    const { path } = await placed();
    const { headers, body } = await visit(path);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store, private',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    const urls = [...body.matchAll(/(?:src|href|action)="([^"]*)"/g)].map((match) => match[1]);
    expect(urls.filter((url) => !/^(?:\/static\/|\?lang=)/.test(url ?? ''))).toEqual([]);
  });

  it('takes less than 50 KB with everything that it loads, and what it loads is kept for good', async () => {
    const { path } = await placed();
    const page = await visit(path);
    const statics = [...page.body.matchAll(/"(\/static\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(statics).toHaveLength(3);
    const files = await Promise.all(statics.map((url) => visit(url)));
    for (const { headers } of files) expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const sizes = [page, ...files].map(({ rawPayload }) => rawPayload.length);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(50_000);
  });

  it.each([
    ['what the browser prefers', '', 'de-AT,de;q=0.9,en;q=0.5', 'de'],
    ['what the link says', '?lang=de', 'en', 'de'],
    ['English for the rest', '?lang=xx', 'nl', 'en'],
  ])('speaks %s', async (_, query, accepted, language) => {
    const { path } = await placed();
    const page = await visit(path + query, { 'accept-language': accepted });
    expect(page.body).toContain(`<html lang="${language}" dir="ltr">`);
    expect(page.headers).toMatchObject({ 'content-language': language, vary: 'accept-language' });
  });

  it('asks a browser without script to look again', async () => {
    const { path } = await placed();
    expect((await visit(path)).body).toContain('<noscript><meta http-equiv="refresh" content="20"/>');
  });

  it.each([
    ['unknown', 'A'.repeat(32)],
    ['too short', 'A'.repeat(31)],
    ['with a letter that no token has', `${'A'.repeat(31)}!`],
    ['with U+0000', `%00${'A'.repeat(31)}`],
    ['of SQL', "'%20or%20'1'='1"],
    ['very long', 'A'.repeat(5_000)],
  ])('a token that is %s is a page with 404; its parts are problems with 404', async (_, token) => {
    const page = await visit(`/pay/${token}`);
    expect(page.statusCode).toBe(404);
    expect(page.body).toContain('This payment link does not exist');
    for (const part of ['status', 'events', 'receipt.pdf']) {
      const answer = await visit(`/pay/${token}/${part}`);
      expect({ part, status: answer.statusCode }).toEqual({ part, status: 404 });
    }
  });

  it('a token with one letter changed is unknown', async () => {
    const { path } = await placed();
    const tampered = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A');
    expect((await visit(tampered)).statusCode).toBe(404);
  });

  it('answers 405 to other methods', async () => {
    const { path } = await placed();
    const answer = await api.app.inject({ method: 'POST', url: path });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('escapes a product, wherever it came from', async () => {
    const { id, path } = await placed();
    await api.deps.pool.query('update orders set product = $2 where id = $1', [id, '<img src=x onerror=alert(1)>"\'']);
    const { body } = await visit(path);
    expect(body).not.toContain('<img');
    expect(body).toContain('&lt;img src=x onerror=alert(1)>');
  });
});

describe('what the page says of an order', () => {
  const statusOf = async (path: string) => (await visit(`${path}/status`, asJson)).json();

  it('is JSON for whoever asks for it, and HTML for the page', async () => {
    const { id, path } = await placed();
    const json = await visit(`${path}/status`, asJson);
    expect(json.headers).toMatchObject({ 'cache-control': 'no-store, private', vary: 'accept, accept-language' });
    expect(json.json()).toEqual({
      order_id: id,
      status: 'pending',
      state: 'pay',
      version: 1,
      expires_at: expect.stringMatching(/Z$/) as string,
      paid_at: null,
      is_final: false,
      look_again_seconds: 20,
    });
    const html = await visit(`${path}/status?lang=de`, { accept: 'text/html' });
    expect(html.body).toMatch(/^<article/);
    expect(html.body).toContain(de.states.pay.heading);
  });

  it('partial: what is missing, at the same address', async () => {
    const { id, path } = await placed();
    await arrives(id, '40.02');
    await moveOrder(api.deps.pool, id, { to: 'partial' });
    expect(await statusOf(path)).toMatchObject({ status: 'partial', state: 'top_up' });
    const { body } = await visit(path);
    expect(body).toContain('id="pay-amount">9.08<');
    expect(body).toContain('40.02 of 49.10 USDT arrived');
  });

  it('partial in another coin: nothing more is asked for', async () => {
    const { id, path } = await placed();
    await arrives(id, '40.02', { coin: 'usdterc20' });
    await moveOrder(api.deps.pool, id, { to: 'partial' });
    expect(await statusOf(path)).toMatchObject({ state: 'wrong_asset' });
    expect((await visit(path)).body).not.toContain('pay-address');
  });

  it('failed with a part of the money: the coins are not called missing', async () => {
    const { id, path } = await placed();
    await arrives(id, '40.02');
    await moveOrder(api.deps.pool, id, { to: 'partial' });
    await moveOrder(api.deps.pool, id, { from: 'partial', to: 'failed' });
    expect(await statusOf(path)).toMatchObject({ state: 'incomplete', is_final: true });
  });

  it('failed, then coins: late', async () => {
    const { id, path } = await placed();
    await moveOrder(api.deps.pool, id, { to: 'failed' });
    expect(await statusOf(path)).toMatchObject({ state: 'expired' });
    await arrives(id, '49.10', { late: true });
    expect(await statusOf(path)).toMatchObject({ state: 'late' });
  });

  it('after the deadline, before it is closed: do not send', async () => {
    const { id, path } = await placed();
    await api.deps.pool.query(`update orders set expires_at = now() - interval '1 second' where id = $1`, [id]);
    expect(await statusOf(path)).toMatchObject({ status: 'pending', state: 'time_up' });
    expect((await visit(path)).body).not.toContain('pay-address');
  });

  it.each(['pay_address', 'pay_amount_text', 'pay_extra_id', 'network'])(
    'withholds the address and raises an alarm when %s was changed in the database',
    async (column) => {
      const { id, path } = await placed();
      await api.deps.pool.query(`update orders set ${column} = '1' where id = $1`, [id]);
      const alarms = async () =>
        (await api.deps.metrics.alarms.get()).values.find(({ labels }) => labels.alarm === 'pay_address_changed')
          ?.value ?? 0;
      const before = await alarms();
      const { body } = await visit(path);
      expect(body).not.toContain('pay-address');
      expect(body).not.toContain('TXaddress');
      expect(body).toContain('This order cannot be paid here');
      expect(await statusOf(path)).toMatchObject({ state: 'unavailable' });
      expect(await alarms()).toBe(before + 2); // on each read
    },
  );
});

describe('GET /pay/:token/receipt.pdf', () => {
  it('is the merchant’s PDF, once the order is paid, and linked then', async () => {
    const { id, path } = await placed();
    expect((await visit(`${path}/receipt.pdf`)).json()).toMatchObject({ status: 409, field: 'status' });
    expect((await visit(path)).body).not.toContain('receipt.pdf');
    await payOrder(api.deps.pool, id);
    expect((await visit(path)).body).toContain(`href="${path}/receipt.pdf"`);
    const answer = await visit(`${path}/receipt.pdf`);
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="receipt-${id}.pdf"`);
    const own = await api.call(key, 'GET', `/v1/billing/crypto-orders/${id}/receipt.pdf`);
    expect(answer.rawPayload.equals(own.rawPayload)).toBe(true);
  });
});

describe('GET /pay/:token/events', () => {
  it('of a paid order answers 204: a browser does not come back', async () => {
    const { id, path } = await placed();
    await payOrder(api.deps.pool, id);
    expect((await visit(`${path}/events`)).statusCode).toBe(204);
  });

  it('that is left while its order is looked for takes no place', async () => {
    const { path } = await placed();
    const url = new URL(await api.app.listen({ port: 0, host: '127.0.0.1' }));
    const { pool, metrics } = api.deps;
    const gate = { open: () => {}, reached: 0 };
    const opened = new Promise<void>((resolve) => (gate.open = resolve));
    const query = pool.query.bind(pool);
    const slowly = async (...asked: Parameters<typeof query>) => {
      gate.reached += 1;
      await opened;
      return query(...asked);
    };
    pool.query = slowly as unknown as typeof pool.query;
    const gone = new Promise<void>((resolve) =>
      api.app.server.once('connection', (near) => near.once('close', () => resolve())),
    );
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    socket.write(`GET ${path}/events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await eventually(() => expect(gate.reached).toBe(1));
    socket.destroy();
    await gone;
    pool.query = query;
    gate.open();
    expect((await fetch(`${url.origin}${path}/status`)).status).toBe(200); // after it, on the same loop
    expect((await metrics.payerStreams.get()).values[0]?.value ?? 0).toBe(0);
  });

  it('answers 503 where no page may be kept informed', async () => {
    const full = await testApp({ settings: { maxLiveStreams: 0 } });
    const order = await full.placed(await full.newKey());
    const answer = await full.app.inject({ url: `${new URL(order.payment_url).pathname}/events` });
    expect({ status: answer.statusCode, retryAfter: answer.headers['retry-after'] }).toEqual({
      status: 503,
      retryAfter: '30',
    });
    await full.close();
  });
});

describe('without a database', () => {
  it('the page says so in words, with 503, and comes back; its parts are problems', async () => {
    const other = await testApp();
    const order = await other.placed(await other.newKey());
    const path = new URL(order.payment_url).pathname;
    const away = Object.assign(new Error('the database system is shutting down'), { code: '57P03' });
    other.deps.pool.query = () => Promise.reject(away);
    const page = await other.app.inject({ url: path, headers: { 'accept-language': 'de' } });
    expect(page.statusCode).toBe(503);
    expect(page.headers).toMatchObject({ refresh: '5', 'retry-after': '5' });
    expect(page.body).toContain(de.away.heading);
    expect((await other.app.inject({ url: `${path}/status` })).json()).toMatchObject({ status: 503 });
    await other.close();
  });
});
