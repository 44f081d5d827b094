import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/api/app.js';
import type { App } from '../../src/api/deps.js';
import { isListed } from '../../src/api/plugins/admin-door.js';
import { startApi } from '../../src/api/wiring.js';
import { loadConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { testDatabase } from '../support/postgres.js';
import { testApp, type TestApp } from '../support/test-app.js';

const operators = ['/console', '/console/login', '/docs', '/docs/', '/openapi.json', '/v1/admin/crypto-orders'];

describe('of two addresses', () => {
  let api: TestApp;
  let open: App;
  let admin: App;
  beforeAll(async () => {
    api = await testApp({ settings: { adminAllow: ['192.0.2.0/24', '2001:db8::/32', '127.0.0.1'] } });
    open = await createApp(api.deps, 'public');
    admin = await createApp(api.deps, 'admin');
  });
  afterAll(async () => {
    await Promise.all([open.close(), admin.close()]);
    await api.close();
  });

  it.each([...operators, '/%63onsole', '/v1/%61dmin/crypto-orders', '/docs/static/index.html'])(
    'the public one does not know %s, with any method and key',
    async (url) => {
      const key = await api.newKey({ scopes: ['driftstack_internal_admin'], accountId: null });
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'] as const) {
        const answer = await open.inject({ method, url, headers: { authorization: `Bearer ${key}` } });
        expect([method, answer.statusCode]).toEqual([method, 404]);
      }
    },
  );

  it('the public one has all that is for others', async () => {
    expect((await open.inject('/healthz')).statusCode).toBe(200);
    expect((await open.inject('/v1/billing/crypto-orders')).statusCode).toBe(401);
    expect((await open.inject(`/pay/${'x'.repeat(32)}`)).headers['content-type']).toContain('text/html');
  });

  it.each(operators)('the other one has %s, for listed addresses alone', async (url) => {
    const listed = await admin.inject({ url, remoteAddress: '192.0.2.9' });
    expect([200, 302, 303, 401]).toContain(listed.statusCode);
    expect((await admin.inject({ url, remoteAddress: '198.51.100.1' })).statusCode).toBe(403);
  });

  it('the other one says to nobody unlisted whether a path is there', async () => {
    const answer = await admin.inject({ url: '/nowhere', remoteAddress: '198.51.100.1' });
    expect(answer.statusCode).toBe(403);
  });
});

describe('the list', () => {
  const list = ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'];
  it.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['192.0.2.1', true],
    ['::ffff:192.0.2.1', true],
    ['192.0.2.2', false],
    ['2001:db8:1::1', true],
    ['2001:db9::1', false],
    ['not an address', false],
    [undefined, false],
  ])('%s: %s', (address, expected) => expect(isListed(address, list)).toBe(expected));
});

describe('the settings', () => {
  const env = { DATABASE_URL: 'postgres://x@127.0.0.1/x', QUITTANCE_MASTER_KEY: randomBytes(32).toString('base64') };

  it('list addresses and networks, and only where there is a door', () => {
    const loaded = loadConfig({ ...env, ADMIN_PORT: '9090', ADMIN_ALLOW: '10.0.0.0/8, ::1' });
    expect([loaded.adminPort, loaded.adminAllow]).toEqual([9090, ['10.0.0.0/8', '::1']]);
    expect(() => loadConfig({ ...env, ADMIN_PORT: '9090', ADMIN_ALLOW: 'office' })).toThrow('ADMIN_ALLOW: expected');
    expect(() => loadConfig({ ...env, ADMIN_ALLOW: '::1' })).toThrow('ADMIN_ALLOW: guards');
  });

  it('open both addresses', async () => {
    const database = await testDatabase();
    const over = { DATABASE_URL: database.url, PORT: '0', ADMIN_PORT: '0' };
    const log = createLog({ name: 'test', level: 'silent' });
    const api = await startApi({ config: loadConfig({ ...env, ...over }), log, metrics: createMetrics() });
    const statusOf = async (base: string, path: string) => (await fetch(base + path)).status;
    expect(await statusOf(api.url, '/openapi.json')).toBe(404);
    expect(await statusOf(api.url, '/healthz')).toBe(200);
    expect(await statusOf(api.adminUrl ?? '', '/openapi.json')).toBe(200);
    await api.close();
    await database.drop();
  });
});
