import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type TestTemporal, testTemporal } from '../support/temporal.js';

describe('the servers of a test run', () => {
  let database: TestDatabase;
  let temporal: TestTemporal;

  beforeAll(async () => {
    [database, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  });

  afterAll(async () => {
    await Promise.all([database.drop(), temporal.close()]);
  });

  it('gives each file a migrated database in UTF8 with byte order', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const { rows } = await client.query(
        `select pg_encoding_to_char(encoding) as encoding, datcollate as collation,
                to_regclass('migrations') is not null as migrated
           from pg_database where datname = current_database()`,
      );
      expect(rows).toEqual([{ encoding: 'UTF8', collation: 'C', migrated: true }]);
    } finally {
      await client.end();
    }
  });

  it('gives each file a namespace that takes our search attributes', async () => {
    const handle = await temporal.client.workflow.start('nobodyRunsThis', {
      workflowId: 'an-order',
      taskQueue: 'nobody',
      searchAttributes: {
        AccountId: ['acc'],
        NeedsSupport: [true],
      },
    });
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ AccountId: ['acc'], NeedsSupport: [true] });
  });
});
