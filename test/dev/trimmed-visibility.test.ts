import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const sql = (name: string) =>
  readFileSync(path.resolve(import.meta.dirname, `../../deploy/temporal/${name}.sql`), 'utf8');

let database: TestDatabase;
let client: pg.Client;

// Of Temporal's table what the two files look at. That they fit the real one, `npm run bench:growth -- --trimmed` shows.
beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    create table executions_visibility (namespace_id text, run_id text, workflow_id text, status int, start_time timestamptz,
      close_time timestamptz, keyword01 text, keyword07 text, bool01 boolean, history_length int, buildids jsonb,
      primary key (namespace_id, run_id));
    create index default_idx on executions_visibility (namespace_id, (coalesce(close_time, 'infinity')) desc, start_time desc, run_id);
    create index by_workflow_id on executions_visibility (namespace_id, workflow_id);
    create index by_keyword_01 on executions_visibility (namespace_id, keyword01);
    create index by_keyword_07 on executions_visibility (namespace_id, keyword07, (coalesce(close_time, 'infinity')) desc);
    create index by_bool_01 on executions_visibility (namespace_id, bool01);
    create index by_history_length on executions_visibility (namespace_id, history_length);
    create index by_build_ids on executions_visibility using gin (buildids jsonb_path_ops);
    create table another (id int);
    create index by_keyword_09 on another (id)`);
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

async function indexes(): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where tablename in ('executions_visibility', 'another') order by indexname`,
  );
  return Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
}

const kept = [
  'by_bool_01',
  'by_keyword_01',
  'by_keyword_09',
  'by_workflow_id',
  'default_idx',
  'executions_visibility_pkey',
];

it('what nobody needs is gone, once or again, and comes back as it was', async () => {
  const before = await indexes();
  await client.query(sql('trim-visibility'));
  expect(Object.keys(await indexes())).toEqual(kept);
  await client.query(sql('trim-visibility'));
  expect(Object.keys(await indexes())).toEqual(kept);
  await client.query(sql('restore-visibility'));
  expect(await indexes()).toEqual(before);
  await client.query(sql('restore-visibility'));
  expect(await indexes()).toEqual(before);
});

it('an index that an upgrade has made anew is left as the upgrade made it', async () => {
  await client.query(sql('trim-visibility'));
  await client.query('create index by_history_length on executions_visibility (history_length)');
  await client.query(sql('restore-visibility'));
  expect((await indexes())['by_history_length']).toContain('(history_length)');
});
