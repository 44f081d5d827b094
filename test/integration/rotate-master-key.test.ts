import { createCipheriv, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pool, createPool } from '../../src/db/pool.js';
import { credentialsFor, storeCredentials } from '../../src/db/secrets/provider-credentials.js';
import { drawInstallationKey, installationKey } from '../../src/db/secrets/installation-keys.js';
import { openSecrets, sealedSecretsOf } from '../../src/db/secrets/endpoint-secrets.js';
import { sealedColumns } from '../../src/db/secrets/reseal.js';
import {
  addressIntact,
  hashPayTarget,
  masterKey,
  seal,
  secretPurpose,
  unseal,
  type MasterKey,
  type SecretColumn,
} from '../../src/db/secrets/seal.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const bytes = { old: randomBytes(32), new: randomBytes(32), stranger: randomBytes(32) };
const only = (key: Buffer) => ({ current: masterKey(key), previous: [] });

let database: TestDatabase;
let pool: Pool;
const accountId = randomUUID();
const endpointId = randomUUID();
const address = { coin: 'usdttrc20', network: 'trx', address: 'TAddress', extraId: null, amountText: '49.02' };

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, max: 2, applicationName: 'test', onError: () => {} });
  await pool.query(`insert into accounts (id, name) values ($1, 'Merchant')`, [accountId]);
  const sealed = (column: SecretColumn, secret: string) =>
    seal(only(bytes.old), secretPurpose(endpointId, column), secret);
  await pool.query(
    `insert into webhook_endpoints (id, account_id, mode, url, events, secret_sealed, secret_prefix, prev_secret_sealed,
       created_at, updated_at)
     values ($1, $2, 'live', 'https://shop.example', '{}', $3, 'whsec_', $4, now(), now())`,
    [endpointId, accountId, sealed('secret_sealed', 'whsec_now'), sealed('prev_secret_sealed', 'whsec_before')],
  );
  const login = { email: 'shop@example.test', password: 'secret', payoutCoin: null };
  const pair = { accountId, mode: 'live' as const, keyLabel: 'label', apiKey: 'their-key', ipnSecret: 'their-secret' };
  await storeCredentials(pool, only(bytes.old), { ...pair, ...login });
  await drawInstallationKey(pool, only(bytes.old), 'audit-log');
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function placeOrder(id: string, key: Buffer): Promise<void> {
  const hash = hashPayTarget(masterKey(key), { orderId: id, ...address });
  await pool.query(
    `insert into orders (id, account_id, mode, product, price_cents, price_currency, provider, requested_coin, payment_id,
       pay_currency, pay_amount, pay_amount_text, pay_address, network, address_sha256, pay_token, expires_at, created_at,
       updated_at)
     values ($1, $2, 'live', 'team_manual', 4900, 'USD', 'nowpayments', 'usdttrc20', $1, $3, $4::numeric, $4, $5, $6, $7, $1,
       now(), now(), now())`,
    [id, accountId, address.coin, address.amountText, address.address, address.network, hash],
  );
}

function rotate(): Promise<{ stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    QUITTANCE_MASTER_KEY: bytes.new.toString('base64'),
    QUITTANCE_MASTER_KEY_PREVIOUS: bytes.old.toString('base64'),
  };
  return run(process.execPath, ['--import', 'tsx', 'scripts/quittance.ts', 'rotate-master-key'], { cwd: root, env });
}

/** A seal as it was made before seals were bound to their columns. */
function formerSeal(key: MasterKey, purpose: string, secret: string): string {
  const nonce = randomBytes(12);
  const derived = Buffer.from(hkdfSync('sha256', key.bytes, 'quittance', 'seal', 32));
  const cipher = createCipheriv('aes-256-gcm', derived, nonce);
  cipher.setAAD(Buffer.from(purpose));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  const body = Buffer.concat([cipher.getAuthTag(), text]);
  return ['v1', key.id, nonce.toString('base64url'), body.toString('base64url')].join('.');
}

async function boundRow(id: string) {
  const { rows } = await pool.query(
    `select id, pay_currency as "payCurrency", network, pay_address as "payAddress", pay_extra_id as "payExtraId",
       pay_amount_text as "payAmountText", address_sha256 as "addressSha256" from orders where id = $1`,
    [id],
  );
  return rows[0];
}

describe('rotating the master key', () => {
  it('knows every column that holds a seal', async () => {
    const { rows } = await pool.query(
      `select table_name as table, column_name as column from information_schema.columns
       where table_schema = 'public' and column_name like '%sealed'`,
    );
    const names = (columns: readonly { table: string; column: string }[]) =>
      columns.map(({ table, column }) => `${table}.${column}`).sort();
    expect(names(sealedColumns)).toEqual(names(rows));
  });

  it('leaves nothing that depends on the old one, and a second run changes nothing', { timeout: 60_000 }, async () => {
    await placeOrder('ord_00000000000a', bytes.old);
    expect((await rotate()).stdout).toMatch(/7 secrets\n.*1 pay addresses/);

    const { rows } = await pool.query(
      'select secret_sealed as now, prev_secret_sealed as before from webhook_endpoints',
    );
    const open = (column: SecretColumn, sealed: string) =>
      unseal(only(bytes.new), secretPurpose(endpointId, column), sealed);
    expect([open('secret_sealed', rows[0].now), open('prev_secret_sealed', rows[0].before)]).toEqual([
      'whsec_now',
      'whsec_before',
    ]);
    const pair = await credentialsFor(pool, only(bytes.new), { accountId, mode: 'live', keyLabel: null });
    expect(pair).toMatchObject({ apiKey: 'their-key', ipnSecret: 'their-secret', password: 'secret' });
    expect(addressIntact(only(bytes.new), await boundRow('ord_00000000000a'))).toBe(true);
    expect(await installationKey(pool, only(bytes.new), 'audit-log')).toHaveLength(32);

    expect((await rotate()).stdout).toMatch(/0 secrets\n.*0 pay addresses/);
  });

  it('seals for its own column what an earlier version sealed for the row', { timeout: 60_000 }, async () => {
    await pool.query('update webhook_endpoints set secret_sealed = $2 where id = $1', [
      endpointId,
      formerSeal(masterKey(bytes.new), `webhook-secret/${endpointId}`, 'whsec_now'),
    ]);
    await pool.query('update provider_credentials set api_key_sealed = $2 where account_id = $1', [
      accountId,
      formerSeal(masterKey(bytes.new), `provider-credentials/${accountId}/live`, 'their-key'),
    ]);
    const current = { accountId, mode: 'live', keyLabel: null } as const;
    await expect(credentialsFor(pool, only(bytes.new), current)).rejects.toThrow();
    expect((await rotate()).stdout).toMatch(/2 secrets\n/);
    expect(await credentialsFor(pool, only(bytes.new), current)).toMatchObject({ apiKey: 'their-key' });
    const sealed = await sealedSecretsOf(pool, endpointId);
    expect(openSecrets(only(bytes.new), endpointId, sealed)[0]).toBe('whsec_now');
  });

  it('vouches for no address that was changed by somebody else, and names the order', { timeout: 60_000 }, async () => {
    await pool.query(`update orders set status = 'cancelled', closed_at = now()`);
    await placeOrder('ord_00000000000b', bytes.stranger);
    const stdout = expect.stringContaining('no known key vouches for the address of ord_00000000000b') as string;
    await expect(rotate()).rejects.toMatchObject({ code: 1, stdout });
    expect(addressIntact(only(bytes.new), await boundRow('ord_00000000000b'))).toBe(false);
  });
});
