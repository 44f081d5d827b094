import { afterEach, describe, expect, it, vi } from 'vitest';
import { Driftstack, DriftstackError, NotFoundError, Quittance, QuittanceError } from '../../sdk/src/index.js';
import { anOrder } from './an-order.js';
import { json, problem, raw, scriptedServer, type ScriptedServer, type Step } from './scripted-server.js';

let server: ScriptedServer | undefined;
afterEach(async () => {
  vi.unstubAllGlobals();
  await server?.close();
});

async function clientOf(...steps: Step[]) {
  server = await scriptedServer(...steps);
  return { client: new Quittance({ apiKey: 'ds_test_key', baseUrl: server.url }), seen: server.seen };
}

describe('the client', () => {
  it('is also exported under the name of the guide', () => {
    expect(Driftstack).toBe(Quittance);
    expect(DriftstackError).toBe(QuittanceError);
  });

  it.each([
    ['no options', undefined],
    ['no apiKey', {}],
    ['an empty apiKey', { apiKey: '  ' }],
    ['an apiKey that is no string', { apiKey: 7 }],
    ['an apiKey that no header can carry', { apiKey: 'ds_live_\nkey' }],
    ['a baseUrl without scheme', { apiKey: 'k', baseUrl: 'localhost:8080' }],
    ['a baseUrl with a password in it', { apiKey: 'k', baseUrl: 'http://me:pw@localhost' }],
    ['a timeout of 0', { apiKey: 'k', timeoutMs: 0 }],
  ])('refuses %s with a TypeError', (_, options) => {
    expect(() => new Quittance(options as unknown as { apiKey: string })).toThrow(TypeError);
  });

  it('never quotes the key in the error', () => {
    expect(() => new Quittance({ apiKey: 'ds_live_\nsecret' })).toThrow(expect.not.stringContaining('secret'));
  });

  it('sends the key as a bearer token, and the account to act for when given', async () => {
    server = await scriptedServer(json(anOrder()));
    const client = new Quittance({ apiKey: 'ds_test_key', baseUrl: server.url, effectiveAccount: 'acc_1' });
    await client.cryptoOrders.get('ord_1');
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer ds_test_key',
      'x-driftstack-account': 'acc_1',
      accept: 'application/json',
    });
  });

  it('drops trailing slashes of the base URL and keeps its path', async () => {
    server = await scriptedServer(json(anOrder()));
    const client = new Quittance({ apiKey: 'k', baseUrl: `${server.url}/payments//` });
    await client.cryptoOrders.get('ord_1');
    expect(server.seen[0]?.url).toBe('/payments/v1/billing/crypto-orders/ord_1');
  });

  it('talks to this machine when no base URL is given', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response('{}', { headers: { 'content-type': 'application/json' } }));
    });
    await new Quittance({ apiKey: 'k' }).webhooks.list();
    expect(asked).toEqual(['http://127.0.0.1:8080/v1/webhooks']);
  });

  it('does not follow a redirect, so the key stays where it was meant to go', async () => {
    const { client, seen } = await clientOf(raw('', { status: 302, headers: { location: '/elsewhere' } }));
    await expect(client.cryptoOrders.get('ord_1')).rejects.toMatchObject({ kind: 'transport', status: 302 });
    expect(seen).toHaveLength(1);
  });
});

describe('ids in paths', () => {
  it.each([
    ['a/../b', '/v1/billing/crypto-orders/a%2F..%2Fb'],
    ['ord 1?x=1#y', '/v1/billing/crypto-orders/ord%201%3Fx%3D1%23y'],
    ['ördér', '/v1/billing/crypto-orders/%C3%B6rd%C3%A9r'],
    ['%2e%2e', '/v1/billing/crypto-orders/%252e%252e'],
  ])('encodes %j', async (id, url) => {
    const { client, seen } = await clientOf(json(anOrder()));
    await client.cryptoOrders.get(id);
    expect(seen[0]?.url).toBe(url);
  });

  it.each(['', '.', '..'])('refuses %j, which would address another resource', async (id) => {
    const { client, seen } = await clientOf(json(anOrder()));
    expect(() => client.cryptoOrders.get(id)).toThrow(TypeError);
    expect(seen).toHaveLength(0);
  });
});

const order = '/v1/billing/crypto-orders/ord_1';
const hook = '/v1/webhooks/whk_1';
const checkout = { product: 'team_manual', price_cents: 4900, price_currency: 'USD' };

describe('a checkout', () => {
  const placed = { order_id: 'ord_1', price_cents: 4900 };
  const other = json(placed, { status: 201, headers: { 'x-driftstack-idempotency-mismatch': '1' } });

  it('says that its key was first sent with another body, and warns', async () => {
    server = await scriptedServer(json(placed, { status: 201 }), other);
    const warnings: string[] = [];
    const onWarning = (warning: string) => void warnings.push(warning);
    const client = new Quittance({ apiKey: 'k', baseUrl: server.url, onWarning });
    const first = await client.cryptoOrders.createCheckout(checkout, { idempotencyKey: 'p' });
    expect(first).toEqual(placed);
    expect(warnings).toEqual([]);
    const dearer = { ...checkout, price_cents: 5900 };
    const second = await client.cryptoOrders.createCheckout(dearer, { idempotencyKey: 'p' });
    expect(second).toEqual({ ...placed, idempotency_mismatch: true });
    expect(warnings).toEqual(['ord_1: its idempotency key was first sent with another body']);
  });

  it('warns on the console where nobody else is told', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { client } = await clientOf(other);
    await client.cryptoOrders.createCheckout(checkout, { idempotencyKey: 'p' });
    expect(warn.mock.calls).toEqual([['quittance: ord_1: its idempotency key was first sent with another body']]);
    warn.mockRestore();
  });
});

