import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const imports = '@typescript-eslint/no-restricted-imports';

// Seeded files do not exist, so the rules that need types are left out; the real one below keeps them.
const untyped = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });
// One real file is a program that loads in a moment.
const typed = new ESLint({
  overrideConfig: {
    languageOptions: {
      parserOptions: {
        projectService: false,
        project: 'test/house/one-file.tsconfig.json',
        disallowAutomaticSingleRunInference: true, // else the text is read from disk when CI is set
      },
    },
  },
});

async function rulesBrokenBy(eslint: ESLint, filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return [...new Set(result?.messages.map(({ ruleId, message }) => ruleId ?? message))]; // no rule: it did not parse
}

const imported = (from: string) => `import { thing } from '${from}';\nexport const kept = thing();\n`;
const importedType = (from: string) => `import type { Thing } from '${from}';\nexport type Kept = Thing;\n`;

describe('the import table', () => {
  it.each([
    ['src/domain/seeded.ts', '../db/orders.js'],
    ['src/domain/seeded.ts', '../config.js'],
    ['src/domain/seeded.ts', 'pg'],
    ['src/domain/seeded.ts', 'node:crypto'],
    ['src/domain/seeded.ts', 'big.json'],
    ['src/workflows/seeded.ts', '../activities/index.js'],
    ['src/workflows/seeded.ts', '../db/orders.js'],
    ['src/workflows/seeded.ts', '@temporalio/client'],
    ['src/db/seeded.ts', '../gateway/nowpayments.js'],
    ['src/db/seeded.ts', '../log.js'],
    ['src/db/seeded.ts', 'undici'],
    ['src/gateway/seeded.ts', '../db/orders.js'],
    ['src/gateway/lane/seeded.ts', '../../db/orders/orders.js'],
    ['src/webhooks/seeded.ts', '../temporal/order-runs.js'],
    ['src/temporal/seeded.ts', '../workflows/crypto-order.js'],
    ['src/temporal/seeded.ts', '../webhooks/send.js'],
    ['src/activities/seeded.ts', '../web/receipt-text.js'],
    ['src/activities/seeded.ts', '../config.js'],
    ['src/activities/seeded.ts', '../workflows/messages.js'],
    ['src/activities/seeded.ts', 'node:fs'],
    ['src/web/seeded.tsx', '../db/orders.js'],
    ['src/web/seeded.tsx', 'fastify'],
    ['src/api/seeded.ts', '../workflows/messages.js'],
    ['src/api/seeded.ts', '../gateway/nowpayments.js'],
    ['src/api/seeded.ts', '../config.js'],
    ['src/api/seeded.ts', 'pg'],
    ['src/api/seeded.ts', 'pino'],
    ['src/api/plugins/seeded.ts', '../../activities/index.js'],
    ['src/api/routes/billing/seeded.ts', '../../../workflows/messages.js'],
    ['src/api/routes/billing/seeded.ts', '../../../../simulator/server.js'],
    ['src/api/server.ts', '../../simulator/server.js'],
    ['src/worker.ts', '../test/support/eventually.js'],
    ['src/worker.ts', '@quittance/sdk'],
    ['simulator/seeded.ts', '../src/domain/money.js'],
    ['sdk/src/seeded.ts', '../../src/domain/money.js'],
    ['sdk/src/seeded.ts', 'zod'],
  ])('%s may not import %s', async (file, from) => {
    expect(await rulesBrokenBy(untyped, file, imported(from))).toEqual([imports]);
  });

  it.each([
    ['src/workflows/seeded.ts', '../db/orders.js'],
    ['src/domain/seeded.ts', 'pino'],
    ['src/api/seeded.ts', '../config.js'],
  ])('%s may not import even a type from %s', async (file, from) => {
    expect(await rulesBrokenBy(untyped, file, importedType(from))).toEqual([imports]);
  });

  it.each([
    ['src/workflows/seeded.ts', '../activities/index.js'],
    ['src/temporal/seeded.ts', '../workflows/crypto-order.js'],
    ['src/activities/seeded.ts', '../workflows/messages.js'],
    ['src/api/seeded.ts', 'pino'],
    ['src/api/routes/billing/seeded.ts', 'undici'],
  ])('%s may import a type from %s', async (file, from) => {
    expect(await rulesBrokenBy(untyped, file, importedType(from))).toEqual([]);
  });

  it.each([
    ['src/domain/seeded.ts', './order.js'],
    ['src/domain/seeded.ts', 'big.js'],
    ['src/workflows/seeded.ts', '../domain/order.js'],
    ['src/temporal/seeded.ts', '../workflows/messages.js'],
    ['src/activities/seeded.ts', '../gateway/nowpayments.js'],
    ['src/activities/seeded.ts', '../metrics.js'],
    ['src/api/seeded.ts', '../gateway/ipn.js'],
    ['src/api/seeded.ts', 'helmet'],
    ['src/api/routes/billing/seeded.ts', '../webhooks/endpoints.js'],
    ['src/api/routes/billing/seeded.ts', '../../../db/orders.js'],
    ['src/api/server.ts', '../config.js'],
    ['src/worker.ts', './activities/index.js'],
    ['simulator/seeded.ts', 'fastify'],
    ['sdk/src/seeded.ts', 'node:crypto'],
    ['test/domain/seeded.test.ts', '../../src/domain/order.js'],
  ])('%s may import %s', async (file, from) => {
    expect(await rulesBrokenBy(untyped, file, imported(from))).toEqual([]);
  });

  it('is not passed by exporting from, by a detour or by a dynamic import', async () => {
    const file = 'src/domain/seeded.ts';
    expect(await rulesBrokenBy(untyped, file, "export { pool } from '../db/pool.js';\n")).toEqual([imports]);
    expect(await rulesBrokenBy(untyped, file, imported('./../db/pool.js'))).toEqual([imports]);
    expect(await rulesBrokenBy(untyped, file, imported('../domain/../db/pool.js'))).toEqual([imports]);
    expect(await rulesBrokenBy(untyped, file, "export const pool = import('../db/pool.js');\n")).toEqual([
      'no-restricted-syntax',
    ]);
  });
});

