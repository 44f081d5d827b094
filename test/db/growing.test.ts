import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { orderRoom } from '../../src/db/orders/order-limits.js';
import { createRoomKeeper } from '../../src/db/orders/order-room.js';
import { createPool, type Database, type Pool } from '../../src/db/pool.js';
import { movementLines, receiptLines } from '../../src/db/money/account-books.js';
import { closedOrdersToRead } from '../../src/db/reconcile/differences.js';
import { day, hour } from '../../src/domain/timing.js';
import { insertBoundOrders } from '../support/bound-orders.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { rowsTouched } from '../support/rows-touched.js';

// What must not grow with the database is counted in rows that a statement looks at; time says more about the machine.

let database: TestDatabase;
let pool: Pool;
const owner = { accountId: randomUUID(), mode: 'live', payWindowMs: hour } as const;
const wanted = { accountId: owner.accountId, keyLabel: 'key' };
const limits = { maxUnpaid24h: 10_000, maxMints24h: 10_000, maxPending: 1_000 };

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, applicationName: 'test', onError: () => {} });
  await insertAccount(pool, { id: owner.accountId, name: 'Busy', settings: {} });
  await pool.query('alter table orders disable trigger user'); // neither searched nor counted here
  await insertBoundOrders(pool, { ...wanted, count: 8_000, status: 'paid', age: '2 hours' });
  await insertBoundOrders(pool, { ...wanted, count: 6_000, status: 'failed', age: '3 days' });
  await insertBoundOrders(pool, { ...wanted, count: 6_000, status: 'failed', age: '4 days' });
  await insertBoundOrders(pool, { ...wanted, count: 40, status: 'failed', age: '5 hours' });
  await insertBoundOrders(pool, { ...wanted, count: 20, status: 'pending', age: '10 minutes' });
  await pool.query(`insert into mint_intents (order_id, attempt, key_label, outcome, started_at)
    select id, 1, 'key', 'bound', created_at from orders`);
  await pool.query(`update orders set closed_at = closed_at - payment_id::bigint % 100000 * interval '1 ms'
    where closed_at is not null`);
  await pool.query('vacuum analyze');
}, 120_000);
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

describe('the room of an account', () => {
  it('is found without a look at its paid orders, at its old ones, or at everybody’s mints', async () => {
    const touched = await rowsTouched(pool, async (db) => {
      expect(await orderRoom(db, owner, limits)).toEqual({ free: 980, reached: null });
      expect(await orderRoom(db, owner, { ...limits, maxMints24h: 61 })).toEqual({ free: 1, reached: null });
      expect(await orderRoom(db, owner, { ...limits, maxMints24h: 60 })).toMatchObject({ free: 0 });
    });
    expect(touched.orders).toBeLessThan(1_000);
    expect(touched.mint_intents).toBeLessThan(1_000);
  });

  it('counts a mint of the last day, also when its order is older than that', async () => {
    const [late] = await insertBoundOrders(pool, { ...wanted, count: 1, status: 'failed', age: '24 hours 30 minutes' });
    await pool.query(
      `insert into mint_intents (order_id, attempt, key_label, outcome, started_at)
       values ($1, 1, 'key', 'bound', now() - interval '23 hours 40 minutes')`,
      [late!.id],
    );
    expect(await orderRoom(pool, owner, { ...limits, maxMints24h: 61 })).toMatchObject({ reached: { limit: 61 } });
  });

  it('is counted beside the checkouts while the last count is worth something', async () => {
    let now = 0;
    let answer = () => {};
    const counts: string[] = [];
    const slow: Pick<Database, 'query'> = {
      query: ((...statement: [string, unknown[]]) => {
        counts.push('count');
        const counted = pool.query(...statement);
        return counts.length === 1 ? counted : new Promise((resolve) => (answer = () => resolve(counted)));
      }) as never,
    };
    const keeper = createRoomKeeper(() => now);
    const roomy = { maxUnpaid24h: 10_000, maxMints24h: 10_000, maxPending: 5_000 };
    expect(await keeper.hasRoom(slow, owner, roomy)).toBe(true);
    now += 3_000;
    expect(await keeper.hasRoom(slow, owner, roomy)).toBe(true); // the second count has begun and has not ended
    expect(await keeper.hasRoom(slow, owner, roomy)).toBe(true);
    expect(counts).toHaveLength(2);
    answer();
    await pool.query('select 1'); // that count ends
    now += 60_000; // what was counted a minute ago is worth nothing
    let isAnswered = false;
    const waits = keeper.hasRoom(slow, owner, roomy).then((has) => {
      isAnswered = true;
      return has;
    });
    await pool.query('select 1');
    expect(isAnswered).toBe(false);
    answer();
    expect(await waits).toBe(true);
  });
});

