import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { msToTs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../scripts/doctor/examine.js';
import { skewFinding, type Finding } from '../../scripts/doctor/finding.js';
import { isPrivateUrl } from '../../scripts/doctor/private-url.js';
import { addAttempts } from '../../src/db/attempt-counts.js';
import { startStack, type Stack } from '../support/stack.js';
import { testTemporal } from '../support/temporal.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { FOUR_EYES_ABOVE: 'off' } });
}, 120_000);
afterAll(() => stack?.close());

async function examined(over: Record<string, string> = {}): Promise<Finding[]> {
  return (await examine({ ...stack.env, ...over })).findings;
}

/** What is not well, as `area: what it says`. */
async function faults(over: Record<string, string> = {}): Promise<string[]> {
  return (await examined(over)).flatMap(({ area, level, says }) => (level === 'bad' ? `${area}: ${says}` : []));
}

const closed = '127.0.0.1:9';

describe('the doctor, of a whole installation', () => {
  it('finds every part well, and names what only costs comfort', async () => {
    const found = await examined();
    expect(found.filter(({ level }) => level === 'bad')).toEqual([]);
    expect(new Set(found.map(({ area }) => area))).toEqual(
      new Set(['settings', 'database', 'secrets', 'people', 'provider', 'temporal', 'callback', 'addresses']),
    );
    const said = found.filter(({ level }) => level === 'ok').map(({ says }) => says);
    expect(said).toEqual(
      expect.arrayContaining([
        'PostgreSQL answers',
        'the schema is up to date',
        'the key is accepted (live)',
        'the key is accepted (test)',
        'the login for the payment list is accepted (live)',
        '10 coins can be paid, usdttrc20 among them (live)',
        'every search attribute is there',
        'reconcile has its schedule',
        'the sweep has its schedule',
        'workers poll every queue',
        'an administrator key is in force',
      ]),
    );
    const warned = found.filter(({ level }) => level === 'warn');
    expect(warned.map(({ area }) => area)).toEqual(['database', 'people']); // a test server without fsync; no operator yet
    expect(warned.every(({ mend }) => mend)).toBe(true);
  });

  it('changes nothing', async () => {
    const count = async () => (await stack.pool.query('select count(*) as n from audit_log')).rows[0].n;
    const before = await count();
    await examined();
    expect(await count()).toBe(before);
    expect((await stack.sim<{ entries: { kind: string }[] }>('/ledger?kind=mint')).entries).toEqual([]);
  });
});

