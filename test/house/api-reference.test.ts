import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../scripts/api-reference/document.js';
import { referencePages } from '../../scripts/api-reference/pages.js';
import { adminOperations } from '../../src/api/schemas/admin-operations.js';
import { fieldWords } from '../../src/api/schemas/field-words.js';
import { operations } from '../../src/api/schemas/operations.js';
import { testOperations } from '../../src/api/schemas/test-clock.js';

const folder = new URL('../../docs/api/', import.meta.url);
const document = await openApiDocument();
const pages = referencePages(document);
const printAgain = 'routes or schemas have changed: run `npm run docs:api` and commit docs/api';

it('docs/api has a page for each group of routes and no other', () => {
  expect(readdirSync(folder).sort(), printAgain).toEqual([...pages.keys()].sort());
});

it.each([...pages])('docs/api/%s is what the API says about itself', (file, text) => {
  expect(readFileSync(new URL(file, folder), 'utf8'), printAgain).toBe(text);
});

it('says of every call what it does, and links to where it stands', () => {
  const wayIn = pages.get('README.md') ?? '';
  const calls = [...wayIn.matchAll(/^\| \[`(\w+) (\S+)`\]\((\S+)#(\S+)\) \| (.*) \|$/gm)];
  expect(calls.length).toBeGreaterThan(25);
  for (const [, method, path, file = '', anchor, summary] of calls) {
    expect(pages.get(file), path).toContain(`\n## ${method} ${path}\n`);
    expect(anchor).toBe(
      `${method} ${path}`
        .toLowerCase()
        .replace(/[^a-z0-9_ -]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(summary, `${method} ${path}: add a line to src/api/schemas/operations.ts or admin-operations.ts`).not.toBe(
      '',
    );
  }
});

it('says nothing about routes and fields that are gone', () => {
  const routes = Object.entries(document.paths).flatMap(([path, calls]) =>
    Object.keys(calls).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const described = [operations, testOperations, adminOperations].flatMap((each) => Object.keys(each));
  expect(described.filter((key) => !routes.includes(key))).toEqual([]);
  const text = JSON.stringify(document);
  const isUsed = (word: string) => text.includes(`"${word}":{`) || text.includes(`"name":"${word}"`);
  expect(Object.keys(fieldWords).filter((word) => !isUsed(word))).toEqual([]);
});

it('says of a field what it means where it stands', () => {
  const schemas = pages.get('schemas.md') ?? '';
  const lineOf = (name: string, field: string) =>
    schemas
      .split(`\n## ${name}\n`)[1]
      ?.split('\n')
      .find((line) => line.startsWith(`| \`${field}\` |`));
  expect(lineOf('ApiKey', 'expires_at')).toContain('the key opens nothing');
  expect(lineOf('Order', 'expires_at')).toContain('End of the pay window');
  expect(lineOf('SupportCase', 'proposal.expires_at')).toContain('lapses');
});

it('leads to a schema for every name', () => {
  const schemas = pages.get('schemas.md') ?? '';
  const names = [...pages.values()].flatMap((text) => [...text.matchAll(/\[(\w+)\]\(schemas\.md#(\w+)\)/g)]);
  expect(names.length).toBeGreaterThan(20);
  for (const [, name = '', anchor] of names) {
    expect(anchor).toBe(name.toLowerCase());
    expect(schemas).toContain(`\n## ${name}\n`);
  }
});
