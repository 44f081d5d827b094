import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyReceiptSignature, type ReceiptKeys } from '../../sdk/src/index.js';
import { installPackage, run, type InstalledPackage } from './installed-package.js';

const receipt =
  '{"order_id":"ord_0123456789ab","issued_at":"2026-11-24T10:05:00.000Z","status":"paid","product":"team_manual",' +
  '"price_cents":4900,"price_currency":"USD","payment_id":"5524759814","paid_at":"2026-11-24T10:05:00.000Z",' +
  '"created_at":"2026-11-24T10:00:00.000Z"}';

const pair = generateKeyPairSync('ed25519');
const x = pair.publicKey.export({ format: 'jwk' }).x ?? '';
const keys: ReceiptKeys = {
  keys: [
    { kid: 'old', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    { kid: '2026-11', kty: 'OKP', crv: 'Ed25519', x },
  ],
};
const sig = sign(null, Buffer.from(receipt), pair.privateKey).toString('base64url');
const header = `ed25519;kid=2026-11;sig=${sig}`;

describe('verifyReceiptSignature', () => {
  it('knows the test vector of RFC 8032, section 7.1, test 2', async () => {
    const known = {
      body: Uint8Array.of(0x72),
      header: `ed25519;kid=k;sig=${Buffer.from(
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
          '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
        'hex',
      ).toString('base64url')}`,
      keys: {
        keys: [
          { kid: 'k', kty: 'OKP' as const, crv: 'Ed25519' as const, x: 'PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw' },
        ],
      },
    };
    expect(await verifyReceiptSignature(known)).toBe(true);
  });

  it.each<[string, object, boolean]>([
    ['the bytes that were signed', {}, true],
    ['the same as bytes', { body: Buffer.from(receipt) }, true],
    ['another amount', { body: receipt.replace('4900', '4901') }, false],
    ['the key of another time', { header: header.replace('2026-11', 'old') }, false],
    ['a key that is not published', { header: header.replace('2026-11', 'new') }, false],
    ['no keys', { keys: { keys: [] } }, false],
    ['a key of another kind', { keys: { keys: [{ kid: '2026-11', kty: 'RSA', n: 'x', e: 'x' }] } }, false],
    ['a key that is too short', { keys: { keys: [{ kid: '2026-11', kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }] } }, false],
    ['a signature that is too short', { header: header.slice(0, -1) }, false],
    ['another algorithm', { header: header.replace('ed25519', 'none') }, false],
    ['an empty header', { header: '' }, false],
  ])('%s: %s', async (_, changes, expected) => {
    expect(await verifyReceiptSignature({ body: receipt, header, keys, ...changes })).toBe(expected);
  });
});

describe('npx @quittance/sdk verify-receipt', () => {
  let sdk: InstalledPackage;
  let folder: string;
  beforeAll(async () => {
    sdk = await installPackage();
    folder = await mkdtemp(path.join(tmpdir(), 'quittance-receipt-'));
    await writeFile(path.join(folder, 'receipt.json'), receipt);
    await writeFile(path.join(folder, 'edited.json'), `${receipt}\n`);
    await writeFile(path.join(folder, 'forged.json'), receipt.replace('4900', '490000'));
    await writeFile(path.join(folder, 'keys.json'), JSON.stringify(keys));
    await writeFile(path.join(folder, 'no-keys.json'), '{}');
  }, 120_000);
  afterAll(async () => {
    await sdk.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const program = () => path.join(sdk.project, 'node_modules/.bin/quittance-verify-receipt');
  const verify = (args: string[], input?: string) =>
    run(program(), args, { cwd: folder, ...(input === undefined ? {} : { input }) });

  const genuine = {
    code: 0,
    stdout:
      'Genuine, signed by key 2026-11.\nord_0123456789ab: 4900 USD (minor units), paid 2026-11-24T10:05:00.000Z\n',
    stderr: '',
  };
  const withKeys = ['--signature', header, '--keys', 'keys.json'];

  it('is what npx runs, offline', async () => {
    const args = ['--offline', '@quittance/sdk', 'verify-receipt', path.join(folder, 'receipt.json')];
    const files = ['--signature', header, '--keys', path.join(folder, 'keys.json')];
    expect(await run('npx', [...args, ...files], { cwd: sdk.project })).toEqual(genuine);
  });

  it.each([
    ['a file', ['receipt.json', ...withKeys]],
    ['a file after the word verify-receipt', ['verify-receipt', 'receipt.json', ...withKeys]],
    ['a file that an editor ended with a newline', ['edited.json', ...withKeys]],
    [
      'a whole header line',
      ['receipt.json', '--keys', 'keys.json', '--signature', `X-Driftstack-Receipt-Signature: ${header}\r`],
    ],
  ])('finds %s genuine', async (_, args) => {
    expect(await verify(args)).toEqual(genuine);
  });

  it('reads standard input for -', async () => {
    expect(await verify(['-', ...withKeys], receipt)).toEqual(genuine);
  });

  it('finds a forged receipt not genuine, exit code 1', async () => {
    expect(await verify(['forged.json', ...withKeys])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'NOT GENUINE: key 2026-11 did not sign these bytes.\n',
    });
  });

  it.each([
    ['no arguments', [], /needed/],
    ['no keys', ['receipt.json', '--signature', header], /needed/],
    ['two receipts', ['receipt.json', 'forged.json', ...withKeys], /needed/],
    ['an unknown option', ['receipt.json', '--sig', header], /--sig/],
    ['a signature of another form', ['receipt.json', '--signature', 'abc', '--keys', 'keys.json'], /not of the form/],
    ['a file that is not there', ['missing.json', ...withKeys], /missing\.json/],
    ['keys that are none', ['receipt.json', '--signature', header, '--keys', 'no-keys.json'], /no "keys" list/],
    ['keys that are no JSON', ['receipt.json', '--signature', header, '--keys', '/dev/null'], /JSON/],
    [
      'a key that is not among them',
      ['receipt.json', '--signature', header.replace('2026-11', 'new'), '--keys', 'keys.json'],
      /no key new/,
    ],
  ])('says plainly that it could not check: %s, exit code 2', async (_, args, says) => {
    const outcome = await verify(args);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toMatch(says);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('explains itself', async () => {
    expect(await verify(['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--signature') as string,
    });
  });
});
