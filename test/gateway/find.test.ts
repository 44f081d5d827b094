import { describe, expect, it } from 'vitest';
import { aGateway, anAccount, aProvider, created, html, json, raw } from './provider-double.js';

const login = { email: 'shop@example.com', password: 'a password' };
const search = { orderId: 'ord_0123456789ab', startedAt: '2026-11-24T20:00:00.000Z', marginMs: 120_000 };
const auth = json(200, { token: 'aaa.bbb.ccc' });

const payment = (id: number, more: object = {}) => ({ ...created, payment_id: id, ...more });
const others = (count: number) =>
  Array.from({ length: count }, (_, at) => payment(1000 + at, { order_id: `ord_other_${at}` }));
const page = (data: object[], number = 0, pagesCount = 1) =>
  json(200, { data, limit: 100, page: number, pagesCount, total: data.length });

describe('looking for the payments of an order', () => {
  it('logs in, and asks for the time around the start', async () => {
    const provider = await aProvider({ 'POST auth': auth, 'GET payment/': page([]) });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toEqual({ kind: 'found', payments: [] });
    const [first, second] = provider.heard;
    expect(first).toMatchObject({ url: '/v1/auth', body: '{"email":"shop@example.com","password":"a password"}' });
    expect(first?.headers).not.toHaveProperty('x-api-key');
    expect(second?.headers).toMatchObject({ authorization: 'Bearer aaa.bbb.ccc', 'x-api-key': 'KEY-OF-THE-TEST' });
    const url = new URL(second?.url ?? '', provider.url);
    expect(url.pathname).toBe('/v1/payment/');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      limit: '100',
      page: '0',
      sortBy: 'created_at',
      orderBy: 'asc',
      dateFrom: '2026-11-24T19:58:00.000Z',
      dateTo: '2026-11-24T20:02:00.000Z',
    });
  });

  it('reads every page and keeps our order, oldest first', async () => {
    const provider = await aProvider({
      'POST auth': auth,
      'GET payment/': [
        page([...others(99), payment(9, { created_at: '2026-11-24T20:00:09.000Z' })], 0, 3),
        page([payment(7, { created_at: '2026-11-24T20:00:01.000Z' }), ...others(99)], 1, 3),
        page([payment(9), payment(8, { created_at: '2026-11-24T20:00:05.000Z' })], 2, 3),
      ],
    });
    const outcome = await aGateway().find(anAccount(provider.url, login), search);
    expect(outcome).toMatchObject({
      kind: 'found',
      payments: [{ paymentId: '9' }, { paymentId: '7' }, { paymentId: '8' }],
    });
    expect(provider.heard.map(({ url }) => new URL(url, provider.url).searchParams.get('page'))).toEqual([
      null,
      '0',
      '1',
      '2',
    ]);
  });

  it.each([
    ['without a count of pages', (data: object[]) => json(200, { data })],
    ['with a count that is too small', (data: object[]) => page(data, 0, 0)],
  ])('goes on after a full page, %s', async (_name, answer) => {
    const provider = await aProvider({
      'POST auth': auth,
      'GET payment/': [answer(others(100)), answer([payment(7)])],
    });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toMatchObject({
      payments: [{ paymentId: '7' }],
    });
  });

  it('goes on after a short page when more are announced', async () => {
    const provider = await aProvider({
      'POST auth': auth,
      'GET payment/': [page(others(10), 0, 2), page([payment(7)], 1, 2)],
    });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toMatchObject({
      payments: [{ paymentId: '7' }],
    });
  });

  it('is unavailable when one of our payments cannot be read: passing over it would mint a second', async () => {
    const provider = await aProvider({ 'POST auth': auth, 'GET payment/': page([payment(7, { pay_amount: -1 })]) });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toMatchObject({ kind: 'unavailable' });
  });

  it('does not mind what other payments look like', async () => {
    const odd = { payment_id: 'x', order_id: 'another', pay_amount: 'NaN' };
    const provider = await aProvider({ 'POST auth': auth, 'GET payment/': page([odd, {}, payment(7)]) });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toMatchObject({
      payments: [{ paymentId: '7' }],
    });
  });

  it.each([
    ['a page fails', [page(others(100), 0, 2), html]],
    ['the answer has no list', [json(200, { total: 0 })]],
    ['the answer is one payment', [json(200, payment(7))]],
    ['the list never ends', [page(others(100), 0, 9999)]],
  ])('is unavailable, never empty, when %s', async (_name, replies) => {
    const provider = await aProvider({ 'POST auth': auth, 'GET payment/': replies });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toMatchObject({ kind: 'unavailable' });
  });

  it('cannot be done without email and password', async () => {
    const provider = await aProvider({});
    for (const half of [{}, { email: 'shop@example.com' }, { password: 'x' }, { email: '', password: '' }]) {
      expect(await aGateway().find(anAccount(provider.url, half), search)).toMatchObject({ kind: 'cannot_look' });
    }
    expect(provider.heard).toEqual([]);
  });
});

describe('the login', () => {
  const authRequired = json(401, { status: false, code: 'AUTH_REQUIRED', message: 'Authorization header is empty' });

  it('is kept for four minutes, also across searches at the same time', async () => {
    let now = 0;
    const provider = await aProvider({ 'POST auth': auth, 'GET payment/': page([]) });
    const gateway = aGateway({ clock: () => now });
    const account = anAccount(provider.url, login);
    await Promise.all([gateway.find(account, search), gateway.find(account, search)]);
    now = 239_999;
    await gateway.find(account, search);
    const logins = () => provider.heard.filter(({ url }) => url === '/v1/auth').length;
    expect(logins()).toBe(1);
    now = 240_000;
    await gateway.find(account, search);
    expect(logins()).toBe(2);
  });

  it('is renewed once when the list no longer takes it', async () => {
    const provider = await aProvider({
      'POST auth': [auth, json(200, { token: 'ddd.eee.fff' })],
      'GET payment/': [authRequired, page([payment(7)])],
    });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toMatchObject({ kind: 'found' });
    expect(provider.heard.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer aaa.bbb.ccc',
      undefined,
      'Bearer ddd.eee.fff',
    ]);
  });

  it('that is not taken twice is about the account, and leaves mints and reads alone', async () => {
    const provider = await aProvider({
      'POST auth': auth,
      'GET payment/': authRequired,
      'POST payment': json(201, created),
    });
    const gateway = aGateway();
    const account = anAccount(provider.url, login);
    expect(await gateway.find(account, search)).toMatchObject({ kind: 'account', retryAfterMs: 30_000 });
    expect(provider.heard).toHaveLength(4);
    const request = {
      ...search,
      price: { cents: 4900, currency: 'USD' },
      payCurrency: 'usdttrc20',
      description: '',
      ipnCallbackUrl: '',
    };
    expect(await gateway.mint(account, request)).toMatchObject({ kind: 'minted' });
  });

  it.each([
    [401, { code: 'INVALID_CREDENTIALS' }, 'account'],
    [403, { code: 'ACCESS_DENIED' }, 'account'],
    [200, { tokens: [] }, 'unavailable'],
    [200, { token: 'a\r\nb' }, 'unavailable'],
    [500, {}, 'unavailable'],
  ])('answered with %i %o is %s', async (status, answer, kind) => {
    const provider = await aProvider({ 'POST auth': raw(status, JSON.stringify(answer)) });
    expect(await aGateway().find(anAccount(provider.url, login), search)).toMatchObject({ kind });
  });
});
