import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IpnSecret } from '../../../src/api/deps.js';
import { testApp, type TestApp } from '../../support/test-app.js';

const live = (secret: string): IpnSecret => ({ secret, mode: 'live' });
let api: TestApp;
let remembered: readonly IpnSecret[];
let now: readonly IpnSecret[];

beforeAll(async () => {
  api = await testApp({ ipnSecrets: async (_account, { isFresh = false } = {}) => (isFresh ? now : remembered) });
});
afterAll(() => api.close());

async function sendTo(account: string, secret: string): Promise<number> {
  const payload = '{"payment_id":1,"payment_status":"waiting"}';
  const { statusCode } = await api.app.inject({
    method: 'POST',
    url: `/v1/webhooks/nowpayments/acc_${account}`,
    payload,
    headers: {
      'content-type': 'application/json',
      'x-nowpayments-sig': createHmac('sha512', secret).update(payload).digest('hex'),
    },
  });
  return statusCode;
}

it('an IPN signed with a secret that was set a moment ago counts, whatever this process remembers', async () => {
  const account = await api.newAccount();
  now = [live('new')];
  remembered = [live('old')];
  expect(await sendTo(account, 'new')).toBe(200);
  remembered = [];
  expect(await sendTo(account, 'new')).toBe(200);
  expect(await sendTo(account, 'old')).toBe(401);
});

it('without a secret, now as before, there is no such route', async () => {
  now = [];
  remembered = [];
  expect(await sendTo(await api.newAccount(), 'any')).toBe(404);
});
