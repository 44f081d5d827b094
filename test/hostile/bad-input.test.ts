import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { sendRaw, type RawAnswer } from '../support/raw-http.js';
import { answers } from './bad-input/answers.js';
import { callers } from './bad-input/callers.js';
import { checkouts } from './bad-input/checkouts.js';
import { lists } from './bad-input/lists.js';
import { notices } from './bad-input/notices.js';
import { requests } from './bad-input/requests.js';
import type { Answer, Row } from './bad-input/row.js';
import { targets } from './bad-input/targets.js';
import { canary, makeWorld, type World } from './bad-input/world.js';

// Errors are problems that name the field. Bad input causes no 5xx, no hang, no change of state, and no secret in a log.
const rows: readonly Row[] = [requests, callers, checkouts, notices, targets, lists, answers].flat();
const played = rows.flatMap(({ row, input, cases = [] }) =>
  cases.map(([what, sent, answer]) => [`row ${row}, ${input}: ${shortly(what)}`, sent, answer] as const),
);
const named = rows.flatMap(({ row, input, shownBy = [] }) =>
  shownBy.map(([file, test]) => [row, input, file, test] as const),
);

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.api.close());

function shortly(text: string): string {
  const shown = JSON.stringify(text);
  return shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
}

const base = 'https://errors.driftstack.dev/';
const unwatched = new Set(['api_keys', 'attempt_counts']); // when a key was used, and how often an address was wrong

/** What is in each table, as one number a table: any row that is added, taken away or changed moves it. */
async function contents(): Promise<Record<string, string>> {
  const { pool } = world.api.deps;
  const { rows: tables } = await pool.query(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const watched = tables.map(({ name }) => name as string).filter((name) => !unwatched.has(name));
  const sums = watched.map((name) => `(select sum(hashtext(t::text)) from ${name} t) as ${name}`);
  return (await pool.query(`select ${sums.join(', ')}`)).rows[0];
}

/** An IPN is answered when it is stored; that it was handed over is written a moment later. */
async function untilHandedOver(): Promise<void> {
  await eventually(async () => {
    const waiting = `select id from provider_events where kind = 'payment' and relayed_at is null and handled_at is null`;
    expect((await world.api.deps.pool.query(waiting)).rows).toEqual([]);
  });
}

function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter((name) => after[name] !== before[name]);
}

function expectAnswer(answer: RawAnswer, { status, slug, field, head, isBare }: Answer): void {
  expect(answer.status, answer.body).toBe(status);
  expect(answer.head).toMatch(head ?? /^HTTP\/1\.1 /);
  if (status < 400 || isBare) return;
  expect(answer.head).toContain('application/problem+json');
  const problem = JSON.parse(answer.body);
  expect(problem.status).toBe(status);
  if (slug) expect(problem.type).toBe(base + slug);
  if (field) expect(`${Object.keys(problem.issues?.fieldErrors ?? {}).join()} ${problem.detail}`).toContain(field);
  expect(answer.body).not.toMatch(/node_modules|\.ts:\d|select |postgres/i);
}

describe('bad input', () => {
  it('has a row for each of ninety, and each row is seen somewhere', () => {
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 90 }, (_, at) => at + 1));
    expect(rows.filter(({ cases = [], shownBy = [] }) => cases.length + shownBy.length === 0)).toEqual([]);
  });

  it.each(played)('%s', async (_name, sent, expected) => {
    const before = await contents();
    const answer = await sendRaw(world.port, [sent(world)]);
    expectAnswer(answer, expected);
    if (expected.changes) await untilHandedOver();
    const moved = changed(before, await contents());
    expect(moved.filter((table) => !(expected.changes ?? []).includes(table))).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${world.port}/healthz`)).status).toBe(200);
  });

  it.each(named)('row %i, %s: %s, %s', (_row, _input, file, test) => {
    const whole = path.resolve(import.meta.dirname, '../..', file);
    expect(existsSync(whole) && readFileSync(whole, 'utf8').includes(test), `${file}: ${test}`).toBe(true);
  });

  it('leaves no secret in a log', () => {
    const logged = world.api.logged.join('\n');
    for (const secret of [canary, world.key, world.adminKey]) expect(logged).not.toContain(secret);
    expect(logged).not.toMatch(/"level":(?:50|60|"error"|"fatal")/);
  });
});
