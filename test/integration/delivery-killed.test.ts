import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { accept, blackHole, signersOf, startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';
import { startWorkerProcess } from '../support/worker-process.js';

let hooks: Hooks;
let stack: Stack;
beforeAll(async () => {
  hooks = await startHooks();
  stack = await startStack({
    withoutWorker: true,
    env: {
      WEBHOOK_ALLOW_TARGETS: hooks.target,
      WEBHOOK_RETRY_WAITS: '100 milliseconds,100 milliseconds',
      RECONCILE_EVERY: '1 hour',
    },
  });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
});

/** A minute passes: the claims of a worker that is gone end. */
const endClaims = () => stack.pool.query(`update deliveries set claimed_until = now() where status = 'in_flight'`);

describe('a worker killed while deliveries are on the wire', () => {
  it('leaves them to the next one: same event id, same bytes, delivered', async () => {
    const shop = await openShop(stack);
    const first = hooks.at('first-attempt', blackHole);
    const retry = hooks.at('retry', (response, attempt) => void (attempt === 1 && response.writeHead(500).end()));
    const endpoints = [await shop.endpoint(first.url), await shop.endpoint(retry.url)];
    const doomed = await startWorkerProcess(stack.env);
    await shop.paidOrder();
    await eventually(() => expect([first.received.length, retry.received.length]).toEqual([1, 2]), {
      timeoutMs: 30_000,
    });
    await doomed.kill();
    for (const endpoint of endpoints) await shop.delivery(endpoint, { status: 'in_flight' });

    first.answer = accept;
    retry.answer = accept;
    await endClaims();
    const next = await startWorkerProcess(stack.env);
    try {
      await eventually(
        async () => {
          for (const endpoint of endpoints)
            expect(await shop.deliveries(endpoint)).toMatchObject([{ status: 'delivered', last_response_status: 204 }]);
        },
        { timeoutMs: 90_000 },
      );
    } finally {
      await next.stop();
    }
    for (const [n, hook] of [first, retry].entries()) {
      expect(new Set(hook.received.map(({ body }) => body)).size).toBe(1);
      expect(new Set(hook.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      const { secret } = endpoints[n]!;
      for (const request of hook.received)
        expect(signersOf(request, [secret])).toEqual({ contract: [secret], standard: [secret] });
    }
    expect([first.received.length, retry.received.length]).toEqual([2, 3]);
    const { rows } = await stack.pool.query('select 1 from outgoing_events where published_at is null');
    expect(rows).toEqual([]);
  }, 180_000);
});
