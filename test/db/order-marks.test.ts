import { afterAll, beforeAll, expect, it } from 'vitest';
import { changedMarks } from '../../src/db/orders/order-marks.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

it('reads an order that stands otherwise than is known, and no other', async () => {
  const key = await api.newKey();
  const ids = [(await api.placed(key)).order_id, (await api.placed(key)).order_id];
  const marksOf = async (known: Parameters<typeof changedMarks>[1]) => changedMarks(api.deps.pool, known);
  const nothing = { version: null, updatedAt: null };

  const first = await marksOf([...ids, 'ord_ffffffffffff'].map((id) => ({ id, ...nothing })));
  expect(first.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(await marksOf(first)).toEqual([]);

  await api.deps.pool.query(`update orders set updated_at = updated_at + interval '1 millisecond' where id = $1`, [
    ids[1],
  ]);
  expect((await marksOf(first)).map(({ id }) => id)).toEqual([ids[1]]);
});
