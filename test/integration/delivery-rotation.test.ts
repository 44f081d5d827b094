import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layAside } from '../../src/db/deliveries/deliveries.js';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { anEvent } from '../support/an-endpoint.js';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { accept, signatureOf, signersOf, startHooks, type Hooks } from '../support/hooks.js';
import { startStack, type Stack } from '../support/stack.js';

let hooks: Hooks;
let stack: Stack;
beforeAll(async () => {
  hooks = await startHooks();
  stack = await startStack({ env: { WEBHOOK_ALLOW_TARGETS: hooks.target, RECONCILE_EVERY: '1 hour' } });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
});

const uuidOf = ({ id }: { id: string }) => id.slice('whk_'.length);

describe('a rotation', () => {
  it('signs with both secrets until the grace ends, then with the new one (example 50)', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('rotated');
    const endpoint = await shop.endpoint(hook.url);
    const { body: rotated } = await shop.call('POST', `/v1/webhooks/${endpoint.id}/rotate-secret`);
    const [old, fresh] = [endpoint.secret, rotated['secret']];
    await anEvent(stack.pool, { accountId: shop.accountId });
    await eventually(() => expect(hook.received).toHaveLength(1));
    expect(signatureOf(hook.received[0]!).v1).toHaveLength(2);
    expect(signersOf(hook.received[0]!, [old, fresh])).toEqual({ contract: [old, fresh], standard: [old, fresh] });

    await stack.pool.query(
      `update webhook_endpoints set rotation_grace_expires_at = now() - interval '1 second' where id = $1`,
      [uuidOf(endpoint)],
    );
    await anEvent(stack.pool, { accountId: shop.accountId });
    await eventually(() => expect(hook.received).toHaveLength(2));
    expect(signatureOf(hook.received[1]!).v1).toHaveLength(1);
    expect(signersOf(hook.received[1]!, [old, fresh])).toEqual({ contract: [fresh], standard: [fresh] });
  });

  it('during traffic loses nothing: whoever knows only one of the secrets verifies every delivery', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('rotated-under-way', accept);
    const endpoint = await shop.endpoint(hook.url);
    const events: string[] = [];
    let rotated: Record<string, string> = {};
    for (let n = 0; n < 120; n += 1) {
      events.push(await anEvent(stack.pool, { accountId: shop.accountId }));
      if (n === 40) rotated = (await shop.call('POST', `/v1/webhooks/${endpoint.id}/rotate-secret`)).body;
      if (n === 80) rotated = (await shop.call('POST', `/v1/webhooks/${endpoint.id}/rotate-secret`)).body;
    }
    await eventually(() => expect(hook.received).toHaveLength(120), { timeoutMs: 30_000 });
    const ids = hook.received.map(({ headers }) => headers['webhook-id']);
    expect([...ids].sort()).toEqual([...events].sort());
    // The receiver that has not changed anything yet verifies all of them, by both forms.
    for (const request of hook.received)
      expect(signersOf(request, [endpoint.secret])).toEqual({
        contract: [endpoint.secret],
        standard: [endpoint.secret],
      });
    // Once the second rotation was answered, its secret signs too.
    await anEvent(stack.pool, { accountId: shop.accountId });
    await eventually(() => expect(hook.received).toHaveLength(121));
    expect(signersOf(hook.received[120]!, [rotated['secret']!]).contract).toEqual([rotated['secret']]);
  });
});

describe('an event that crosses a change of its endpoint', () => {
  const statusOf = async (endpoint: { id: string }) => {
    const sql = 'select status, last_error from deliveries where endpoint_id = $1';
    return (await stack.pool.query(sql, [uuidOf(endpoint)])).rows;
  };
  async function reconcile(): Promise<void> {
    const runId = crypto.randomUUID();
    await startReconcile(stack.client, { runId, dryRun: false, queues, clocks: stack.config.clocks });
    await stack.client.workflow.getHandle(`reconcile/${runId}`).result();
  }

  it('is found by reconcile: buried for a deleted endpoint, delivered to a resumed one', async () => {
    const shop = await openShop(stack);
    const hook = hooks.at('crossed');
    const [deleted, resumed] = [await shop.endpoint(hook.url), await shop.endpoint(hook.url)];
    await shop.change(resumed, { active: false });
    const connection = await stack.pool.connect();
    try {
      await connection.query('begin');
      await anEvent(connection, { accountId: shop.accountId }); // sees the one alive and the other paused
      await shop.call('DELETE', `/v1/webhooks/${deleted.id}`);
      await shop.change(resumed, { active: true });
      await connection.query('commit');
    } finally {
      connection.release();
    }
    expect(await statusOf(deleted)).toEqual([{ status: 'pending', last_error: null }]);
    expect(await statusOf(resumed)).toEqual([{ status: 'pending', last_error: null }]);
    await reconcile();
    expect(await statusOf(deleted)).toEqual([{ status: 'dlq', last_error: 'endpoint disabled' }]);
    await eventually(async () => expect(await statusOf(resumed)).toMatchObject([{ status: 'delivered' }]));
    expect(hook.received).toHaveLength(1);
    expect(await layAside(stack.pool, uuidOf(resumed))).toBe(0); // in service: nothing of it is laid aside
  });
});
