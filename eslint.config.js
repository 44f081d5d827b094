import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import { packedLines, unescapedHtml, unseenImport } from './eslint.syntax.js';

const http = ['fastify', '@fastify', 'fastify-type-provider-zod', 'zod', 'lossless-json'];

// Who may import whom: one row per folder of src. `ours` and `types` (only as `import type`) are paths from src;
// `packages` and `packageTypes` cover what is below them, so `@fastify` is every plugin and `node:` every built-in.
export const house = {
  domain: { packages: ['big.js', 'currency-codes'] },
  workflows: { ours: ['domain'], types: ['activities'], packages: ['@temporalio/workflow', '@temporalio/common'] },
  db: { ours: ['domain'], packages: ['pg', 'zod', 'lru-cache', 'node-pg-migrate', 'node:'] },
  gateway: { ours: ['domain'], packages: ['undici', 'zod', 'lossless-json', 'node:'] },
  webhooks: { ours: ['domain'], packages: ['undici', 'ipaddr.js', 'standardwebhooks', 'node:'] },
  temporal: {
    ours: ['domain', 'workflows/messages.js'],
    types: ['workflows'],
    packages: ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', '@temporalio/proto', 'node:'],
  },
  tracing: { ours: ['workflows/messages.js', 'version.js'], packages: ['@opentelemetry', '@temporalio', 'node:'] },
  activities: {
    ours: ['domain', 'db', 'gateway', 'webhooks', 'temporal', 'metrics.js', 'tracing/traced.js'],
    types: ['workflows/messages.js'], // an activity answers in the workflow's words
    packages: ['@temporalio/activity', '@temporalio/common', 'p-limit', 'node:crypto', 'node:timers/promises'],
  },
  web: {
    ours: ['domain'],
    packages: ['@scure/base', 'preact', 'preact-render-to-string', 'qrcode', 'pdfkit', 'csv-stringify', 'node:'],
  },
  api: {
    ours: [
      'domain',
      'web',
      'db',
      'webhooks',
      'temporal',
      'gateway/ipn.js',
      'gateway/provider-account.js',
      'metrics.js',
      'tracing/traced.js',
      'version.js',
    ],
    packages: [...http, 'dataloader', 'helmet', 'ipaddr.js', 'otpauth', 'p-limit', 'uuid', 'node:'],
    packageTypes: ['pino', 'undici'],
  },
};

const wiring = ['src/worker.ts', 'src/worker/*.ts', 'src/api/server.ts', 'src/api/wiring.ts'];
const deepest = 3; // src/api/routes/billing/: folders between src and a file

const literal = (text) => text.replace(/[.*+?^$(){}|[\]\\/]/g, '\\$&');
const anyOf = (names) =>
  `(?:${names.map((name) => literal(name) + (name.endsWith(':') ? '' : '(?:/|$)')).join('|') || '(?!)'})`;
const detour = { regex: '^\\./\\.\\.|[^.]/\\.\\.?/', message: 'Write the shortest path.' };

// Judged by how far a path climbs, since Node has a `domain` and routes a `webhooks`: `depth` times `../` lead to src.
function rowOf(folder, depth) {
  const { ours = [], types = [], packages = [], packageTypes = [] } = house[folder];
  const src = `^${literal('../').repeat(depth)}`;
  const message = `Not in the row of src/${folder}: see the map in eslint.config.js.`;
  return [
    { regex: `${src}(?!${anyOf([...ours, ...types])})`, message },
    { regex: `${src}(?!${anyOf(ours)})${anyOf(types)}`, message, allowTypeImports: true },
    { regex: `^(?!\\.)(?!${anyOf([...packages, ...packageTypes])})`, message },
    { regex: `^(?!${anyOf(packages)})${anyOf(packageTypes)}`, message, allowTypeImports: true },
    detour,
  ];
}

const imports = (patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });

const fences = Object.keys(house).flatMap((folder) =>
  Array.from({ length: deepest }, (_, below) => ({
    name: `house/${folder}/${below}`,
    files: [`src/${folder}/${'*/'.repeat(below)}*.{ts,tsx}`],
    ignores: wiring,
    rules: imports(rowOf(folder, below + 1)),
  })),
);

const leavesSrc = { regex: '^(?:\\.\\./)+(?:scripts|simulator|sdk|test|bench|tools)/', message: 'src stands alone.' };
const ownSdk = { regex: '^@quittance/', message: 'The SDK is for merchants.' };

const browser = [
  'document',
  'window',
  'location',
  'navigator',
  'EventSource',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'fetch',
];
const node = [
  'process',
  'console',
  'Buffer',
  'URL',
  'fetch',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
];
const globals = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '.stryker-tmp/',
      '**/node_modules/',
      '.quittance/',
      '.ci/',
      'artifacts/',
      'coverage/',
      'tools/',
      'test/sabotage/patches/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    name: 'house/everywhere',
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-duplicate-imports': 'error',
      'no-control-regex': 'off', // refusing control characters is half of parsing
      'max-lines': ['error', { max: 200 }],
      'max-lines-per-function': ['error', { max: 70 }],
      'max-params': ['error', { max: 4 }],
      'no-restricted-syntax': ['error', ...unescapedHtml, ...packedLines],
    },
  },
  {
    name: 'house/typed',
    files: ['{src,scripts,simulator,test,bench}/**/*.{ts,tsx}', 'sdk/{src,examples}/**/*.ts', 'vitest.config.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    name: 'house/src',
    files: ['src/**/*.{ts,tsx}'],
    rules: {
      ...imports([leavesSrc, ownSdk]),
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...unescapedHtml, ...packedLines, unseenImport],
    },
  },
  ...fences,
  {
    name: 'house/loaded-when-wanted', // OpenTelemetry, where traces are collected
    files: ['src/tracing/load.ts'],
    rules: { 'no-restricted-syntax': ['error', ...unescapedHtml, ...packedLines] },
  },
  {
    name: 'house/wiring',
    files: wiring,
    rules: imports([leavesSrc, ownSdk]),
  },
  {
    name: 'house/simulator',
    files: ['simulator/**/*.{ts,tsx}'],
    rules: imports([
      { regex: '^(?:\\.\\./)+(?:src|scripts|sdk|test|bench)/', message: 'The double shares no code with us.' },
    ]),
  },
  {
    name: 'house/sdk',
    files: ['sdk/src/**/*.ts'],
    rules: imports([
      { regex: '^(?!\\.|node:)|^(?:\\.\\./)+(?:src|scripts|simulator|test)/', message: 'The SDK stands alone.' },
    ]),
  },
  {
    name: 'house/tests',
    files: ['{test,bench}/**/*.{ts,tsx}'],
    rules: { 'max-lines': ['error', { max: 400 }], 'max-lines-per-function': 'off', 'max-params': 'off' },
  },
  {
    name: 'house/expectations',
    files: ['test/**/*.{ts,tsx}'],
    rules: { 'no-restricted-syntax': ['error', ...unescapedHtml] }, // several answers stand beside what is expected
  },
  { name: 'house/browser', files: ['{src,simulator}/*/static/*.js'], languageOptions: { globals: globals(browser) } },
  { name: 'house/node', files: ['**/*.mjs', 'sdk/build.js'], languageOptions: { globals: globals(node) } },
  prettier,
);