describe('the other rules', () => {
  const lines = (count: number) => 'export const line = 1;\n'.replace('line', 'first') + '// why\n'.repeat(count - 1);
  const longFunction = `export function long(): void {\n${'  // why\n'.repeat(69)}}\n`;

  const manyParameters = 'export const sum = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;\n';

  it.each([
    [
      '@typescript-eslint/no-import-type-side-effects',
      'src/db/seeded.ts',
      "import { type Pool } from 'pg';\nexport type P = Pool;\n",
    ],
    [
      'no-duplicate-imports',
      'src/db/seeded.ts',
      "import { Pool } from 'pg';\nimport type { Client } from 'pg';\nexport const open = (client: Client) => new Pool(client);\n",
    ],
    ['@typescript-eslint/no-explicit-any', 'src/db/seeded.ts', 'export const row: any = 1;\n'],
    ['max-lines', 'src/db/seeded.ts', lines(201)],
    ['max-lines', 'test/domain/seeded.test.ts', lines(401)],
    ['max-lines-per-function', 'src/db/seeded.ts', longFunction],
    ['max-params', 'src/db/seeded.ts', manyParameters],
    ['max-params', 'sdk/src/seeded.ts', manyParameters],
    ['max-params', 'simulator/seeded.ts', manyParameters],
    [
      'no-restricted-syntax',
      'src/web/seeded.tsx',
      'export const p = <p dangerouslySetInnerHTML={{ __html: "" }} />;\n',
    ],
    [
      'no-restricted-syntax',
      'src/web/seeded.tsx',
      'export const props = { dangerouslySetInnerHTML: { __html: "" } };\n',
    ],
    ['no-restricted-syntax', 'src/db/seeded.ts', 'export const [a, b] = [1, 2];\n'],
    ['no-restricted-syntax', 'src/db/seeded.ts', 'export const sum = [...[1, 2], ...[3]];\n'],
    ['no-restricted-syntax', 'simulator/seeded.ts', 'export const f = (x: () => void) => (x(), 1);\n'],
    ['no-restricted-syntax', 'bench/seeded.ts', 'export const f = async () => [await 1, await 2];\n'],
    ['no-console', 'src/db/seeded.ts', "console.log('x');\n"],
  ])('%s holds in %s', async (rule, file, code) => {
    expect(await rulesBrokenBy(untyped, file, code)).toEqual([rule]);
  });

  it('allow 200 lines to a file, 70 and four parameters to a function', async () => {
    expect(await rulesBrokenBy(untyped, 'src/db/seeded.ts', lines(200))).toEqual([]);
    expect(await rulesBrokenBy(untyped, 'src/db/seeded.ts', longFunction.replace('  // why\n', ''))).toEqual([]);
    expect(await rulesBrokenBy(untyped, 'src/db/seeded.ts', manyParameters.replace(', e: 1', ''))).toEqual([]);
  });

  it.each([
    ['@typescript-eslint/no-floating-promises', 'export async function f(): Promise<void> {}\nf();\n'],
    ['@typescript-eslint/no-misused-promises', 'export const f = (p: Promise<boolean>) => { if (p) return; };\n'],
    [
      '@typescript-eslint/switch-exhaustiveness-check',
      "export function f(way: 'in' | 'out'): void {\n  switch (way) {\n    case 'in':\n      return;\n  }\n}\n",
    ],
  ])('%s sees types', async (rule, code) => {
    expect(await rulesBrokenBy(typed, 'src/domain/invariant.ts', code)).toEqual([rule]);
  });
});
