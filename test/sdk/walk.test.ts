import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Quittance } from '../../sdk/src/index.js';
import { payOrder } from '../support/an-order.js';
import { insertManyOrders } from '../support/order-history.js';
import { testApp, type TestApp } from '../support/test-app.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let api: TestApp;
let key: string;
let client: Quittance;
beforeAll(async () => {
  api = await testApp();
  key = await api.newKey();
  client = new Quittance({ apiKey: key, baseUrl: await api.app.listen({ host: '127.0.0.1', port: 0 }) });
});
afterAll(() => api.close());

/** Places orders and pays every second one, and old ones too, until told to stop; answers what it made or paid. */
function keepSelling(open: readonly string[]): { stop(): Promise<string[]> } {
  let selling = true;
  const made: string[] = [];
  const work = (async () => {
    while (selling) {
      const { order_id } = await api.placed(key);
      await payOrder(api.deps.pool, order_id);
      const { order_id: unpaid } = await api.placed(key);
      const old = open[made.length];
      if (old) await payOrder(api.deps.pool, old);
      made.push(order_id, unpaid, ...(old ? [old] : []));
    }
  })();
  return {
    async stop() {
      selling = false;
      await work;
      return made;
    },
  };
}

describe('listAll over 10,000 orders while others are created and paid', () => {
  it('visits each paid order of before once, newest first, and none twice', async () => {
    const owner = { accountId: api.accountId, mode: 'live' } as const;
    const settled = await insertManyOrders(api.deps.pool, {
      ...owner,
      status: 'paid',
      count: 9_000,
      spanMs: 30 * dayMs,
    });
    // a shop that imports: a thousand orders of one millisecond, which only their ids tell apart
    const atOnce = await insertManyOrders(api.deps.pool, { ...owner, status: 'paid', count: 1_000, spanMs: 0 });
    const open = await insertManyOrders(api.deps.pool, { ...owner, status: 'pending', count: 500, spanMs: 30 * dayMs });

    const shop = keepSelling(open);
    const created_after = new Date(Date.now() - 31 * dayMs).toISOString();
    const seen: string[] = [];
    let last = '9999';
    for await (const order of client.cryptoOrders.listAll({ status: 'paid', created_after, limit: 100 })) {
      expect(order.status).toBe('paid');
      expect(order.created_at <= last).toBe(true);
      last = order.created_at;
      seen.push(order.order_id);
    }
    const made = new Set(await shop.stop());

    expect(made.size).toBeGreaterThan(50);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => !made.has(id)).sort()).toEqual([...settled, ...atOnce].sort());
  }, 120_000);

  it('visits only the hour it was asked for', async () => {
    const [after, before] = [10, 9].map((hours) => new Date(Date.now() - hours * hourMs).toISOString());
    const seen = new Set<string>();
    for await (const order of client.cryptoOrders.listAll({ created_after: after!, created_before: before! })) {
      expect(order.created_at >= after! && order.created_at < before!).toBe(true);
      seen.add(order.order_id);
    }
    expect(seen.size).toBeGreaterThan(10); // 9,500 orders in 720 hours
    expect(seen.size).toBeLessThan(16);
  });
});
