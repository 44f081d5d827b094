import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Pool } from '../../src/db/pool.js';
import { grantToPrograms } from '../../src/db/privileges.js';
import { inTransaction } from '../../src/db/query.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { sealAudit, verifyAuditLog } from '../../src/db/support/audit-chain.js';
import { appendAudit } from '../../src/db/support/audit-log.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const role = `programs_${randomBytes(4).toString('hex')}`;
const keyring = { current: masterKey(randomBytes(32)), previous: [] };
let database: TestDatabase;
let owner: Pool;
let programs: Pool;

beforeAll(async () => {
  database = await testDatabase();
  owner = createPool({ url: database.url, max: 2, applicationName: 'test', onError: () => {} });
  await owner.query(`create role ${role} login password 'a-password-of-the-programs'`);
  await grantToPrograms(database.url, role);
  await grantToPrograms(database.url, role); // as the next migration does
  const url = new URL(database.url);
  url.username = role;
  url.password = 'a-password-of-the-programs';
  programs = createPool({ url: url.href, max: 2, applicationName: 'test', onError: () => {} });
});
afterAll(async () => {
  await programs?.end();
  await owner?.query(`drop owned by ${role}; drop role ${role}`);
  await owner?.end();
  await database?.drop();
});

describe('the role of API and worker', () => {
  it('reads and writes the rows of every table', async () => {
    const { rows } = await owner.query<{ name: string; may: boolean }>(
      `select c.oid::regclass::text as name, has_table_privilege($1, c.oid, 'select') and
         (has_table_privilege($1, c.oid, 'insert') or c.relname = 'migrations') as may
       from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')`,
      [role],
    );
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter(({ may }) => !may)).toEqual([]);
    const id = randomUUID();
    await programs.query(`insert into accounts (id, name) values ($1, 'Merchant')`, [id]);
    await programs.query(`update accounts set name = 'Another' where id = $1`, [id]);
    await programs.query('delete from accounts where id = $1', [id]);
  });

  it('adds to the audit log and seals it', async () => {
    await inTransaction(programs, (db) => appendAudit(db, { actor: 'key_1', action: 'tried', accountId: null }));
    expect(await sealAudit(programs, keyring, 10)).toMatchObject({ sealed: 1 });
    expect(await verifyAuditLog(programs, keyring)).toMatchObject({ checked: 1, brokenAt: null });
  });

  it.each([
    `update audit_log set actor = 'key_2'`,
    'delete from audit_log',
    'truncate audit_log',
    'alter table audit_log disable trigger user',
    'drop trigger audit_log_sealed_once on audit_log',
    `create or replace function seal_once() returns trigger language plpgsql as 'begin return new; end'`,
    'update receipts set body = body',
    'delete from order_events',
    'update account_policies set reason = null',
    'alter table orders disable trigger all',
    'drop table orders',
    'create table mine (id int)',
    `delete from migrations`,
  ])('may not: %s', async (sql) => {
    await expect(programs.query(sql)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('may not alter a sealed entry in the columns it seals with', async () => {
    await expect(programs.query(`update audit_log set hash = 'mine'`)).rejects.toThrow('append only');
  });
});
