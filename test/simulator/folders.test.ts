import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../simulator');
// Each folder may import itself, what stands before it, and these words of everybody's.
const order = ['world', 'ipn', 'money', 'provider', 'control'];
const everybodys = ['compare', 'decimal', 'duration', 'seeded', 'spelling'];

function importsAgainstTheOrder(folder: string, text: string): string[] {
  const allowed = everybodys.map((name) => `../${name}.js`);
  for (const lower of order.slice(0, order.indexOf(folder))) allowed.push(`../${lower}/`);
  const climbing = [...text.matchAll(/from '(\.\.\/[^']+)'/g)].map((found) => found[1] ?? '');
  return climbing.filter((from) => !allowed.some((start) => from.startsWith(start)));
}

it('has no folder that is missing here', () => {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).sort()).toEqual([...order].sort());
});

it.each(order)('%s imports only what stands before it', (folder) => {
  for (const file of readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(path.join(root, folder, file), 'utf8');
    expect({ file, against: importsAgainstTheOrder(folder, text) }).toEqual({ file, against: [] });
  }
});

it('would notice', () => {
  expect(importsAgainstTheOrder('world', "import { writeIpn } from '../ipn/ipn.js';")).toEqual(['../ipn/ipn.js']);
  expect(importsAgainstTheOrder('ipn', "import type { Simulator } from '../server.js';")).toEqual(['../server.js']);
});
