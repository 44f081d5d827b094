import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { revokeApiKey } from '../../../src/db/accounts/api-keys.js';
import { checkUrl, unreachable } from '../../../src/webhooks/destination.js';
import { testApp, type TestApp } from '../../support/test-app.js';

export const canary = 'c4nary-that-no-log-may-hold';

/** What bad input is about: a listening API, keys of all kinds, an order, a cursor of somebody else. */
export interface World {
  readonly api: TestApp;
  readonly port: number;
  readonly key: string;
  readonly readKey: string;
  readonly testKey: string;
  readonly revokedKey: string;
  readonly adminKey: string;
  readonly order: string;
  readonly payment: string;
  readonly cursor: string; // of the second account
}

export const ipnSecret = 'the secret of the provider';
export const signed = (text: string, secret = ipnSecret) => createHmac('sha512', secret).update(text).digest('hex');

export async function makeWorld(): Promise<World> {
  const api = await testApp({
    ipnSecrets: async (accountId) => (accountId === null ? [{ secret: ipnSecret, mode: 'live' }] : []),
    webhookTarget: async (url) =>
      checkUrl(url, { allowTargets: [], ownHosts: ['api.quittance.dev'] }).kind === 'ok' ? null : unreachable,
  });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const key = await api.newKey();
  const other = await api.newKey({ accountId: await api.newAccount() });
  for (let count = 0; count < 2; count += 1) await api.placed(other);
  const { order_id: order } = await api.placed(key);
  const { payment_id: payment } = (await api.call(key, 'GET', `/v1/billing/crypto-orders/${order}`)).json();
  const { next_cursor: cursor } = (await api.call(other, 'GET', '/v1/billing/crypto-orders?limit=1')).json();
  return {
    api,
    port: (api.app.server.address() as AddressInfo).port,
    key,
    readKey: await api.newKey({ scopes: ['read'] }),
    testKey: await api.newKey({ mode: 'test' }),
    revokedKey: await revoked(api),
    adminKey: await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] }),
    order,
    payment,
    cursor,
  };
}

async function revoked(api: TestApp): Promise<string> {
  const key = await api.newKey();
  const { rows } = await api.deps.pool.query('select id from api_keys where prefix = $1', [key.slice(0, 16)]);
  await revokeApiKey(api.deps.pool, rows[0].id);
  return key;
}