describe('late money', () => {
  const pages = async (): Promise<{ ids: string[]; most: number; pages: number }> => {
    const ids: string[] = [];
    let most = 0;
    let cursor: string | null = null;
    for (let count = 1; ; count += 1) {
      const page = { after: cursor, limit: 100 };
      const touched = await rowsTouched(pool, async (db) => {
        const { orders, next } = await closedOrdersToRead(db, page, 7 * day);
        ids.push(...orders.map(({ id }) => id));
        cursor = next;
      });
      most = Math.max(most, touched.orders ?? 0);
      if (cursor === null) return { ids, most, pages: count };
    }
  };

  it('is looked for newest first, every order once, and no page walks through all orders', async () => {
    await pool.query(`update orders set provider_checked_at = null where status = 'failed'`);
    const { ids, most } = await pages();
    const { rows } = await pool.query<{ id: string }>(
      `select id from orders where status = 'failed' order by closed_at desc, id desc`,
    );
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(most).toBeLessThan(5_000); // twice two thousand, of 20,060
  });

  it('ends its walk although hardly any order is due', async () => {
    await pool.query(`update orders set provider_checked_at = now() where status = 'failed'`);
    const { rows } = await pool.query<{ id: string }>(
      `update orders set provider_checked_at = null where id = (select id from orders where status = 'failed'
         order by closed_at, id limit 1) returning id`,
    );
    await pool.query('vacuum analyze orders');
    const found = await pages();
    expect(found.ids).toEqual([rows[0]!.id]);
    expect(found.pages).toBe(11); // the paid ones are watched, too
    expect(found.most).toBeLessThan(5_000);
  });
});

describe('the books of a month', () => {
  it('are read page by page, and a page reads no more than itself', async () => {
    const { rows } = await pool.query(
      `select min(closed_at) as from, max(closed_at) + interval '1 hour' as to from orders`,
    );
    await pool.query(`update orders set paid_at = closed_at where status = 'paid'`);
    await pool.query(`insert into receipts (order_id, body, sha256, issued_at)
      select id, '{}', encode(sha256('{}'), 'hex'), paid_at from orders where status = 'paid'`);
    await pool.query(`insert into payments (mode, payment_id, order_id, role, provider_status, coin, arrived, unapplied, first_seen_at, updated_at)
      select mode, payment_id || '9', id, 'child', 'finished', 'btc', 1, 1, created_at, now() from orders`);
    await pool.query('vacuum analyze');
    const books = { accountId: owner.accountId, mode: owner.mode, from: rows[0].from, to: rows[0].to };
    const half = await pool.query(
      `select paid_at::text as at, id from orders where status = 'paid' order by paid_at, id offset 4000 limit 1`,
    );
    const came = await pool.query(
      `select first_seen_at::text as at, payment_id as id from payments order by first_seen_at, payment_id offset 9000 limit 1`,
    );
    const touched = await rowsTouched(pool, async (db) => {
      expect(await receiptLines(db, books, { after: half.rows[0], limit: 100 })).toHaveLength(100);
      expect(
        await movementLines(db, { ...books, from: '2020-01-01' }, { after: came.rows[0], limit: 100 }),
      ).toHaveLength(100);
    });
    expect(touched.receipts).toBeLessThan(200);
    expect(touched.payments).toBeLessThan(200);
    expect(touched.orders).toBeLessThan(400);
  });
});
