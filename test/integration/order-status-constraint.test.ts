import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliveryStatuses } from '../../src/domain/delivery.js';
import { modes } from '../../src/domain/ids.js';
import { eventSources, legalSteps, orderStatuses } from '../../src/domain/order.js';
import { caseKinds, caseStatuses } from '../../src/domain/cases/support-case.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client(database.url);
  await client.connect();
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

/** The words that a column's own `in (...)` check lets in. */
async function wordsAllowed(table: string, column: string): Promise<string[]> {
  const { rows } = await client.query<{ rule: string }>(
    `select pg_get_constraintdef(c.oid) as rule
     from pg_constraint c
     join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
     where c.contype = 'c' and c.conrelid = $1::regclass and a.attname = $2`,
    [table, column],
  );
  const lists = rows.filter(({ rule }) => rule.startsWith(`CHECK ((${column} = ANY (ARRAY[`));
  expect(lists, `one list for ${table}.${column}`).toHaveLength(1);
  return [...(lists[0]?.rule ?? '').matchAll(/'([^']+)'::text/g)].map(([, word]) => word ?? '').sort();
}

const sorted = (words: Iterable<string>) => [...new Set(words)].sort();

describe('the database and the domain use the same words', () => {
  it.each([
    ['orders', 'status', orderStatuses],
    ['order_events', 'status', orderStatuses],
    ['order_events', 'source', eventSources],
    ['deliveries', 'status', deliveryStatuses],
    ['support_cases', 'kind', caseKinds],
    ['support_cases', 'status', caseStatuses],
    ['orders', 'mode', modes],
    ['webhook_endpoints', 'mode', modes],
  ])('%s.%s', async (table, column, words) => {
    expect(await wordsAllowed(table, column)).toEqual(sorted(words));
  });

  it('the table that decides reaches every status that the constraint allows, and no other', async () => {
    expect(sorted(legalSteps().map(({ to }) => to))).toEqual(await wordsAllowed('orders', 'status'));
  });
});
