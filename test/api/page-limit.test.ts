import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../src/web/pay/strings/en.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
let nowMs: number;
beforeEach(async () => {
  nowMs = Date.parse('2026-11-28T12:00:00Z');
  api = await testApp({ nowMs: () => nowMs, settings: { maxPagesPerAddress: 3 } });
});
afterEach(() => api.close());

const token = 'x'.repeat(32);

async function statuses(urls: readonly string[], remoteAddress = '192.0.2.1'): Promise<number[]> {
  const answers: number[] = [];
  for (const url of urls) answers.push((await api.app.inject({ url, remoteAddress })).statusCode);
  return answers;
}

describe('pages that need no key', () => {
  it.each([
    [
      '/pay',
      [`/pay/${token}`, `/%70ay/${token}/status`, `/pay/${token}/events`, `/pay/${token}`],
      [404, 404, 404, 429],
    ],
    ['/console', ['/console', '/console/login', '/console/orders', '/console/login'], [303, 200, 303, 429]],
    ['/readyz', ['/readyz', '/readyz', '/readyz', '/readyz'], [200, 200, 200, 429]],
  ])('are limited by address: %s', async (_area, urls, expected) => {
    expect(await statuses(urls)).toEqual(expected);
    expect(await statuses(urls.slice(0, 1), '192.0.2.2')).toEqual(expected.slice(0, 1));
  });

  it('say so in words to a payer, whose page comes back by itself', async () => {
    await statuses([`/pay/${token}`, `/pay/${token}`, `/pay/${token}`]);
    const refused = await api.app.inject({ url: `/pay/${token}`, remoteAddress: '192.0.2.1' });
    expect([refused.statusCode, refused.headers['retry-after'], refused.headers['refresh']]).toEqual([429, '20', '20']);
    expect(refused.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(refused.body).toContain(en.tooMany.heading);
  });

  it('are open again as the minute goes on, and say when', async () => {
    await statuses(['/readyz', '/readyz', '/readyz']);
    const refused = await api.app.inject({ url: '/readyz', remoteAddress: '192.0.2.1' });
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '20']);
    nowMs += 20_000;
    expect(await statuses(['/readyz', '/readyz'])).toEqual([200, 429]);
  });

  it('share the limit of a /64, and none with another area', async () => {
    const urls = ['/readyz', '/readyz'];
    expect(await statuses(urls, '2001:db8::1')).toEqual([200, 200]);
    expect(await statuses(urls, '2001:db8::ffff:2')).toEqual([200, 429]);
    expect(await statuses(['/console/login', '/healthz', `/pay/${token}`], '2001:db8::1')).toEqual([200, 200, 404]);
  });

  it('ask the database nothing beyond it', async () => {
    await statuses(['/readyz', '/readyz', '/readyz']);
    const { pool } = api.deps;
    const { query } = pool;
    let asked = 0;
    pool.query = ((...given: Parameters<typeof query>) => {
      asked += 1;
      return query.apply(pool, given);
    }) as typeof query;
    expect(await statuses(['/readyz', '/readyz'])).toEqual([429, 429]);
    expect(asked).toBe(0);
  });
});
