import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { storeCredentials } from '../../src/db/secrets/provider-credentials.js';
import { createRecentCredentials, type RecentCredentials } from '../../src/db/secrets/recent-credentials.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const keyring = { current: masterKey(randomBytes(32)), previous: [] };
let database: TestDatabase;
let pool: Pool;
let statements = 0;
let now = 1_000;
let recent: RecentCredentials;
let accountId: string;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 2, applicationName: 'test', onError: () => {} });
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) => {
    statements += 1;
    return query(...args);
  }) as typeof pool.query;
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  accountId = (await insertAccount(pool, { id: randomUUID(), name: 'Merchant', settings: {} })).id;
  recent = createRecentCredentials({ pool, keyring, retiredWithinMs: 86_400_000 }, { now: () => now });
});

async function store(ipnSecret: string, keyLabel = 'first'): Promise<void> {
  const login = { email: null, password: null, payoutCoin: null };
  await storeCredentials(pool, keyring, { accountId, mode: 'live', keyLabel, apiKey: 'key', ipnSecret, ...login });
}
const secretOf = async (keyLabel: string | null) =>
  (await recent.pairOf({ accountId, mode: 'live', keyLabel }))?.ipnSecret ?? null;
const secrets = async (isFresh = false) =>
  (await recent.ofAccount(accountId, { isFresh })).map((pair) => pair.ipnSecret);

it('a pair is read once for all who ask within half a second', async () => {
  await store('one');
  const before = statements;
  expect(await Promise.all([secretOf('first'), secretOf('first'), secrets(), secrets()])).toEqual([
    'one',
    'one',
    ['one'],
    ['one'],
  ]);
  now += 499;
  expect([await secretOf('first'), await secrets()]).toEqual(['one', ['one']]);
  expect(statements).toBe(before + 2);
});

it('a secret that was replaced is off half a second later, with nothing to hear of it, and one that asks anew knows at once', async () => {
  await store('one');
  expect([await secretOf('first'), await secrets()]).toEqual(['one', ['one']]);
  await store('two');
  expect(await secrets(true)).toEqual(['two']);
  expect(await secrets()).toEqual(['two']);
  now += 501;
  expect([await secretOf('first'), await secrets()]).toEqual(['two', ['two']]);
});

it('the pair that mints next is always the one of now', async () => {
  expect(await secretOf(null)).toBeNull();
  await store('one');
  expect(await secretOf(null)).toBe('one');
  await store('two', 'second');
  expect(await secretOf(null)).toBe('two');
  expect(await secretOf('first')).toBe('one');
});

it('an account without a pair has one as soon as somebody asks anew', async () => {
  expect(await secrets()).toEqual([]);
  await store('one');
  expect(await secrets(true)).toEqual(['one']);
});
