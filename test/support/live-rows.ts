import { anUnusualOrder } from './a-case.js';
import { anEndpoint, someDeliveries } from './an-endpoint.js';
import type { TestApp } from './test-app.js';

/** Public ids of live rows: an order with its case, a dead letter, a key, and whose they are. */
export interface LiveRows {
  readonly order: string;
  readonly caseId: string;
  readonly delivery: string;
  readonly key: string;
  readonly account: string;
}

export async function liveRows(api: TestApp): Promise<LiveRows> {
  const key = await api.newKey();
  await anEndpoint(api, key);
  const { orderId, caseId } = await anUnusualOrder(api, key);
  await api.placed(key); // pending
  const [delivery = ''] = await someDeliveries(api.deps.pool, { accountId: api.accountId });
  const { rows } = await api.deps.pool.query<{ id: string }>('select id from api_keys where prefix = $1', [
    key.slice(0, 16),
  ]);
  const [{ id } = { id: '' }] = rows;
  return { order: orderId, caseId, delivery, key: `key_${id}`, account: `acc_${api.accountId}` };
}
