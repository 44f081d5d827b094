import { expect, it } from 'vitest';
import { aGateway, anAccount, aProvider, created, html, json } from './provider-double.js';

const login = { email: 'shop@example.com', password: 'a password' };
const auth = json(200, { token: 'aaa.bbb.ccc' });
const wanted = { createdFrom: '2026-11-24T18:00:00.000Z', number: 3 };

it('a page of the list asks for five hundred, oldest first, and leaves out what it cannot read', async () => {
  const data = [{ ...created, payment_id: 7 }, { payment_id: 'x' }, {}, { ...created, payment_id: 8, pay_amount: -1 }];
  const provider = await aProvider({ 'POST auth': auth, 'GET payment/': json(200, { data, page: 3, pagesCount: 4 }) });
  const outcome = await aGateway().list(anAccount(provider.url, login), wanted);
  expect(outcome).toMatchObject({ kind: 'page', payments: [{ paymentId: '7', status: 'waiting' }], isLast: true });
  const url = new URL(provider.heard[1]?.url ?? '', provider.url);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    limit: '500',
    page: '3',
    sortBy: 'created_at',
    orderBy: 'asc',
    dateFrom: '2026-11-24T18:00:00.000Z',
  });
});

it('a full page of five hundred fits into what is read of an answer, and is not the last', async () => {
  const note = 'x'.repeat(1500); // a thousand and a half bytes more than what we know of
  const data = Array.from({ length: 500 }, (_, n) => ({ ...created, payment_id: 1000 + n, note }));
  const provider = await aProvider({ 'POST auth': auth, 'GET payment/': json(200, { data }) });
  const outcome = await aGateway().list(anAccount(provider.url, login), wanted);
  expect(outcome).toMatchObject({ kind: 'page', isLast: false });
  expect(outcome.kind === 'page' && outcome.payments).toHaveLength(500);
});

it('without email and password there is no list', async () => {
  const provider = await aProvider({});
  expect(await aGateway().list(anAccount(provider.url), wanted)).toMatchObject({ kind: 'cannot_look' });
  expect(provider.heard).toEqual([]);
});

it('a list that cannot be had is unavailable, never empty', async () => {
  const provider = await aProvider({ 'POST auth': auth, 'GET payment/': html });
  expect(await aGateway().list(anAccount(provider.url, login), wanted)).toMatchObject({ kind: 'unavailable' });
});
