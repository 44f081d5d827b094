import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../src/db/migration-steps.js';

const folder = path.resolve(import.meta.dirname, '../../src/db/migrations');
const migrations = readdirSync(folder).map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }));
const first = '0001_quittance.sql';

/** What would lock a table for as long as it is large, in a migration that runs while the version before serves. */
function longLocks(text: string): string[] {
  const { steps } = stepsOf(text);
  const created = new Set(all(text, /create (?:unlogged )?table (?:if not exists )?(\w+)/gi));
  const isNew = (table: string) => created.has(table);
  return steps.flatMap((step) => {
    const sql = step.replace(/--.*$/gm, '').toLowerCase();
    const indexes = [...sql.matchAll(/create (?:unique )?index (concurrently )?(?:if not exists )?\w+ on (\w+)/g)];
    const slowIndexes = indexes.filter(([, beside, table = '']) => !beside && !isNew(table)).map(([found]) => found);
    const drops = all(sql, /(drop index (?!concurrently)[^;]+)/g);
    const changes = [...sql.matchAll(/alter table (?:only )?(\w+)([^;]+);/g)].filter(
      ([, table = '']) => !isNew(table) && !neverLarge.has(table),
    );
    const scans = changes.filter(([, , what = '']) => isScan(what)).map(([found]) => found);
    return [...slowIndexes, ...drops, ...scans];
  });
}

// A row for each run of reconcile, for each account, endpoint or person: never so many that a look at all takes long.
const neverLarge = new Set([
  'accounts',
  'account_policies',
  'api_keys',
  'console_sessions',
  'operators',
  'provider_credentials',
  'reconcile_runs',
  'webhook_endpoints',
]);

/** A check that is tried on every row at once, a column whose domain has a rule (the table is written anew), a new type. */
function isScan(what: string): boolean {
  return what
    .split(/,(?![^(]*\))/)
    .some(
      (part) =>
        (/\b(?:check|references|foreign key)\b/.test(part) && !/\bnot valid\b/.test(part)) ||
        /\badd column\b.*\bcoin_amount\b/s.test(part) ||
        /\bset not null\b|\balter column \w+ type\b/.test(part),
    );
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found ?? '');
}

describe('a migration holds no lock for as long as a table is large', () => {
  it.each(migrations.filter(({ file }) => file !== first))('$file', ({ text }) => {
    expect(longLocks(text)).toEqual([]);
  });

  it.each([
    'create index deliveries_new on deliveries (id);',
    'create unique index orders_new on orders (id);',
    'drop index orders_closed_unpaid;',
    'alter table orders add column floor coin_amount;',
    'alter table orders add check (version > 0);',
    'alter table orders add column attempts integer not null default 0 check (attempts >= 0);',
    'alter table payments add column account_id uuid references accounts;',
    'alter table payments alter column coin set not null;',
  ])('would notice: %s', (sql) => {
    expect(longLocks(`-- Up Migration\n${sql}\n-- Down Migration\n`)).toHaveLength(1);
  });

  it.each([
    'create index concurrently deliveries_new on deliveries (id);',
    'create table notes (id uuid);\ncreate index notes_new on notes (id);',
    'alter table orders add constraint orders_version check (version > 0) not valid;',
    'alter table accounts add check (length(name) > 0);',
  ])('takes: %s', (sql) => {
    expect(longLocks(`-- Up Migration\n${sql}\n-- Down Migration\n`)).toEqual([]);
  });
});

it('what cannot run inside a transaction says so, each such statement as a step of its own', () => {
  const wrong = migrations.flatMap(({ file, text }) => {
    const { inTransaction, steps } = stepsOf(text);
    const beside = steps.filter((step) => /\bconcurrently\b/i.test(step.replace(/--.*$/gm, '')));
    const together = beside.filter((step) => step.replace(/--.*$/gm, '').split(';').length > 2);
    return beside.length > 0 && (inTransaction || together.length > 0) ? [file] : [];
  });
  expect(wrong).toEqual([]);
});
