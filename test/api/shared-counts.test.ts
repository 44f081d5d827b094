import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAttempts } from '../../src/db/attempt-counts.js';
import { createSharedCounts } from '../../src/api/http/shared-counts.js';
import { eventually } from '../support/eventually.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api?.close());

const counts = (over: object = {}) => createSharedCounts({ ...api.deps, ...over }, { kind: 'wrong_key', perMinute: 6 });
const told = async (key: string) => {
  const { rows } = await api.deps.pool.query('select attempts from attempt_counts where key = $1', [key]);
  return rows[0]?.attempts as number | undefined;
};

describe('counts of attempts', () => {
  it('fill a minute, and say how long it lasts', () => {
    const count = counts();
    const noted = Array.from({ length: 6 }, () => count.note('filling'));
    expect(noted).toEqual(['counted', 'counted', 'counted', 'counted', 'counted', 'filled']);
    expect(count.waitFor('filling')).toBeGreaterThan(0);
    expect(count.waitFor('filling')).toBeLessThanOrEqual(60);
    expect(count.waitFor('another')).toBeNull();
  });

  it('are shared between processes: each learns of the others’ when it tells its own', async () => {
    const [one, other] = [counts(), counts()];
    for (let attempt = 0; attempt < 4; attempt++) one.note('shared');
    await eventually(async () => expect(await told('shared')).toBe(4));
    other.note('shared');
    await eventually(async () => expect(await told('shared')).toBe(5));
    expect(other.waitFor('shared')).toBeNull();
    other.note('shared');
    await eventually(() => expect(other.waitFor('shared')).not.toBeNull());
    one.note('shared');
    await eventually(() => expect(one.waitFor('shared')).not.toBeNull());
  });

  it('begin anew after their minute, by the database’s clock', async () => {
    const { pool } = api.deps;
    await addAttempts(pool, 'wrong_key', new Map([['anew', 6]]));
    await pool.query(`update attempt_counts set ends_at = now() where key = 'anew'`);
    expect(await addAttempts(pool, 'wrong_key', new Map([['anew', 1]]))).toMatchObject([{ key: 'anew', count: 1 }]);
  });

  it('are told in one statement at a time, however many keys there are', async () => {
    const statements: string[] = [];
    const pool = {
      query: (sql: string, values: unknown[]) => {
        statements.push(sql);
        return api.deps.pool.query(sql, values);
      },
    };
    const count = counts({ pool });
    for (let at = 0; at < 500; at++) count.note(`of many ${at}`);
    await eventually(async () => expect(await told('of many 499')).toBe(1));
    expect(statements.length).toBe(2); // the first key, then all others
  });

  it('go on in each process alone while the database is away, and without holding anybody up', () => {
    const count = counts({ pool: { query: () => Promise.reject(new Error('Connection terminated')) } });
    for (let attempt = 0; attempt < 6; attempt++) count.note('alone');
    expect(count.waitFor('alone')).not.toBeNull();
  });
});
