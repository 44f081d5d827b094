import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Quittance } from '../../sdk/src/index.js';
import { insertManyOrders } from '../support/order-history.js';
import { testApp, type TestApp } from '../support/test-app.js';
import { fetchAsPrinted, runPrinted } from './printed-code.js';

const dayMs = 86_400_000;

let api: TestApp;
let apiUrl: string;
let key: string;
let paid: string[]; // in the last ten days, three pages of the raw loop
beforeAll(async () => {
  api = await testApp();
  apiUrl = await api.app.listen({ host: '127.0.0.1', port: 0 });
  key = await api.newKey();
  const owner = { accountId: api.accountId, mode: 'live' } as const;
  paid = await insertManyOrders(api.deps.pool, { ...owner, status: 'paid', count: 120, spanMs: 9 * dayMs });
  await insertManyOrders(api.deps.pool, { ...owner, status: 'pending', count: 30, spanMs: 9 * dayMs });
  const [older] = await insertManyOrders(api.deps.pool, { ...owner, status: 'paid', count: 1, spanMs: 30 * dayMs });
  const [inTest] = await insertManyOrders(api.deps.pool, {
    ...owner,
    mode: 'test',
    status: 'paid',
    count: 1,
    spanMs: 0,
  });
  expect([older, inTest]).not.toContain(undefined);
});
afterAll(() => api.close());

const lastReconcileTimestamp = () => new Date(Date.now() - 10 * dayMs);

/** The merchant's own table, keyed by (order_id, status) as the guide says. */
function merchantsTable() {
  const calls: string[] = [];
  const rows = new Set<string>();
  const ensureOrderPaid = async (orderId: string) => {
    calls.push(orderId);
    rows.add(`${orderId} paid`);
  };
  return { calls, rows, ensureOrderPaid };
}

describe('back-fill and reconciliation', () => {
  it('walks every paid order once, with the SDK code as printed', async () => {
    const table = merchantsTable();
    const client = new Quittance({ apiKey: key, baseUrl: apiUrl });
    await runPrinted('backfill-sdk', { lastReconcileTimestamp, client, db: table }, 'undefined');
    expect(table.calls).toHaveLength(120);
    expect([...table.calls].sort()).toEqual([...paid].sort());
  });

  it('walks the same orders with the fetch code as printed', async () => {
    const table = merchantsTable();
    const reconcile = async ({ order_id, status }: { order_id: string; status: string }) => {
      expect(status).toBe('paid');
      await table.ensureOrderPaid(order_id);
    };
    const since = lastReconcileTimestamp().toISOString();
    await runPrinted('backfill-fetch', { fetch: fetchAsPrinted({ apiUrl, key }), since, reconcile }, 'undefined');
    expect([...table.calls].sort()).toEqual([...paid].sort());
  });

  it('changes nothing when it runs again', async () => {
    const table = merchantsTable();
    const client = new Quittance({ apiKey: key, baseUrl: apiUrl });
    const scope = { lastReconcileTimestamp, client, db: table };
    await runPrinted('backfill-sdk', scope, 'undefined');
    await runPrinted('backfill-sdk', scope, 'undefined');
    expect(table.calls).toHaveLength(240);
    expect(table.rows.size).toBe(120);
  });

  it('takes the end of a range too', async () => {
    const client = new Quittance({ apiKey: key, baseUrl: apiUrl });
    const range = {
      created_after: new Date(Date.now() - 20 * dayMs).toISOString(),
      created_before: new Date(Date.now() - 5 * dayMs).toISOString(),
    };
    const found: string[] = [];
    for await (const { order_id } of client.cryptoOrders.listAll({ status: 'paid', ...range })) found.push(order_id);
    expect(found.length).toBeGreaterThan(40);
    expect(found.length).toBeLessThan(60);
  });
});
