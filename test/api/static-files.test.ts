import { afterAll, beforeAll, expect, it } from 'vitest';
import { staticUrl } from '../../src/web/static-files.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api?.close());

const get = (url: string) => api.app.inject({ method: 'GET', url });

it.each([
  ['styles.css', 'text/css; charset=utf-8'],
  ['console.css', 'text/css; charset=utf-8'],
  ['live-status.js', 'application/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
] as const)('%s is served with its type, to be kept for good', async (name, type) => {
  const answer = await get(staticUrl(name));
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe(type);
  expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
});

it.each(['/static/styles.css', '/static/styles.css?v=000000000000'])(
  '%s, which no page of this version names, is asked for each time',
  async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=0');
  },
);

it.each(['/static/..%2fcharts.tsx', '/static/%2e%2e%2flayout.tsx', '/static/none.css', '/static/', '/static/.env'])(
  '%s is not there',
  async (url) => {
    expect((await get(url)).statusCode).toBeGreaterThanOrEqual(400);
    expect((await get(url)).body).not.toContain('import');
  },
);
