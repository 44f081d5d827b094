import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyReceiptSignature } from '../../sdk/src/index.js';
import { createApp } from '../../src/api/app.js';
import type { AppDeps } from '../../src/api/deps.js';
import { createReceiptSigner } from '../../src/db/secrets/receipt-signatures.js';
import { masterKey } from '../../src/db/secrets/seal.js';
import { installPackage, run, type InstalledPackage } from '../sdk/installed-package.js';
import { payOrder } from '../support/an-order.js';
import { testApp, type TestApp } from '../support/test-app.js';

const keysPath = '/.well-known/quittance-receipts.json';
const none = { current: null, previous: [] };

let api: TestApp;
let key: string;
let orderId: string;
let url: string;

beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
  orderId = (await api.placed(key)).order_id;
  await payOrder(api.deps.pool, orderId, createReceiptSigner(api.deps.keyring, none).sign);
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.close());

const receiptPath = (form = '') => `/v1/billing/crypto-orders/${orderId}/receipt${form}`;

/** A receipt that is frozen and signed now, and the published keys, as an installation of these secrets serves them. */
async function served(over: Partial<Pick<AppDeps, 'keyring'>> & Partial<Pick<AppDeps['settings'], 'receiptSigning'>>) {
  const { keyring = api.deps.keyring, receiptSigning = none } = over;
  const { order_id: id } = await api.placed(key);
  await payOrder(api.deps.pool, id, createReceiptSigner(keyring, receiptSigning).sign);
  return { ...(await received(id)), keys: await keysOf({ keyring, receiptSigning }) };
}

async function received(id: string) {
  const receipt = await api.call(key, 'GET', `/v1/billing/crypto-orders/${id}/receipt`);
  return { body: receipt.body, header: String(receipt.headers['x-driftstack-receipt-signature']) };
}

async function keysOf({ keyring = api.deps.keyring, receiptSigning = none }: Parameters<typeof served>[0]) {
  const app = await createApp({ ...api.deps, keyring, settings: { ...api.deps.settings, receiptSigning } });
  const keys = await app.inject({ url: keysPath });
  await app.close();
  return keys.json();
}