describe('every call', () => {
  it.each<[string, (client: Quittance) => Promise<unknown>, string, string, unknown]>([
    [
      'quote',
      (c) => c.cryptoOrders.quote({ product: 'p' }),
      'POST',
      '/v1/billing/crypto-checkout/quote',
      { product: 'p' },
    ],
    ['createCheckout', (c) => c.cryptoOrders.createCheckout(checkout), 'POST', '/v1/billing/crypto-checkout', checkout],
    ['list', (c) => c.cryptoOrders.list(), 'GET', '/v1/billing/crypto-orders', null],
    [
      'list with options',
      (c) => c.cryptoOrders.list({ status: 'paid', limit: 5, created_after: '2026-11-24T00:00:00Z' }),
      'GET',
      '/v1/billing/crypto-orders?status=paid&limit=5&created_after=2026-11-24T00%3A00%3A00Z',
      null,
    ],
    ['get', (c) => c.cryptoOrders.get('ord_1'), 'GET', order, null],
    [
      'updateNote',
      (c) => c.cryptoOrders.updateNote('ord_1', { customer_note: null }),
      'PATCH',
      order,
      { customer_note: null },
    ],
    ['cancel', (c) => c.cryptoOrders.cancel('ord_1'), 'POST', `${order}/cancel`, null],
    [
      'chooseCoin',
      (c) => c.cryptoOrders.chooseCoin('ord_1', { pay_currency: 'btc' }),
      'POST',
      `${order}/coin`,
      { pay_currency: 'btc' },
    ],
    ['advance', (c) => c.cryptoOrders.advance('ord_1'), 'POST', '/v1/test/orders/ord_1/advance', {}],
    [
      'coins',
      (c) => c.cryptoOrders.coins({ price_cents: 4900, price_currency: 'USD' }),
      'GET',
      '/v1/billing/coins?price_cents=4900&price_currency=USD',
      null,
    ],
    ['receipt', (c) => c.cryptoOrders.receipt('ord_1'), 'GET', `${order}/receipt`, null],
    [
      'webhooks.create',
      (c) => c.webhooks.create({ url: 'https://a.example/h', events: ['crypto.order.paid'] }),
      'POST',
      '/v1/webhooks',
      { url: 'https://a.example/h', events: ['crypto.order.paid'] },
    ],
    ['webhooks.list', (c) => c.webhooks.list(), 'GET', '/v1/webhooks', null],
    ['webhooks.get', (c) => c.webhooks.get('whk_1'), 'GET', hook, null],
    ['webhooks.update', (c) => c.webhooks.update('whk_1', { active: true }), 'PATCH', hook, { active: true }],
    ['listDeliveries', (c) => c.webhooks.listDeliveries('whk_1'), 'GET', `${hook}/deliveries`, null],
    [
      'listEvents',
      (c) => c.webhooks.listEvents({ created_after: '2026-11-24T00:00:00Z' }),
      'GET',
      '/v1/webhook-events?created_after=2026-11-24T00%3A00%3A00Z',
      null,
    ],
    [
      'listDeliveries with options',
      (c) => c.webhooks.listDeliveries('whk_1', { status: 'dlq' }),
      'GET',
      `${hook}/deliveries?status=dlq`,
      null,
    ],
    ['replayDelivery', (c) => c.webhooks.replayDelivery('wdl_1'), 'POST', '/v1/webhook-deliveries/wdl_1/replay', null],
    [
      'replayWindow',
      (c) => c.webhooks.replayWindow('whk_1', { since: '2026-11-24T00:00:00Z' }),
      'POST',
      `${hook}/replay`,
      { since: '2026-11-24T00:00:00Z' },
    ],
    ['rotateSecret', (c) => c.webhooks.rotateSecret('whk_1'), 'POST', `${hook}/rotate-secret`, null],
    ['sendTest', (c) => c.webhooks.sendTest('whk_1'), 'POST', `${hook}/test`, null],
  ])('%s sends what the contract says and returns what the server says', async (_, call, method, url, body) => {
    const { client, seen } = await clientOf(json({ answer: 42 }));
    expect(await call(client)).toEqual({ answer: 42 });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method, url, body: body === null ? '' : JSON.stringify(body) });
    expect(seen[0]?.headers['content-type']).toBe(body === null ? undefined : 'application/json');
  });

  it('delete answers undefined for 204', async () => {
    const { client, seen } = await clientOf(raw('', { status: 204 }));
    expect(await client.webhooks.delete('whk_1')).toBeUndefined();
    expect(seen[0]).toMatchObject({ method: 'DELETE', url: hook });
  });

  it('receiptText answers the text, receiptPdf the bytes', async () => {
    const pdf = Buffer.from([0x25, 0x50, 0x44, 0x46, 0x00, 0xff]);
    const { client, seen } = await clientOf(raw('Driftstack receipt\n'), raw(pdf));
    expect(await client.cryptoOrders.receiptText('ord_1')).toBe('Driftstack receipt\n');
    expect(await client.cryptoOrders.receiptPdf('ord_1')).toEqual(new Uint8Array([0x25, 0x50, 0x44, 0x46, 0x00, 0xff]));
    expect(seen.map((request) => request.url)).toEqual([`${order}/receipt.txt`, `${order}/receipt.pdf`]);
  });

  it('a receipt text that does not exist is a typed error all the same', async () => {
    const { client } = await clientOf(problem(404, 'not-found'));
    await expect(client.cryptoOrders.receiptText('ord_1')).rejects.toBeInstanceOf(NotFoundError);
  });
});
