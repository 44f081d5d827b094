import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../src/db/pool.js';
import { version } from '../../src/version.js';
import { guideBody, testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

describe('health', () => {
  it('is alive without a key', async () => {
    const answer = await api.app.inject('/healthz');
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok', version }]);
  });

  it('is ready while database and Temporal answer, else 503 that says which', async () => {
    const ready = await api.app.inject('/readyz');
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({ status: 'ready', checks: { database: 'ok', temporal: 'ok' } });
    api.runs.isAway = true;
    const away = await api.app.inject('/readyz');
    api.runs.isAway = false;
    expect(away.statusCode).toBe(503);
    expect(away.json()).toEqual({ status: 'not_ready', checks: { database: 'ok', temporal: 'failed' } });
  });
});

describe('while PostgreSQL is away', () => {
  it('the process lives; calls and IPNs get 503 with retry-after, never 2xx', async () => {
    const pool = createPool({ url: 'postgres://x@127.0.0.1:1/x', applicationName: 'test', onError: () => {} });
    const secrets = [{ secret: 's', mode: 'live' as const }];
    const lost = await testApp({ pool, ipnSecrets: async () => secrets });
    const key = await api.newKey();
    expect((await lost.app.inject('/healthz')).statusCode).toBe(200);
    expect((await lost.app.inject('/readyz')).json().checks.database).toBe('failed');
    for (const method of ['GET', 'POST'] as const) {
      const url = method === 'GET' ? '/v1/billing/crypto-orders' : '/v1/billing/crypto-checkout';
      const answer = await lost.call(key, method, url, method === 'POST' ? { body: guideBody } : {});
      expect(answer.json()).toMatchObject({
        status: 503,
        type: 'https://errors.driftstack.dev/feature-unavailable',
      });
      expect(answer.headers['retry-after']).toBe('2');
    }
    await lost.app.close();
    await pool.end();
  });
});

describe('the reference', () => {
  it('describes every customer route', async () => {
    const answer = await api.app.inject('/openapi.json');
    expect(answer.statusCode).toBe(200);
    const paths = Object.keys(answer.json().paths);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/v1/billing/crypto-checkout',
        '/v1/billing/crypto-checkout/quote',
        '/v1/billing/crypto-orders',
        '/v1/billing/crypto-orders/{order_id}',
        '/v1/billing/crypto-orders/{order_id}/cancel',
        '/v1/billing/crypto-orders/{order_id}/receipt',
        '/v1/webhooks/nowpayments',
      ]),
    );
    const order = answer.json().components.schemas.Order ?? answer.json().components.schemas.OrderInput;
    expect(order.properties.pay_amount).toBeDefined();
  });

  it('has a page', async () => {
    expect((await api.app.inject('/docs/')).statusCode).toBe(200);
  });
});
