import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const text = read('.github/workflows/check.yml');
const { jobs, permissions } = parse(text) as {
  jobs: Record<string, { steps: Step[]; strategy?: { matrix: { node: string[] } } }>;
  permissions: unknown;
};
const steps = Object.values(jobs).flatMap((job) => job.steps);

it('the check workflow runs what a person runs before a push', () => {
  const [first, second] = jobs.check!.steps.flatMap(({ run }) => (run?.startsWith('npm ') ? run : []));
  expect([first, second]).toEqual(['npm ci', 'npm run check']);
});

it('the check workflow pins what others wrote to a commit, and may only read', () => {
  const others = steps.flatMap(({ uses }) => uses ?? []);
  expect(others.length).toBeGreaterThan(3);
  expect(others.filter((name) => !/^[\w/-]+@[0-9a-f]{40}$/.test(name))).toEqual([]);
  expect(permissions).toEqual({ contents: 'read' });
});

it('the check workflow tries the Node of the image, and the oldest that package.json promises', () => {
  const [, ofImage] = /^FROM node:([\d.]+)-/m.exec(read('Dockerfile')) ?? [];
  const [oldest] = /20\.\d+/.exec((JSON.parse(read('package.json')) as { engines: { node: string } }).engines.node)!;
  expect(jobs.check!.strategy!.matrix.node).toContain(ofImage);
  expect(jobs.check!.strategy!.matrix.node.some((version) => version.split('.')[0] === oldest.split('.')[0])).toBe(
    true,
  );
});

it('the check workflow keeps the Temporal servers by files that are there', () => {
  const files = [...text.matchAll(/'(scripts\/[^']+)'/g)].map(([, file]) => file!);
  expect(files).toHaveLength(3);
  for (const file of files) expect(existsSync(path.join(root, file)), file).toBe(true);
});
