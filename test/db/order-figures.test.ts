import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { foldAllFigures, foldFigures, orderFigures } from '../../src/db/figures/order-figures.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { moveOrder } from '../support/an-order.js';
import { insertOrders } from '../support/past-orders.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: Pool;
const accountId = randomUUID();

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, applicationName: 'test', onError: () => {} });
  await insertAccount(pool, { id: accountId, name: 'Merchant', settings: {} });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** The same figures, counted row by row. */
async function countedDirectly(): Promise<object[]> {
  const { rows } = await pool.query(
    `select status, product, price_currency as currency, count(*) as orders, sum(price_cents)::bigint as "priceCents",
       coalesce(sum(round(extract(epoch from paid_at - created_at) * 1000)), 0)::bigint as "paidMs"
     from orders where mode = 'live' group by 1, 2, 3 order by 1, 2, 3`,
  );
  return rows;
}

it('totals and changes are exact while orders are placed and moved and changes folded, all at once', async () => {
  let isMoving = true;
  async function shop(product: string): Promise<void> {
    for (let round = 0; round < 15; round += 1) {
      const ids = await insertOrders(pool, { accountId, count: 3, product, currency: round % 2 ? 'EUR' : 'USD' });
      const [paid = '', failed = '', seen = ''] = ids;
      await moveOrder(pool, paid, { to: 'paid' });
      await moveOrder(pool, failed, { to: 'failed', source: 'expired' });
      await moveOrder(pool, seen, { to: 'confirming' });
      if (round % 3 === 0) await moveOrder(pool, failed, { from: 'failed', to: 'paid', source: 'support' });
    }
  }
  async function fold(): Promise<void> {
    while (isMoving) {
      await foldFigures(pool);
      const figures = await orderFigures(pool, 'live');
      for (const { orders, priceCents } of figures) expect(priceCents).toBe(orders * 4900);
    }
  }
  const shops = Promise.all(['one', 'two', 'two'].map(shop)).finally(() => (isMoving = false));
  await Promise.all([shops, fold(), fold()]);

  const direct = await countedDirectly();
  expect(direct).toHaveLength(12);
  expect(await orderFigures(pool, 'live')).toEqual(direct);
  await foldAllFigures(pool);
  expect(await orderFigures(pool, 'live')).toEqual(direct);
  const { rows } = await pool.query('select count(*) as n from order_figure_changes');
  expect(rows).toEqual([{ n: 0 }]);
});

it('an order that moves to another day or goes away takes its figures along', async () => {
  const [id] = await insertOrders(pool, { accountId, count: 1, product: 'mover', status: 'paid' });
  const figures = async () => (await orderFigures(pool, 'live')).filter(({ product }) => product === 'mover');
  await pool.query(`update orders set created_at = created_at - interval '3 days' where id = $1`, [id]);
  expect(await figures()).toMatchObject([{ orders: 1, priceCents: 4900, paidMs: 3 * 86_400_000 + 300_000 }]);
  const { rows } = await pool.query(
    `select day = (now() at time zone 'UTC')::date - 3 as is_there, sum(orders)::int as orders
     from order_figures_now where product = 'mover' group by day having sum(orders) <> 0`,
  );
  expect(rows).toEqual([{ is_there: true, orders: 1 }]);
  await pool.query('delete from orders where id = $1', [id]);
  expect(await figures()).toEqual([]);
});
