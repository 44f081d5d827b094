import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/dev/ports.js';
import { startApi, type RunningApi } from '../../src/api/wiring.js';
import { loadConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
let second: RunningApi;
beforeAll(async () => {
  stack = await startStack();
  const config = loadConfig({ ...stack.env, PORT: String(await freePort()) });
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = stack.env;
  const log = createLog({ name: 'second', level: 'silent' });
  second = await startApi({ config, log, metrics: createMetrics(), temporal: { address, namespace } });
}, 120_000);
afterAll(async () => {
  await second?.close();
  await stack?.close();
});

interface Checkout {
  readonly order_id: string;
  readonly payment_address: string | null;
}

async function checkoutAt(url: string, key: string): Promise<{ status: number; replayed: boolean; body: Checkout }> {
  const response = await fetch(`${url}/v1/billing/crypto-checkout`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stack.live.key}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify({ product: 'team_manual', price_cents: 4900, price_currency: 'USD' }),
  });
  const replayed = response.headers.get('idempotent-replayed') === '1';
  return { status: response.status, replayed, body: (await response.json()) as Checkout };
}

describe('20 calls at once with one key, at two APIs', () => {
  it.each(['first-key', 'second-key', 'third-key'])('%s: one order, one payment in the ledger', async (key) => {
    const urls = Array.from({ length: 20 }, (_each, index) => (index % 2 === 0 ? stack.apiUrl : second.url));
    const answers = await Promise.all(urls.map((url) => checkoutAt(url, key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const [orderId, ...otherOrders] = new Set(answers.map(({ body }) => body.order_id));
    const addresses = new Set(answers.map(({ body }) => body.payment_address));
    expect([otherOrders, addresses.size, addresses.has(null)]).toEqual([[], 1, false]);
    const { payments } = await stack.sim<{ payments: unknown[] }>(`/payments?order_id=${orderId}`);
    expect(payments).toHaveLength(1);
  });

  it('three keys, three orders, and every invariant', async () => {
    const { rows } = await stack.pool.query('select count(*) as orders from orders');
    expect(rows).toEqual([{ orders: 3 }]);
    await expectInvariants(stack);
  });
});
