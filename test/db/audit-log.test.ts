import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit, verifyAuditLog } from '../../src/db/support/audit-log.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { inTransaction } from '../../src/db/query.js';
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

const append = (n: number) =>
  inTransaction(pool, (db) =>
    appendAudit(db, {
      actor: `key_${n}`,
      action: 'account.updated',
      accountId: randomUUID(),
      reason: n % 2 ? 'because “so”' : null,
      before: { z: 1, a: { y: [1, 2], b: null } },
      after: { name: 'Ünï', amount: '0.10' },
    }),
  );

/** Past the trigger that keeps the log append-only, as whoever owns the database can. */
async function tamper(sql: string): Promise<void> {
  await pool.query('alter table audit_log disable trigger user');
  await pool.query(sql);
  await pool.query('alter table audit_log enable trigger user');
}

beforeEach(async () => {
  await tamper('truncate audit_log restart identity');
  for (let n = 1; n <= 5; n += 1) await append(n);
});

describe('the chain of the audit log', () => {
  it('is intact as written, also by many at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => append(n)));
    const seen: number[] = [];
    const verdict = await verifyAuditLog(pool, { progress: (checked) => void seen.push(checked) });
    expect(verdict).toMatchObject({ checked: 25, brokenAt: null });
    expect(seen).toEqual([25]);
  });

  it.each([
    ['a reason', `update audit_log set reason = 'another' where seq = 3`],
    ['who did it', `update audit_log set actor = 'key_9' where seq = 3`],
    ['when', `update audit_log set at = at + interval '1 ms' where seq = 3`],
    ['a value deep inside', `update audit_log set before = jsonb_set(before, '{a,y,1}', '3') where seq = 3`],
    ['the account', `update audit_log set account_id = gen_random_uuid() where seq = 3`],
    ['its place', `update audit_log set previous_hash = repeat('0', 64) where seq = 3`],
    ['a hash of its own', `update audit_log set hash = repeat('f', 64) where seq = 3`],
  ])('breaks where %s was changed', async (_, sql) => {
    await tamper(sql);
    expect(await verifyAuditLog(pool)).toMatchObject({ checked: 2, brokenAt: 3 });
  });

  it('breaks after an entry that was taken out, and at one that was put in', async () => {
    await tamper('delete from audit_log where seq = 3');
    expect(await verifyAuditLog(pool)).toMatchObject({ checked: 2, brokenAt: 4 });
    await tamper(`insert into audit_log (seq, id, at, actor, action, result, previous_hash, hash)
      overriding system value
      select 3, gen_random_uuid(), at, actor, action, result, hash, repeat('a', 64) from audit_log where seq = 2`);
    expect(await verifyAuditLog(pool)).toMatchObject({ checked: 2, brokenAt: 3 });
  });

  it('shows a cut-off end to whoever kept the head of an earlier check', async () => {
    const { head: knownHead } = await verifyAuditLog(pool);
    await append(6);
    expect(await verifyAuditLog(pool, { knownHead })).toMatchObject({ brokenAt: null, knownHeadAt: 5 });
    await tamper('delete from audit_log where seq >= 5');
    expect(await verifyAuditLog(pool, { knownHead })).toMatchObject({ brokenAt: null, knownHeadAt: null });
  });

  it('can only be appended to', async () => {
    await expect(pool.query(`update audit_log set reason = 'x'`)).rejects.toThrow('append only');
    await expect(pool.query('delete from audit_log')).rejects.toThrow('append only');
    await expect(pool.query('truncate audit_log')).rejects.toThrow('append only');
  });
});

describe('npm run audit:verify', () => {
  const run = (...args: string[]) => {
    const program = ['--import', 'tsx', 'scripts/verify-audit-log.ts', ...args];
    const env = { ...process.env, DATABASE_URL: database.url };
    const { status, stdout, stderr } = spawnSync(process.execPath, program, { env, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it('says what is intact, what is broken and what is cut off', async () => {
    const intact = run();
    expect(intact).toMatchObject({ status: 0, stderr: '' });
    expect(intact.stdout).toMatch(/^The audit log is intact: 5 entries\.\nhead [0-9a-f]{64}\n$/);
    const head = intact.stdout.slice(-65, -1);
    expect(run('--head', head).status).toBe(0);

    await tamper('delete from audit_log where seq = 5');
    expect(run('--head', head)).toMatchObject({ status: 1, stderr: expect.stringContaining('CUT OFF') });
    await tamper(`update audit_log set result = 'other' where seq = 2`);
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('BROKEN at seq 2') });
    expect(run('--head', 'short')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('npm run audit:verify'),
    });
  });
});
