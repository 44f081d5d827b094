import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPool, type Connection, type Pool } from '../../src/db/pool.js';
import { inTransaction, isOutage, many, manyPlanned } from '../../src/db/query.js';
import { eventually } from '../support/eventually.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let pool: Pool;
let other: Pool;
let broken: Error[] = [];
beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 2, applicationName: 'test', onError: (failure) => broken.push(failure) });
  other = createPool({ url: database.url, max: 1, applicationName: 'other', onError: () => {} });
});
beforeEach(() => {
  broken = [];
});
afterAll(async () => {
  await pool.end();
  await other.end();
  await database.drop();
});

/** What a crash of PostgreSQL does to this connection: its server process ends and says why. */
async function endServerOf(connection: Pick<Connection, 'query'>): Promise<void> {
  const { rows } = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
  await other.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
}

// An `error` that nobody hears ends the process; here vitest would say so, and fail the run.
describe('a connection that breaks while nothing runs on it', () => {
  it('is told once when it was idle in the pool, and replaced', async () => {
    await endServerOf(pool);
    await eventually(() => expect(broken).toHaveLength(1));
    expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('is told once between two statements of a transaction, which fails as an outage and takes nothing with it', async () => {
    const failure = await inTransaction(pool, async (db) => {
      await endServerOf(db);
      await eventually(() => expect(broken).toHaveLength(1));
      await db.query('select 1');
    }).catch((thrown: unknown) => thrown);
    expect(isOutage(failure)).toBe(true);
    expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(broken).toHaveLength(1);
  });
});

describe('statements', () => {
  const kept = async (db: Pick<Connection, 'query'>) =>
    (await db.query<{ statement: string }>('select statement from pg_prepared_statements')).rows;

  it('are parsed once for a connection and run by name from then on', async () => {
    const rows = await inTransaction(pool, async (db) => {
      await many(db, 'select $1::int as n', [1]);
      expect(await many(db, 'select $1::int as n', [2])).toEqual([{ n: 2 }]);
      return kept(db);
    });
    expect(rows).toEqual([{ statement: 'select $1::int as n' }]);
  });

  it('that are put together anew leave nothing behind', async () => {
    const rows = await inTransaction(other, async (db) => {
      expect(await manyPlanned(db, 'select $1::int as n', [3])).toEqual([{ n: 3 }]);
      return kept(db);
    });
    expect(rows).toEqual([]);
  });

  it('have no names where the pool is told so', async () => {
    const unnamed = createPool({
      url: database.url,
      max: 1,
      applicationName: 'test',
      namedStatements: false,
      onError: () => {},
    });
    const rows = await inTransaction(unnamed, async (db) => {
      expect(await many(db, 'select $1::int as n', [4])).toEqual([{ n: 4 }]);
      return kept(db);
    });
    await unnamed.end();
    expect(rows).toEqual([]);
  });
});