describe('the doctor, of something broken, says what and how to mend it', () => {
  it.each([
    [{ NOWPAYMENTS_API_KEY: 'another' }, 'provider: the key is refused (live)', 'NOWPAYMENTS_API_KEY'],
    [{ NOWPAYMENTS_SANDBOX_API_KEY: 'another' }, 'provider: the key is refused (test)', 'NOWPAYMENTS_SANDBOX_API_KEY'],
    [{ NOWPAYMENTS_API_KEY_PREVIOUS: 'old' }, 'provider: the key is refused (live, previous key)', 'API_KEY_PREVIOUS'],
    [{ NOWPAYMENTS_PASSWORD: 'wrong' }, 'provider: the login is refused (live)', 'NOWPAYMENTS_EMAIL'],
    [{ NOWPAYMENTS_IPN_SECRET: '' }, 'provider: NOWPAYMENTS_IPN_SECRET is not set', 'dashboard'],
    [{ NOWPAYMENTS_API_URL: `http://${closed}/v1` }, `provider: ${closed} cannot be reached (live)`, 'API_URL'],
    [{ DATABASE_URL: `postgres://me:sesame@${closed}/shop` }, `database: PostgreSQL at ${closed}/shop`, 'DATABASE_URL'],
    [{ PUBLIC_URL: `http://${closed}` }, `callback: http://${closed}/v1/webhooks/nowpayments cannot be`, 'PUBLIC_URL'],
    [{ TEMPORAL_ADDRESS: closed }, `temporal: Temporal at ${closed} does not answer`, 'TEMPORAL_ADDRESS'],
    [{ TEMPORAL_NAMESPACE: 'nowhere' }, 'temporal: namespace nowhere cannot be used', 'namespace create'],
    [{ QUITTANCE_MASTER_KEY: 'short' }, 'settings: QUITTANCE_MASTER_KEY', '.env.example'],
    [{ NODE_ENV: 'production' }, 'settings: PUBLIC_URL: https in production', '.env.example'],
  ])('%j', async (over, says, mend) => {
    const found = (await examined(over as Record<string, string>)).filter(({ level }) => level === 'bad');
    const named = found.find((finding) => `${finding.area}: ${finding.says}`.startsWith(says));
    expect(named, JSON.stringify(found)).toBeDefined();
    expect(named!.mend).toContain(mend);
    expect(JSON.stringify(found)).not.toContain('sesame');
  });

  it('a login that is missing is a warning', async () => {
    const found = await examined({ NOWPAYMENTS_EMAIL: '', NOWPAYMENTS_PASSWORD: '' });
    expect(found.find(({ says }) => says.startsWith('no login (live)'))).toMatchObject({ level: 'warn' });
  });

  it('no credentials at all is a warning: orders are stubs', async () => {
    const none = { NOWPAYMENTS_API_KEY: '', NOWPAYMENTS_SANDBOX_API_KEY: '' };
    expect((await examined(none)).find(({ says }) => says.startsWith('no credentials'))).toMatchObject({
      level: 'warn',
    });
  });

  it('a proxy that is not named, by the settings or by what came: all callers look the same', async () => {
    const found = async (over = {}) => (await examined(over)).find(({ area }) => area === 'addresses');
    expect(await found()).toMatchObject({ level: 'ok' });
    const https = { PUBLIC_URL: 'https://pay.example.invalid' };
    expect(await found(https)).toMatchObject({
      level: 'warn',
      mend: expect.stringContaining('TRUSTED_PROXIES') as string,
    });
    await addAttempts(stack.pool, 'login_address', new Map([['10.0.0.7', 20]]));
    expect((await found())?.says).toBe(
      'all 20 wrong keys, signatures and logins came from 10.0.0.7: all callers look the same',
    );
    expect(await found({ ...https, TRUSTED_PROXIES: '10.0.0.7' })).toMatchObject({ level: 'warn' }); // it does not say who calls
    await addAttempts(stack.pool, 'wrong_key', new Map([['203.0.113.9', 1]]));
    expect(await found()).toMatchObject({ level: 'ok' });
  });

  it('a PUBLIC_URL that leads somewhere else', async () => {
    expect(await faults({ PUBLIC_URL: stack.simulator.url })).toEqual([
      `callback: ${stack.simulator.url}/v1/webhooks/nowpayments answers 404, which is not our API`,
    ]);
  });

  it('a PUBLIC_URL that the real provider cannot call', async () => {
    const far = { NOWPAYMENTS_API_KEY: '', NOWPAYMENTS_SANDBOX_API_URL: 'https://provider.invalid/v1' };
    expect(await faults(far)).toContain(
      `callback: ${stack.apiUrl} cannot be called from outside: no IPN arrives, orders are paid by polling only`,
    );
  });

  it('a schema that is behind, and one that is ahead', async () => {
    const { rows } = await stack.pool.query(
      'delete from migrations where id = (select max(id) from migrations) returning *',
    );
    const behind = await examined();
    await stack.pool.query('insert into migrations (name, run_on) values ($1, now()), ($2, now())', [
      rows[0].name,
      '9999_future',
    ]);
    expect(behind).toContainEqual(
      expect.objectContaining({
        level: 'bad',
        says: `migrations are missing: ${rows[0].name}`,
        mend: 'npx quittance migrate',
      }),
    );
    expect(await examined()).toContainEqual(
      expect.objectContaining({ level: 'warn', says: 'the database is ahead of this version: 9999_future' }),
    );
    await stack.pool.query(`delete from migrations where name = '9999_future'`);
  });

  it('a master key that does not open what is stored, and one that is only the previous', async () => {
    const pair = { mode: 'live', api_key: 'sim-test-key', ipn_secret: 'their-own-secret' };
    const put = `/v1/admin/accounts/acc_${stack.live.accountId}/provider-credentials`;
    expect((await stack.admin.call('PUT', put, pair)).status).toBe(204);
    expect(await examined()).toContainEqual(
      expect.objectContaining({ level: 'ok', says: `the key is accepted (acc_${stack.live.accountId}, live)` }),
    );
    const key = randomBytes(32).toString('base64');
    expect((await faults({ QUITTANCE_MASTER_KEY: key }))[0]).toMatch(
      /^secrets: .* sealed with a master key that is not/,
    );
    const turned = { QUITTANCE_MASTER_KEY: key, QUITTANCE_MASTER_KEY_PREVIOUS: stack.env.QUITTANCE_MASTER_KEY! };
    expect(await examined(turned)).toContainEqual(
      expect.objectContaining({ area: 'secrets', level: 'warn', mend: 'npx quittance rotate-master-key' }),
    );
  });

  it('a namespace without attributes, schedule and workers', async () => {
    const temporal = await testTemporal();
    expect(await faults({ TEMPORAL_NAMESPACE: temporal.namespace })).toEqual([
      'temporal: the schedule reconcile-orders is missing: missed money is not looked for',
      "temporal: the schedule sweep-provider-lists is missing: the provider's list is not read",
      'temporal: nobody polls orders, provider, webhooks: orders wait',
    ]);
    const bare = `bare-${randomBytes(4).toString('hex')}`;
    await temporal.client.workflowService.registerNamespace({
      namespace: bare,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await temporal.close();
    const found = (await examined({ TEMPORAL_NAMESPACE: bare })).filter(({ level }) => level === 'bad');
    expect(found[0]!.says).toBe(
      'search attributes are missing: AccountId, OrderStatus, PayCurrency, NeedsSupport; orders cannot start',
    );
    expect(found[0]!.mend).toContain('--name AccountId --type Keyword');
  });
});

describe('quittance doctor', () => {
  const run = promisify(execFile);
  async function doctor(over: Record<string, string> = {}): Promise<{ code: number; out: string }> {
    const env = { ...process.env, ...stack.env, ...over };
    const args = ['--import', 'tsx', 'scripts/quittance.ts', 'doctor'];
    return run(process.execPath, args, { env }).then(
      ({ stdout }) => ({ code: 0, out: stdout }),
      (failure: { code: number; stdout: string }) => ({ code: failure.code, out: failure.stdout }),
    );
  }

  it('ends with 0 when nothing is to mend and with 1 otherwise, and shows no secret', async () => {
    const well = await doctor();
    expect(well).toMatchObject({ code: 0, out: expect.stringContaining(', 0 to mend') });
    const ill = await doctor({ NOWPAYMENTS_API_KEY: 'a-wrong-key' });
    expect(ill.code).toBe(1);
    expect(ill.out).toContain('BAD  provider  the key is refused (live)');
    expect(ill.out).toContain('mend: Correct NOWPAYMENTS_API_KEY');
    for (const secret of ['a-wrong-key', stack.env.NOWPAYMENTS_IPN_SECRET!, stack.env.QUITTANCE_MASTER_KEY!])
      expect(well.out + ill.out).not.toContain(secret);
  }, 60_000);
});

it.each([
  [0, 'ok'],
  [2_900, 'ok'],
  [-3_100, 'warn'],
  [31_000, 'bad'],
])('clocks %i ms apart: %s', (ms, level) => {
  expect(skewFinding('database', 'PostgreSQL', ms).level).toBe(level);
});

it.each([
  ['http://127.0.0.1:8080', true],
  ['https://localhost', true],
  ['http://10.1.2.3', true],
  ['http://[::1]:8080', true],
  ['http://api', true],
  ['https://pay.example.com', false],
  ['https://8.8.8.8', false],
])('%s is private: %s', (url, isPrivate) => {
  expect(isPrivateUrl(url)).toBe(isPrivate);
});
