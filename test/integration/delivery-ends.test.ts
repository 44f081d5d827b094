import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layAside } from '../../src/db/deliveries/deliveries.js';
import { markEndpointDeleted } from '../../src/db/deliveries/webhook-endpoints.js';
import { inTransaction } from '../../src/db/query.js';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { anEvent } from '../support/an-endpoint.js';
import { openShop, type Endpoint, type Shop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { answering, blackHole, startHooks, type Hook, type Hooks } from '../support/hooks.js';
import { noRow } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';
import { startWorkerProcess } from '../support/worker-process.js';

// However an endpoint and an attempt cross, the delivery ends, and so does its run.

let hooks: Hooks;
let stack: Stack;
beforeAll(async () => {
  hooks = await startHooks();
  stack = await startStack({
    env: {
      WEBHOOK_ALLOW_TARGETS: hooks.target,
      WEBHOOK_RETRY_WAITS: '1 hour,1 hour',
      RECONCILE_EVERY: '1 hour',
    },
  });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
});

const uuidOf = ({ id }: { id: string }) => id.slice('whk_'.length);
const runOf = (deliveryId: string) =>
  stack.client.workflow.getHandle(`deliver-webhook/${deliveryId.slice('wdl_'.length)}`);

/** A hook that answers when told to. */
function onHold(name: string): { hook: Hook; answer: (status: number) => void } {
  let answer: (status: number) => void = () => {};
  const hook = hooks.at(name, (response) => {
    answer = (status) => void response.writeHead(status).end();
  });
  return { hook, answer: (status) => answer(status) };
}

/** One delivery of a new endpoint, on the wire. */
async function onTheWire(shop: Shop, hook: Hook): Promise<Endpoint> {
  const endpoint = await shop.endpoint(hook.url);
  await anEvent(stack.pool, { accountId: shop.accountId });
  await eventually(() => expect(hook.received).toHaveLength(1));
  await shop.delivery(endpoint, { status: 'in_flight' });
  return endpoint;
}

async function reconcile(): Promise<void> {
  const runId = crypto.randomUUID();
  await startReconcile(stack.client, { runId, dryRun: false, queues, clocks: stack.config.clocks });
  await stack.client.workflow.getHandle(`reconcile/${runId}`).result();
}

describe('an endpoint that is deleted while an attempt is on the wire', () => {
  it('and refuses it: the delivery is dead, and keeps the answer', async () => {
    const shop = await openShop(stack);
    const { hook, answer } = onHold('deleted-refuses');
    const endpoint = await onTheWire(shop, hook);
    await shop.call('DELETE', `/v1/webhooks/${endpoint.id}`);
    await shop.delivery(endpoint, { status: 'in_flight' });
    answer(500);
    await shop.delivery(endpoint, { status: 'dlq', attempts: 1, last_response_status: 500, next_attempt_at: null });
  });

  it('and accepts it: it is delivered', async () => {
    const shop = await openShop(stack);
    const { hook, answer } = onHold('deleted-accepts');
    const endpoint = await onTheWire(shop, hook);
    await shop.call('DELETE', `/v1/webhooks/${endpoint.id}`);
    answer(204);
    await shop.delivery(endpoint, { status: 'delivered', attempts: 1, last_response_status: 204 });
  });

  it('in the very moment of the record: the record waits for the deletion, and sees it', async () => {
    const shop = await openShop(stack);
    const { hook, answer } = onHold('deleted-under-the-record');
    const endpoint = await onTheWire(shop, hook);
    await inTransaction(stack.pool, async (db) => {
      await markEndpointDeleted(db, uuidOf(endpoint));
      await layAside(db, uuidOf(endpoint));
      answer(500);
      await eventually(async () => {
        const { rows } = await stack.pool.query(
          `select 1 from pg_stat_activity where application_name like 'quittance-worker%' and wait_event_type = 'Lock'
           and query like '%webhook_endpoints%' and datname = current_database()`,
        );
        expect(rows).toHaveLength(1);
      });
    });
    await shop.delivery(endpoint, { status: 'dlq', attempts: 1, last_response_status: 500, last_error: 'HTTP 500' });
  });
});

describe('an endpoint that is deleted after the record of a refusal', () => {
  it('ends what waits, and the run that follows it', async () => {
    const shop = await openShop(stack);
    const endpoint = await shop.endpoint(hooks.at('deleted-after', answering(500)).url);
    await anEvent(stack.pool, { accountId: shop.accountId });
    const { id } = await shop.delivery(endpoint, { status: 'pending', attempts: 1 });
    await eventually(async () => expect((await runOf(id).describe()).status.name).toBe('RUNNING'));
    await shop.call('DELETE', `/v1/webhooks/${endpoint.id}`);
    await shop.delivery(endpoint, { status: 'dlq', attempts: 1 });
    expect(await runOf(id).result()).toBe('dlq');
  });

  it('ends one that was paused, whose run had ended', async () => {
    const shop = await openShop(stack);
    const endpoint = await shop.endpoint(hooks.at('paused-then-deleted', answering(500)).url);
    await anEvent(stack.pool, { accountId: shop.accountId });
    const { id } = await shop.delivery(endpoint, { status: 'pending', attempts: 1 });
    await shop.change(endpoint, { active: false });
    expect(await runOf(id).result()).toBe('paused');
    await shop.call('DELETE', `/v1/webhooks/${endpoint.id}`);
    await shop.delivery(endpoint, { status: 'dlq', attempts: 1 });
  });
});

describe('an endpoint that answers 410 to one of two attempts', () => {
  it('ends the other by its own answer', async () => {
    const shop = await openShop(stack);
    let refuse: () => void = () => {};
    const hook = hooks.at('gone-beside', (response, attempt) => {
      if (attempt === 1) refuse = () => void response.writeHead(500).end();
      else response.writeHead(410).end();
    });
    const endpoint = await onTheWire(shop, hook);
    await anEvent(stack.pool, { accountId: shop.accountId });
    const statuses = async () => (await shop.deliveries(endpoint)).map(({ status }) => status).sort();
    await eventually(async () => expect(await statuses()).toEqual(['dlq', 'in_flight']));
    refuse();
    await eventually(async () => expect(await statuses()).toEqual(['dlq', 'dlq']));
  });
});

describe('a worker killed with attempts on the wire, whose endpoints are then taken out of service', () => {
  it('leaves them to reconcile: dead for a deleted endpoint, waiting for a paused one', async () => {
    const shop = await openShop(stack);
    const hole = hooks.at('killed', blackHole);
    await stack.stopWorker();
    const doomed = await startWorkerProcess(stack.env);
    const deleted = await shop.endpoint(hole.url);
    const paused = await shop.endpoint(hole.url);
    await anEvent(stack.pool, { accountId: shop.accountId });
    await eventually(() => expect(hole.received).toHaveLength(2), { timeoutMs: 30_000 });
    await doomed.kill();
    await shop.call('DELETE', `/v1/webhooks/${deleted.id}`);
    await shop.change(paused, { active: false });
    await stack.startWorker();
    await reconcile(); // the claims are not over: somebody may still answer for them
    for (const endpoint of [deleted, paused]) await shop.delivery(endpoint, { status: 'in_flight' });

    await stack.pool.query(
      `update deliveries set claimed_until = now() - interval '11 minutes' where status = 'in_flight'`,
    );
    await stack.pool.query(`update webhook_endpoints set disabled_at = disabled_at - interval '11 minutes'`);
    const forever = noRow['I7 nothing is left to an endpoint that is disabled']!;
    expect((await stack.pool.query(forever)).rows).toHaveLength(1);
    await reconcile();
    await shop.delivery(deleted, { status: 'dlq', attempts: 1, last_error: 'endpoint disabled' });
    await shop.delivery(paused, { status: 'pending', attempts: 1 });
    expect((await stack.pool.query(forever)).rows).toEqual([]);

    hole.answer = (response) => response.writeHead(204).end();
    await shop.change(paused, { active: true });
    await shop.delivery(paused, { status: 'delivered', attempts: 2 });
  }, 120_000);
});
