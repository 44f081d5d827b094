import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStage, type Json, type Stage } from './stage.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

async function list(query: string) {
  return (await stage.provider('GET', `/payment/?${query}`, { token: await stage.logIn() })).json;
}

const orders = (page: Json): string[] => page.data.map((row) => row.order_id);

it('pages through every payment once, in order of creation or backwards', async () => {
  for (const order of ['a', 'b', 'c', 'd', 'e']) await stage.mint({ order_id: order });
  const first = await list('limit=2&page=0');
  expect(first).toMatchObject({ limit: 2, page: 0, pagesCount: 3, total: 5 });
  expect(orders(first)).toEqual(['a', 'b']);
  expect(orders(await list('limit=2&page=2'))).toEqual(['e']);
  expect(orders(await list('limit=2&page=3'))).toEqual([]);
  expect(orders(await list('limit=2&page=0&orderBy=desc'))).toEqual(['e', 'd']);
  expect(orders(await list('limit=2&page=2&orderBy=desc'))).toEqual(['a']);
  expect(orders(await list('limit=5&sortBy=order_id&orderBy=desc'))).toEqual(['e', 'd', 'c', 'b', 'a']);
});

it('keeps to the window between dateFrom and dateTo', async () => {
  await stage.mint({ order_id: 'before' });
  await stage.control('POST', '/clock', { advance: '1 hour' });
  const inside = await stage.mint({ order_id: 'inside' });
  await stage.control('POST', '/clock', { advance: '1 hour' });
  await stage.mint({ order_id: 'after' });
  const from = new Date(Date.parse(inside.created_at) - 60_000).toISOString();
  const to = new Date(Date.parse(inside.created_at) + 60_000).toISOString();
  expect(orders(await list(`dateFrom=${from}&dateTo=${to}`))).toEqual(['inside']);
  expect(orders(await list(`dateFrom=${from}`))).toEqual(['inside', 'after']);
  expect((await list('dateFrom=2020-01-01&dateTo=2020-01-02')).total).toBe(0);
});

it('lists a new payment only after the lag, while the read shows it at once', async () => {
  await stage.control('PUT', '/settings', { list_lag: '10 seconds' });
  const made = await stage.mint();
  expect((await list('limit=10')).total).toBe(0);
  expect((await stage.provider('GET', `/payment/${made.payment_id}`)).status).toBe(200);
  await stage.control('POST', '/clock', { advance: '11 seconds' });
  expect((await list('limit=10')).total).toBe(1);
});

it.each(['limit=0', 'limit=501', 'limit=x', 'page=-1', 'sortBy=colour', 'orderBy=up', 'dateFrom=yesterday'])(
  'refuses %s with 400',
  async (query) => {
    expect(await list(query)).toMatchObject({ statusCode: 400, code: 'INVALID_REQUEST_PARAMS' });
  },
);

it('has no filter by order: an unknown parameter changes nothing', async () => {
  await stage.mint({ order_id: 'a' });
  expect((await list('order_id=b')).total).toBe(1);
});
