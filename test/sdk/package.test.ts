import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, root, run, type InstalledPackage } from './installed-package.js';

let sdk: InstalledPackage;
beforeAll(async () => {
  sdk = await installPackage();
}, 120_000);
afterAll(() => sdk.remove());

const inBin = (name: string) => path.join(root, 'node_modules/.bin', name);
const installed = () => path.join(sdk.project, 'node_modules/@quittance/sdk');

describe('the packed SDK, installed into an empty project', () => {
  it('brings no other package', async () => {
    expect(await readdir(path.join(sdk.project, 'node_modules'))).toEqual(['.bin', '.package-lock.json', '@quittance']);
    expect(await readdir(path.join(sdk.project, 'node_modules/@quittance'))).toEqual(['sdk']);
  });

  it.each([
    ['program.mjs', "import { Quittance, Driftstack, verifyWebhookSignature } from '@quittance/sdk';"],
    ['program.cjs', "const { Quittance, Driftstack, verifyWebhookSignature } = require('@quittance/sdk');"],
  ])('works in %s', async (file, firstLine) => {
    const program = `${firstLine}
      const header = 't=1795000000,v1=c9227ce137ad3772d3f4fc7db8c5aec7555f050a9b90f12d947c814a31aad5df';
      verifyWebhookSignature({ body: '{"a":1}', header, secret: 's', nowMs: 1795000000000 }).then((genuine) =>
        console.log(genuine, Driftstack === Quittance, typeof new Quittance({ apiKey: 'k' }).cryptoOrders.listAll));`;
    await writeFile(path.join(sdk.project, file), program);
    const outcome = await run(process.execPath, [file], { cwd: sdk.project });
    expect(outcome).toEqual({ code: 0, stdout: 'true true function\n', stderr: '' });
  });

  it('has no Node built-in behind its main entry, in either form', async () => {
    for (const form of ['esm', 'cjs']) {
      for (const file of await readdir(path.join(installed(), 'dist', form))) {
        if (!file.endsWith('.js')) continue;
        const text = await readFile(path.join(installed(), 'dist', form, file), 'utf8');
        const loaded = [...text.matchAll(/(?:from|require\(|import\()\s*["']([^"']+)["']/g)].map((match) => match[1]);
        expect(
          loaded.filter((name) => !name?.startsWith('./')),
          `${form}/${file}`,
        ).toEqual([]);
      }
    }
  });

  it.each([
    ['DOM', ['--lib', 'es2023,dom']],
    ['Node', ['--lib', 'es2023', '--types', 'node', '--typeRoots', path.join(root, 'node_modules/@types')]],
  ])(
    'has types that stand on their own with %s, in both forms',
    async (_, environment) => {
      const use = `client.cryptoOrders.get('ord_1').then((o) => o.pay_amount_text?.length);\nexport { order };\n`;
      const esm = `import { Quittance } from '@quittance/sdk';\nconst client = new Quittance({ apiKey: 'k', fetch });\n`;
      const cjs = `import sdk = require('@quittance/sdk');\nconst client = new sdk.Quittance({ apiKey: 'k' });\n`;
      await writeFile(path.join(sdk.project, 'types.mts'), `${esm}const order = ${use}`);
      await writeFile(path.join(sdk.project, 'types.cts'), `${cjs}const order = ${use}`);
      const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2023'];
      const args = [...strict, '--module', 'nodenext', ...environment, 'types.mts', 'types.cts'];
      expect(await run(inBin('tsc'), args, { cwd: sdk.project })).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    90_000,
  );

  it('satisfies publint', async () => {
    const outcome = await run(inBin('publint'), [sdk.tarball, '--strict']);
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('All good!') as string });
  });

  it('satisfies arethetypeswrong', async () => {
    const outcome = await run(inBin('attw'), [sdk.tarball, '--no-color', '--no-emoji']);
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('No problems found') as string });
  });
});
