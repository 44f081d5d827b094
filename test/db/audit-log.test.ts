import { spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPool, type Pool } from '../../src/db/pool.js';
import { drawInstallationKey } from '../../src/db/secrets/installation-keys.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { sealAudit, verifyAuditLog } from '../../src/db/support/audit-chain.js';
import { appendAudit } from '../../src/db/support/audit-log.js';
import { inTransaction } from '../../src/db/query.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

const masterBytes = randomBytes(32);
const keyring = { current: masterKey(masterBytes), previous: [] };
const sealAll = () => sealAudit(pool, keyring, 1_000);

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
  await sealAll();
});

describe('the chain of the audit log', () => {
  it('is intact as written, also by many at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => append(n)));
    await Promise.all([sealAll(), sealAll(), sealAll()]); // as several workers do
    const seen: number[] = [];
    const verdict = await verifyAuditLog(pool, keyring, { progress: (checked) => void seen.push(checked) });
    expect(verdict).toMatchObject({ checked: 25, brokenAt: null, unsealed: 0 });
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
    expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 2, brokenAt: 3 });
  });

  it('breaks after an entry that was taken out, and at one that was put in', async () => {
    await tamper('delete from audit_log where seq = 3');
    expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 2, brokenAt: 4 });
    await tamper(`insert into audit_log (seq, id, at, actor, action, result, position, previous_hash, hash)
      overriding system value
      select 3, gen_random_uuid(), at, actor, action, result, 3, hash, repeat('a', 64) from audit_log where seq = 2`);
    expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 2, brokenAt: 3 });
  });

  it('shows a cut-off end to whoever kept the head of an earlier check', async () => {
    const { head: knownHead } = await verifyAuditLog(pool, keyring);
    await append(6);
    await sealAll();
    expect(await verifyAuditLog(pool, keyring, { knownHead })).toMatchObject({ brokenAt: null, knownHeadAt: 5 });
    await tamper('delete from audit_log where seq >= 5');
    expect(await verifyAuditLog(pool, keyring, { knownHead })).toMatchObject({ brokenAt: null, knownHeadAt: null });
  });

  it('can only be appended to', async () => {
    await expect(pool.query(`update audit_log set reason = 'x'`)).rejects.toThrow('append only');
    await expect(pool.query('delete from audit_log')).rejects.toThrow('append only');
    await expect(pool.query('truncate audit_log')).rejects.toThrow('append only');
    await append(6);
    const said = `update audit_log set reason = 'x', position = 6, previous_hash = 'a', hash = 'b' where seq = 6`;
    await expect(pool.query(said)).rejects.toThrow('append only'); // sealing changes nothing that was written
  });

  it('is not made by whoever can only write to the database', async () => {
    const { rows } = await pool.query('select * from audit_log order by seq');
    const [, , third, fourth] = rows;
    const text = JSON.stringify([
      3,
      third.previous_hash,
      3,
      third.id,
      third.at,
      'key_9',
      third.action,
      third.account_id,
    ]);
    const { rows: keys } = await pool.query('select key_sealed from installation_keys');
    const guesses = [
      createHash('sha256').update(text).digest('hex'),
      createHmac('sha256', String(keys[0].key_sealed)).update(text).digest('hex'),
    ];
    for (const hash of guesses) {
      await tamper(`update audit_log set actor = 'key_9', hash = '${hash}' where seq = 3`);
      await tamper(`update audit_log set previous_hash = '${hash}' where seq = ${fourth.seq}`);
      expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 2, brokenAt: 3 });
    }
  });

  it('fits no other key', async () => {
    const { rows } = await pool.query('delete from installation_keys returning *');
    await drawInstallationKey(pool, keyring, 'audit-log');
    expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 0, brokenAt: 1 });
    await pool.query('update installation_keys set key_sealed = $1', [rows[0].key_sealed]);
    expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 5, brokenAt: null });
  });

  it('waits for no other change: each is sealed after it, in any order of commits', async () => {
    const slow = await pool.connect();
    await slow.query('begin');
    await appendAudit(slow, { actor: 'key_slow', action: 'account.updated', accountId: null });
    await append(7); // neither waits for the slow one nor for a sealer
    expect(await sealAll()).toMatchObject({ sealed: 1 });
    await slow.query('commit');
    slow.release();
    expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 6, unsealed: 1, brokenAt: null });
    expect(await sealAll()).toMatchObject({ sealed: 1, head: { position: 7 } });
    expect(await verifyAuditLog(pool, keyring)).toMatchObject({ checked: 7, unsealed: 0, brokenAt: null });
  });

  it('is not begun anew when its key is gone', async () => {
    const { rows } = await pool.query('delete from installation_keys returning *');
    await append(6);
    await expect(sealAll()).rejects.toThrow('the key of the audit log is gone');
    await expect(verifyAuditLog(pool, keyring)).rejects.toThrow('the key of the audit log is gone');
    await pool.query('insert into installation_keys (id, key_sealed) values ($1, $2)', [
      rows[0].id,
      rows[0].key_sealed,
    ]);
    expect(await sealAll()).toMatchObject({ sealed: 1 });
  });
});

describe('quittance audit verify', () => {
  const run = (...args: string[]) => {
    const program = ['--import', 'tsx', 'scripts/quittance.ts', 'audit', 'verify', ...args];
    const env = { ...process.env, DATABASE_URL: database.url, QUITTANCE_MASTER_KEY: masterBytes.toString('base64') };
    const { status, stdout, stderr } = spawnSync(process.execPath, program, { env, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  it('says what is intact, what is broken and what is cut off', { timeout: 120_000 }, async () => {
    const intact = run();
    expect(intact).toMatchObject({ status: 0, stderr: '' });
    expect(intact.stdout).toMatch(/^The audit log is intact: 5 entries\.\nhead [0-9a-f]{64}\n$/);
    const head = intact.stdout.slice(-65, -1);
    await append(6);
    expect(run().stdout).toContain('1 more are about to be sealed');
    await tamper(`update audit_log set at = at - interval '1 hour' where seq = 6`);
    expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('NOT SEALED: 1 entries') });
    await tamper('delete from audit_log where seq = 6');
    expect(run('--head', head).status).toBe(0);

    await tamper('delete from audit_log where seq = 5');
    expect(run('--head', head)).toMatchObject({ status: 1, stdout: expect.stringContaining('CUT OFF') });
    await tamper(`update audit_log set result = 'other' where seq = 2`);
    expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('BROKEN at seq 2') });
    expect(run('--head', 'short')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--head is 64 hex digits'),
    });
  });
});
