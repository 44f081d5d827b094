import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(() => stack?.close());

it('an outage of the provider does not use up the mints of a day: afterwards the merchant sells on', async () => {
  await stack.pool.query(`update accounts set settings = settings || '{"max_mints_24h": 2}' where id = $1`, [
    stack.live.accountId,
  ]);
  // A 429 means that nothing was made. Three of them, and only two mints are allowed.
  const fault = { endpoint: 'POST /payment', fault: 'http_429', retry_after: 1, times: 3 };
  await stack.sim('/faults', fault);
  const { body: waiting } = await stack.live.checkout();
  await eventually(
    async () => {
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${waiting.order_id}`);
      expect(body.payment_address).toMatch(/^T/);
    },
    { timeoutMs: 60_000 },
  );
  const { rows } = await stack.pool.query<{ outcome: string; count: number }>(
    'select outcome, count(*)::integer as count from mint_intents group by outcome order by outcome',
  );
  // The second try of an opening comes right after its first one, and finds that the provider wants no call yet.
  expect(rows).toEqual([
    { outcome: 'bound', count: 1 },
    { outcome: 'not_sent', count: expect.any(Number) },
  ]);
  expect(rows[1]!.count).toBeGreaterThanOrEqual(3);
  expect((await stack.live.checkout()).status).toBe(201);
  expect((await stack.live.checkout()).body).toMatchObject({ status: 409, field: 'payment_id', limit: 2 });
}, 90_000);
