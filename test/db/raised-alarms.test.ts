import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { isFirstAlarm } from '../../src/db/support/raised-alarms.js';
import { insertOrders } from '../support/past-orders.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, applicationName: 'test', onError: () => {} });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it('the same coins wake a person once, whoever asks how often; other coins and other alarms wake again', async () => {
  const accountId = randomUUID();
  await insertAccount(pool, { id: accountId, name: 'Merchant', settings: {} });
  const [orderId = '', otherId = ''] = await insertOrders(pool, { accountId, count: 2 });
  const coins = { orderId, alarm: 'wrong_asset', about: '5745459419' } as const;
  const asked = await Promise.all([1, 2, 3, 4].map(() => isFirstAlarm(pool, coins)));
  expect(asked.filter(Boolean)).toHaveLength(1);
  expect(await isFirstAlarm(pool, coins)).toBe(false);
  expect(await isFirstAlarm(pool, { ...coins, about: '5745459419,5745459420' })).toBe(true);
  expect(await isFirstAlarm(pool, { ...coins, alarm: 'amount_mismatch' })).toBe(true);
  expect(await isFirstAlarm(pool, { ...coins, orderId: otherId })).toBe(true);
});
