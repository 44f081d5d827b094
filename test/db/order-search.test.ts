import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { searchOrders } from '../../src/db/orders/order-search.js';
import { createPool, type Database, type Pool } from '../../src/db/pool.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { bindAddress } from '../support/an-order.js';
import { insertOrders } from '../support/past-orders.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const keyring = { current: masterKey(randomBytes(32)), previous: [] };
const hash = `0x${'ab'.repeat(32)}`;
let database: TestDatabase;
let pool: Pool;
let accountId: string;
let known: string; // an order of which much is known
let other: string; // another, that nobody looks for
let address: string;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 2, applicationName: 'test', onError: () => {} });
  accountId = (await insertAccount(pool, { id: randomUUID(), name: 'Merchant', settings: {} })).id;
  await insertOrders(pool, {
    accountId,
    count: 20_000,
    status: 'paid',
    age: '3 days',
    customerReference: 'of the past',
  });
  [known = '', other = ''] = await insertOrders(pool, { accountId, count: 2 });
  await pool.query('delete from order_search where order_id = any ($1)', [[known, other]]);
  await pool.query('update orders set metadata = $2 where id = $1', [
    known,
    { mail: ' Ada@Example.com ', invoice: '2026-0815' },
  ]);
  await pool.query('update orders set created_at = created_at where id = any ($1)', [[known, other]]); // noted by the trigger
  ({ address } = await bindAddress({ pool, keyring }, known));
  await pool.query(
    `insert into payments (order_id, mode, payment_id, role, provider_status, arrived, applied, excess, unapplied, coin,
       transaction_hash, first_seen_at, updated_at)
     values ($1, 'live', '5077125051', 'child', 'finished', 0, 0, 0, 0, 'usdttrc20', $2, now(), now())`,
    [known, hash],
  );
  await bindAddress({ pool, keyring }, other);
  await pool.query('vacuum analyze');
}, 120_000);
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

async function find(search: string, db: Database = pool): Promise<string[]> {
  const page = await searchOrders(db, { filters: { search }, after: null, limit: 10 });
  return page.rows.map(({ id }) => id);
}

/** The plan of the statement that a search comes to. */
async function planOf(search: string): Promise<string> {
  let asked: { text: string; values: unknown[] } | undefined;
  const listening = {
    query: (what: string | { text: string; values: unknown[] }, values: unknown[] = []) => {
      const statement = typeof what === 'string' ? { text: what, values } : what;
      if (statement.text.includes('order_search')) asked = statement;
      return pool.query(statement.text, statement.values);
    },
  } as unknown as Database;
  await find(search, listening);
  const { rows } = await pool.query(`explain ${asked!.text}`, asked!.values);
  return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
}

describe('one box for what people know', () => {
  it('finds an order by its id, however it is spelled, cut off or not', async () => {
    const hex = known.slice(4);
    const spellings = [known, known.toUpperCase(), hex, `ord ${hex.slice(0, 4)} ${hex.slice(4, 8)} ${hex.slice(8)}`];
    for (const text of [...spellings, `ord-${hex.slice(0, 9)}`, `${known.slice(0, 12)}…`]) {
      expect(await find(text), text).toEqual([known]);
    }
  });

  it('finds it by its payment, its address, its transaction', async () => {
    for (const text of [address, ` ${address} `, hash, hash.toUpperCase().slice(2)]) {
      expect(await find(text), text).toEqual([known]);
    }
    expect(await find('5077 125 051')).toEqual([known]);
  });

  it('finds it by an address that it had before', async () => {
    await pool.query(
      `insert into earlier_offers (order_id, payment_id, pay_currency, pay_amount, pay_amount_text, pay_address, address_sha256, set_aside_at)
       values ($1, '6001', 'eth', 1, '1', '0xdAC17F958D2ee523a2206206994597C13D831ec7', 'x', now())`,
      [known],
    );
    expect(await find('0xDAC17F958D2EE523A2206206994597C13D831EC7'.replace('0X', '0x'))).toEqual([known]);
  });

  it('finds it by a whole value of its metadata, in any case, and not by a part of one', async () => {
    for (const text of ['ada@example.com', 'ADA@EXAMPLE.COM', '2026-0815']) expect(await find(text)).toEqual([known]);
    for (const text of ['ada@example', 'mail', '2026-08']) expect(await find(text)).toEqual([]);
  });

  it('keeps the other filters, and pages', async () => {
    const search = 'ada@example.com';
    const stranger = await searchOrders(pool, { filters: { search, accountId: randomUUID() }, after: null, limit: 10 });
    expect(stranger.rows).toEqual([]);
    const first = await searchOrders(pool, { filters: { search: 'of the past' }, after: null, limit: 3 });
    expect(first.rows).toHaveLength(3);
    expect(first.next).not.toBeNull();
  });

  it.each(['ada@example.com', 'nobody@example.com', 'ord_4f2a77b012cd', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', hash])(
    'asks indexes alone, also for what nobody has: %s',
    async (text) => {
      const plan = await planOf(text);
      expect(plan).not.toContain('Seq Scan');
      expect(plan).toContain('order_search_words');
      expect(plan).toContain('order_search_text');
    },
  );
});
