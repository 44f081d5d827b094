import { afterAll, beforeAll, expect, it } from 'vitest';
import { operatorAtConsole, type ConsoleVisitor } from '../../support/console-visitor.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let [ada, rea]: ConsoleVisitor[] = [];
beforeAll(async () => {
  api = await testApp();
  ada = await operatorAtConsole(api, 'ada', 'admin');
  rea = await operatorAtConsole(api, 'rea', 'read_only');
});
afterAll(() => api?.close());

it('products are kept and removed one by one, and named in the lists; who may only read changes none', async () => {
  const accountId = await api.newAccount();
  const page = `/console/accounts/acc_${accountId}/products`;
  const send = async (form: Record<string, string>, who = ada!) => {
    await who.get(page);
    return who.submit(page, { back: page, act: 'keep', names: '', prices: '', reason: '', ...form });
  };
  const list = async () =>
    (await api.deps.pool.query('select products from accounts where id = $1', [accountId])).rows[0].products;

  expect((await ada!.get(page)).body).toContain('This account lists nothing itself');
  await send({ id: 'rolls', names: 'en: Twelve rolls\r\nde: Zwölf Rollen', prices: 'EUR: 1200' });
  await send({ id: 'card', prices: ' EUR : 300\r\n\r\nJPY: 500 ' });
  const rolls = { id: 'rolls', names: { en: 'Twelve rolls', de: 'Zwölf Rollen' }, prices: { EUR: 1200 } };
  expect(await list()).toEqual([rolls, { id: 'card', names: {}, prices: { EUR: 300, JPY: 500 } }]);
  expect((await ada!.get(page)).body).toMatch(/card is sold as it says here from now on\.[\s\S]*12\.00 EUR/);

  const order = await api.placed(await api.newKey({ accountId }), { product: 'rolls' });
  expect((await rea!.get('/console/orders')).body).toContain('<bdi>Twelve rolls</bdi>');
  expect((await rea!.get(`/console/orders/${order.order_id}`)).body).toContain('<bdi>Twelve rolls</bdi>');

  for (const [form, words] of [
    [{ id: 'card', prices: 'EUR: 3.00' }, 'prices: '],
    [{ id: 'card', prices: '300' }, 'prices: expected lines such as'],
    [{ id: 'card', prices: '' }, 'prices: expected a price in one currency at least'],
    [{ id: 'No Id', prices: 'EUR: 300' }, 'id: expected 1 to 64'],
    [{ id: 'none', act: 'remove' }, 'id: not on the list'],
  ] as const) {
    await send(form);
    expect((await ada!.get(page)).body).toContain(words);
  }
  expect(await list()).toHaveLength(2);

  expect((await send({ id: 'rolls', act: 'remove' }, rea)).statusCode).toBe(403);
  await send({ id: 'rolls', act: 'remove' });
  expect((await list()).map(({ id }: { id: string }) => id)).toEqual(['card']);
  await send({ id: 'card', act: 'remove' });
  expect(await list()).toBeNull(); // and what the installation lists is sold again
});