describe('a receipt’s signature', () => {
  const signerOf = (seed: Buffer) =>
    createReceiptSigner({ current: masterKey(Buffer.alloc(32)), previous: [] }, { current: seed, previous: [] });

  it('names its key by its thumbprint, as RFC 8037 A.3 does', () => {
    expect(signerOf(Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url')).keys[0]).toEqual({
      kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
      kty: 'OKP',
      crv: 'Ed25519',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    });
  });

  it('is the one of RFC 8032 7.1, test 2', () => {
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    const expected = Buffer.from(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      'hex',
    );
    expect(signerOf(seed).sign(Buffer.of(0x72))).toMatch(
      new RegExp(`^ed25519;kid=[\\w-]{43};sig=${expected.toString('base64url')}$`),
    );
  });

  it('is on the JSON, also when nothing changed, and the same on every fetch', async () => {
    const first = await api.call(key, 'GET', receiptPath());
    const signature = first.headers['x-driftstack-receipt-signature'];
    const again = await api.call(key, 'GET', receiptPath(), {
      headers: { 'if-none-match': String(first.headers.etag) },
    });
    expect([again.statusCode, again.headers['x-driftstack-receipt-signature']]).toEqual([304, signature]);
    for (const form of ['.txt', '.pdf']) {
      const answer = await api.call(key, 'GET', receiptPath(form));
      expect(answer.headers).not.toHaveProperty('x-driftstack-receipt-signature');
    }
  });

  it('is checked with keys that everybody may read, from any page', async () => {
    const answer = await fetch(url + keysPath);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    });
    const signed = await served({});
    expect(await answer.json()).toEqual(signed.keys);
    expect(await verifyReceiptSignature(signed)).toBe(true);
    expect(await verifyReceiptSignature({ ...signed, body: signed.body.replace('4900', '4901') })).toBe(false);
  });

  it('outlives a rotation of the master key', async () => {
    const before = await served({});
    const keyring = { current: masterKey(randomBytes(32)), previous: [api.deps.keyring.current] };
    const after = await served({ keyring });
    expect(after.header).not.toBe(before.header);
    expect(await verifyReceiptSignature({ ...before, keys: after.keys })).toBe(true);
    expect(await verifyReceiptSignature(after)).toBe(true);
  });

  it('can be made with an own key, and outlives its introduction and its rotation', async () => {
    const [old, own] = [randomBytes(32), randomBytes(32)];
    const derived = await served({});
    const first = await served({ receiptSigning: { current: old, previous: [] } });
    const second = await served({ receiptSigning: { current: own, previous: [old] } });
    expect(new Set([derived.header, first.header, second.header]).size).toBe(3);
    for (const each of [derived, first, second]) {
      expect(await verifyReceiptSignature({ ...each, keys: second.keys })).toBe(true);
    }
    expect(await verifyReceiptSignature({ ...second, keys: first.keys })).toBe(false);
  });

  it('is of the moment it was frozen: what somebody wrote into the database since then is not vouched for', async () => {
    const { order_id: id } = await api.placed(key);
    await payOrder(api.deps.pool, id, createReceiptSigner(api.deps.keyring, none).sign);
    const { pool } = api.deps;
    await pool.query('alter table receipts disable trigger user');
    await pool.query(
      `update receipts set body = replace(body, '4900', '9900'),
         sha256 = encode(sha256(convert_to(replace(body, '4900', '9900'), 'UTF8')), 'hex') where order_id = $1`,
      [id],
    );
    const forged = { ...(await received(id)), keys: await keysOf({}) };
    expect(forged.body).toContain('9900');
    expect(await verifyReceiptSignature(forged)).toBe(false);
    await pool.query('update receipts set signature = null where order_id = $1', [id]);
    await pool.query('alter table receipts enable trigger user');
    const { headers } = await api.call(key, 'GET', `/v1/billing/crypto-orders/${id}/receipt`);
    expect(headers).not.toHaveProperty('x-driftstack-receipt-signature');
  });

  it('publishes nothing that signs', async () => {
    const { keys } = await served({ receiptSigning: { current: randomBytes(32), previous: [] } });
    for (const each of keys.keys) expect(Object.keys(each).sort()).toEqual(['crv', 'kid', 'kty', 'x']);
  });
});

describe('npx @quittance/sdk verify-receipt', () => {
  let sdk: InstalledPackage;
  let folder: string;
  beforeAll(async () => {
    sdk = await installPackage();
    folder = await mkdtemp(path.join(tmpdir(), 'quittance-receipt-'));
  }, 120_000);
  afterAll(async () => {
    await sdk.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds a receipt of this API genuine, from what was downloaded alone, and an altered one not', async () => {
    const receipt = await fetch(url + receiptPath(), { headers: { authorization: `Bearer ${key}` } });
    const signature = receipt.headers.get('x-driftstack-receipt-signature') ?? '';
    const body = await receipt.text();
    const [genuine, altered, keys] = ['receipt.json', 'altered.json', 'keys.json'].map((n) => path.join(folder, n));
    await writeFile(genuine!, body);
    await writeFile(altered!, body.replace('4900', '49'));
    await writeFile(keys!, await (await fetch(url + keysPath)).text());
    const verify = (file: string) =>
      run('npx', ['--offline', '@quittance/sdk', 'verify-receipt', file, '--signature', signature, '--keys', keys!], {
        cwd: sdk.project,
      });
    const { paid_at: paidAt } = JSON.parse(body) as { paid_at: string };
    expect(await verify(genuine!)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${orderId}: 4900 USD (minor units), paid ${paidAt}`) as string,
    });
    expect(await verify(altered!)).toMatchObject({ code: 1, stdout: '' });
  });
});
