import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exposeBacklog } from '../../src/worker/backlog-gauges.js';
import { exposeBusiness } from '../../src/worker/business-gauges.js';
import { alarmNames } from '../../src/domain/alarms.js';
import { wireWords } from '../../src/domain/brand.js';
import { createMetrics } from '../../src/metrics.js';
import { type TestApp, testApp } from '../support/test-app.js';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const page = read('docs/runbook.md');
const pages = `${page}\n${read('docs/scaling.md')}`;

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api?.close());

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found!);
const unique = (names: readonly string[]) => [...new Set(names)].sort();
const statements = all(pages, /```sql\n([\s\S]*?)```/g).flatMap((block) =>
  block
    .split(';')
    .map((sql) => sql.trim())
    .filter(Boolean),
);

// As deploy/postgres makes it, until the transaction is rolled back.
const ourRole = 'do $$ begin create role quittance; exception when duplicate_object then null; end $$';

describe('the runbook', () => {
  it.each(statements.map((sql) => [sql.split('\n')[0]!.slice(0, 60), sql]))(
    'has a query that runs: %s',
    async (_, sql) => {
      const connection = await api.deps.pool.connect();
      try {
        await connection.query('begin');
        await connection.query(ourRole);
        await expect(connection.query(sql)).resolves.toBeDefined();
      } finally {
        await connection.query('rollback');
        connection.release();
      }
    },
  );

  it('says what each of our metrics means, and names no other', async () => {
    const { registry } = createMetrics();
    exposeBacklog(registry, () => Promise.reject(new Error('not asked here')));
    exposeBusiness(registry, api.deps.pool);
    const ours = registry.getMetricsAsArray().map(({ name }) => name);
    expect(registry).toBeInstanceOf(Registry);
    expect(unique(all(page, /^\| `(driftstack_[a-z0-9_]+)`/gm))).toEqual(
      unique(ours.filter((name) => name.startsWith(wireWords.metricPrefix))),
    );
  });

  it('says what to do about each alarm, and names no other', () => {
    const alarms = page.slice(page.indexOf('\n## Alarms'));
    const rows = all(alarms, /^\| ((?:`\w+`(?:, )?)+)/gm).flatMap((cell) => all(cell, /`(\w+)`/g));
    expect(unique(rows)).toEqual(unique(alarmNames)); // what is raised has one of these names, by its type
  });

  it('calls what the API answers', async () => {
    await api.app.ready();
    const paths = Object.keys((api.app.swagger() as { paths: object }).paths).map((known) =>
      known.replace(/\{\w+\}/g, '[^/ ]+'),
    );
    const calls = unique(all(pages, /((?<!\.io)\/(?:v1|readyz|healthz)\b[^\s`'"?]*)/g)).map((call) =>
      call.replace(/[.,;:]$/, ''),
    );
    const known = new RegExp(`^(?:${paths.join('|')})$`);
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.filter((call) => !known.test(call))).toEqual([]);
  });

  it('runs commands that the image has, on services that docker-compose.yml has', () => {
    const commands = unique(all(pages, /(?:^|`)quittance ([a-z]+(?:-[a-z]+)*)\b/gm));
    expect(commands.length).toBeGreaterThan(4);
    const isThere = (name: string) =>
      ['.ts', '/'].some((end) => existsSync(path.join(root, `scripts/quittance/${name}${end}`)));
    expect(commands.filter((name) => !isThere(name))).toEqual([]);

    const { services } = parse(read('docker-compose.yml'), { merge: true }) as { services: object };
    const named = all(
      pages,
      /docker compose (?:exec|run|up|stop|logs|ps|build)((?: -{1,2}[\w-]+(?: \d+[mh])?)*(?: [a-z][a-z-]*)*)/g,
    )
      .flatMap((words) => words.trim().split(' '))
      .filter((word) => /^(?:postgres|temporal\S*|migrate|api|worker)$/.test(word));
    expect(named.length).toBeGreaterThan(10);
    expect(unique(named).filter((name) => !(name in services))).toEqual([]);
  });

  it('names variables that are there, and pages and sections that are there', () => {
    const example = read('.env.example');
    const variables = unique(all(pages, /`((?:NOWPAYMENTS|QUITTANCE|RECEIPT|DATABASE|TEMPORAL|PUBLIC)_[A-Z_]+)/g));
    expect(variables.length).toBeGreaterThan(5);
    expect(variables.filter((name) => !new RegExp(`^#?${name}=`, 'm').test(example))).toEqual([]);

    const slug = (title: string) =>
      title
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .trim()
        .replace(/\s/g, '-');
    const sections = all(page, /^## (.+)$/gm).map(slug);
    expect(all(page, /\]\(#([^)]+)\)/g).filter((anchor) => !sections.includes(anchor))).toEqual([]);
    const files = all(pages, /\]\((?!#|https?:)([^)#]+)[^)]*\)/g);
    expect(files.filter((file) => !existsSync(path.join(root, 'docs', file)))).toEqual([]);
  });
});
