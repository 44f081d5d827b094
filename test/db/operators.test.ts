import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setSecondFactor, useRecoveryCode } from '../../src/db/support/second-factors.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { masterKey } from '../../src/db/secrets/seal.js';
import { checkedAudit } from '../support/audit-chain.js';
import { createConsoleSession, endConsoleSession, findConsoleSession } from '../../src/db/support/console-sessions.js';
import {
  createOperator,
  findOperatorForLogin,
  setDisabled,
  setPassword,
  setRole,
} from '../../src/db/support/operators.js';
import { hashPassword, verifyPassword } from '../../src/db/secrets/password.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { isUniqueViolation } from '../../src/db/query.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

let [database, pool]: [TestDatabase, Pool] = [] as never;
beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 4, applicationName: 'test', onError: () => {} });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const password = 'a long enough one';

describe('a password', () => {
  it('fits its own hash and no other; the hash holds salt and cost, never the password', async () => {
    const stored = await hashPassword(password);
    expect(stored).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(await hashPassword(password)).not.toBe(stored);
    expect(await verifyPassword(password, stored)).toBe(true);
    expect(await verifyPassword(`${password} `, stored)).toBe(false);
    expect(await verifyPassword('', stored)).toBe(false);
  });

  it('is the same however its letters are composed', async () => {
    expect(await verifyPassword('cafe\u0301 au lait', await hashPassword('caf\u00e9 au lait'))).toBe(true);
  });

  it('for nobody is wrong', async () => {
    expect(await verifyPassword(password, null)).toBe(false);
  });
});

describe('an operator', () => {
  it('is found for a login until disabled, and the name is taken once', async () => {
    const anna = await createOperator(pool, { name: 'anna', role: 'support', password });
    expect(anna).toMatchObject({ name: 'anna', role: 'support', disabledAt: null });
    expect(anna).not.toHaveProperty('passwordScrypt');
    const again = createOperator(pool, { name: 'anna', role: 'admin', password }).catch(isUniqueViolation);
    expect(await again).toBe(true);
    const found = await findOperatorForLogin(pool, 'anna');
    expect(await verifyPassword(password, found?.passwordScrypt ?? null)).toBe(true);
    await setDisabled(pool, anna.id, true);
    expect(await findOperatorForLogin(pool, 'anna')).toBeNull();
    await setDisabled(pool, anna.id, false);
    expect(await findOperatorForLogin(pool, 'anna')).toMatchObject({ name: 'anna' });
  });
});

describe('a console session', () => {
  it('is found by its token, of which only the hash is stored, and sees a new role at once', async () => {
    const ben = await createOperator(pool, { name: 'ben', role: 'support', password });
    const { token, csrfToken, expiresAt } = await createConsoleSession(pool, ben.id, {
      address: '127.0.0.1',
      agent: 'a browser',
    });
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(7.9 * 3_600_000);
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(8.1 * 3_600_000);
    const { rows } = await pool.query('select * from console_sessions');
    expect(JSON.stringify(rows)).not.toContain(token);
    await setRole(pool, ben.id, 'read_only');
    expect(await findConsoleSession(pool, token)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      isConfirmed: true,
      operator: { ...ben, role: 'read_only' },
      csrfToken,
      expiresAt,
    });
    expect(await findConsoleSession(pool, `${token}x`)).toBeNull();
  });

  it('ends with the logout, its time, a new password and the operator', async () => {
    const cleo = await createOperator(pool, { name: 'cleo', role: 'admin', password });
    const open = async () =>
      (await createConsoleSession(pool, cleo.id, { address: '127.0.0.1', agent: 'a browser' })).token;
    const out = await open();
    const over = await open();
    const renewed = await open();
    await endConsoleSession(pool, out);
    expect(await findConsoleSession(pool, out)).toBeNull();
    expect(await findConsoleSession(pool, renewed)).not.toBeNull();
    await pool.query(`update console_sessions set expires_at = now() - interval '1 second' where operator_id = $1`, [
      cleo.id,
    ]);
    expect(await findConsoleSession(pool, over)).toBeNull();
    const later = await open();
    await setPassword(pool, cleo.id, 'another long one');
    expect(await findConsoleSession(pool, later)).toBeNull();
    const last = await open();
    await setDisabled(pool, cleo.id, true);
    expect(await findConsoleSession(pool, last)).toBeNull();
  });
});

describe('quittance operators', () => {
  const run = promisify(execFile);
  async function operator(...args: string[]): Promise<string> {
    const env = { ...process.env, DATABASE_URL: database.url };
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'scripts/quittance.ts', 'operators', ...args], {
      env,
    });
    return stdout;
  }
  const refused = (...args: string[]) => operator(...args).catch((failure: { stderr: string }) => failure.stderr);

  it('adds a person with a drawn password that works, and leaves an audit row without it', async () => {
    const shown = await operator('add', 'dora', '--role', 'read-only');
    const drawn = /password: (\S+)/.exec(shown)?.[1] ?? '';
    const dora = await findOperatorForLogin(pool, 'dora');
    expect(dora?.role).toBe('read_only');
    expect(await verifyPassword(drawn, dora?.passwordScrypt ?? null)).toBe(true);
    const { rows } = await pool.query(`select * from audit_log where subject = 'operator:dora'`);
    expect(rows).toMatchObject([{ action: 'operator.created', before: null, after: { role: 'read_only' } }]);
    expect(JSON.stringify(rows)).not.toContain(drawn);
  }, 60_000);

  it('changes the role, disables, lists, and keeps the chain of the audit log', async () => {
    expect(await operator('role', 'dora', '--role', 'support')).toBe('dora  support\n');
    expect(await operator('disable', 'dora')).toBe('dora  support  disabled\n');
    expect(await operator('list')).toContain('dora  support  disabled');
    expect((await checkedAudit(pool, { current: masterKey(Buffer.alloc(32, 5)), previous: [] })).brokenAt).toBeNull();
  }, 60_000);

  it('lets one in without a code whose telephone is gone', async () => {
    const { id } = await createOperator(pool, { name: 'fritz', role: 'support', password });
    const keyring = { current: masterKey(Buffer.alloc(32, 5)), previous: [] };
    await setSecondFactor(pool, keyring, id, { secret: 'JBSWY3DPEHPK3PXP', step: 1, recoveryCodes: ['a'] });
    expect(await operator('list')).toContain('fritz  support  second factor\n');
    expect(await operator('forget-second-factor', 'fritz')).toBe('fritz  support\n');
    expect(await useRecoveryCode(pool, id, 'a')).toBe(false);
  }, 60_000);

  it('refuses what it does not understand', async () => {
    expect(await refused('add', 'Dora', '--role', 'support')).toContain('a name is 2 to 64 of');
    expect(await refused('add', 'dora', '--role', 'support')).toContain('there is an operator dora already');
    expect(await refused('add', 'emil', '--role', 'god')).toMatch(
      /role, Given: "god", Choices: "support", "admin", "read-only"/,
    );
    expect(await refused('role', 'emil', '--role', 'admin')).toContain('there is no operator emil');
    expect(await refused('frobnicate', 'dora')).toContain('npx quittance operators add <name>');
  }, 60_000);
});
