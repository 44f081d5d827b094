import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptHistories, recordedHistory, versionUnderWay, writeHistory } from '../../scripts/record-history.js';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { insertManyOrders } from '../support/order-history.js';
import { startStack, type Stack } from '../support/stack.js';
import { startReceiver, type Receiver } from '../webhooks/receiver.js';

/** RECORD_HISTORIES=1 (`npm run histories:record`) keeps what is played here: every later version must replay it. */
const keep = process.env['RECORD_HISTORIES'] === '1';
const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));

let stack: Stack;
let receiver: Receiver;
let answerOf: (response: ServerResponse) => void = (response) => void response.writeHead(204).end();
const played: { name: string; workflowId: string; history: unknown }[] = [];

beforeAll(async () => {
  receiver = await startReceiver((response) => answerOf(response));
  stack = await startStack({
    env: {
      PAY_WINDOW: '15 seconds',
      PARTIAL_WINDOW: '8 seconds',
      POLL_GRACE: '5 seconds',
      RECONCILE_EVERY: '10 hours',
      WEBHOOK_ALLOW_TARGETS: receiver.target,
      WEBHOOK_RETRY_WAITS: '400 milliseconds,600 milliseconds,5 seconds,5 seconds,5 seconds',
    },
  });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await receiver?.close();
});

const get = async (orderId: string) => (await stack.live.call('GET', `/v1/billing/crypto-orders/${orderId}`)).body;

async function newOrder(): Promise<string> {
  const { body } = await stack.live.checkout();
  expect(body.payment_address, 'minted').toBeTypeOf('string');
  return body.order_id as string;
}

async function orderIs(orderId: string, status: string): Promise<void> {
  await eventually(async () => expect((await get(orderId)).status).toBe(status), { timeoutMs: 30_000 });
}

/** Waits for the end of the workflow's newest run and keeps its history. */
async function keepRun(name: string, workflowId: string): Promise<void> {
  const handle = stack.client.workflow.getHandle(workflowId);
  const { runId } = await eventually(
    async () => {
      const run = await handle.describe();
      expect(run.status.name).toMatch(/^(COMPLETED|CONTINUED_AS_NEW)$/);
      return run;
    },
    { timeoutMs: 30_000 },
  );
  const history = await stack.client.workflow.getHandle(workflowId, runId).fetchHistory();
  played.push({ name, workflowId, history: JSON.parse(recordedHistory(history)) });
  if (keep) writeHistory(name, history);
}

const keepOrder = (name: string, orderId: string) => keepRun(name, `crypto-order/${orderId}`);

describe('an order that', () => {
  it.concurrent('is paid at once', async () => {
    const id = await newOrder();
    await stack.sim('/pay', { order_id: id });
    await orderIs(id, 'paid');
    await keepOrder('order-paid', id);
  });

  it.concurrent('nobody pays, and then somebody does', async () => {
    const id = await newOrder();
    await orderIs(id, 'failed');
    await keepOrder('order-expired', id);
    await stack.sim('/pay', { order_id: id });
    await eventually(async () => expect((await get(id)).late_payments[0].provider_status).toBe('finished'));
    await keepOrder('order-late-second-run', id);
  });

  it.concurrent('its owner cancels', async () => {
    const id = await newOrder();
    await stack.live.call('POST', `/v1/billing/crypto-orders/${id}/cancel`);
    await keepOrder('order-cancelled', id);
  });

  it.concurrent('the poll finds', async () => {
    const id = await newOrder();
    await stack.sim('/pay', { order_id: id, ipn: 'drop' });
    await orderIs(id, 'paid');
    await keepOrder('order-found-by-poll', id);
  });

  it.concurrent('is paid in two parts', async () => {
    const id = await newOrder();
    await stack.sim('/scenarios/partial', { order_id: id });
    await orderIs(id, 'partial');
    await stack.sim('/scenarios/topup', { order_id: id });
    await orderIs(id, 'paid');
    await keepOrder('order-topped-up', id);
  });

  it.concurrent('is paid in part, ends so, and is honoured', async () => {
    const id = await newOrder();
    await stack.sim('/scenarios/partial', { order_id: id });
    await orderIs(id, 'failed');
    await keepOrder('order-partial-ended', id);
    const { body } = await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${id}`);
    const path = `/v1/admin/support-cases/${body.cases[0].id}/resolve`;
    expect((await stack.admin.call('POST', path, { action: 'honour', reason: 'a good customer' })).status).toBe(200);
    await orderIs(id, 'paid');
    await keepOrder('order-honoured', id);
  });
});

describe('a delivery that', () => {
  it('is refused, paused, resumed and accepted', async () => {
    const { body: endpoint } = await stack.live.call('POST', '/v1/webhooks', {
      url: `http://${receiver.target}/hook`,
      events: ['crypto.order.cancelled'],
    });
    answerOf = (response) => void response.writeHead(500).end('not now');
    const id = await newOrder();
    await stack.live.call('POST', `/v1/billing/crypto-orders/${id}/cancel`);
    const delivery = async () => {
      const { body } = await stack.live.call('GET', `/v1/webhooks/${endpoint.id}/deliveries`);
      return body.data[0];
    };
    await eventually(async () => expect((await delivery()).attempts).toBeGreaterThanOrEqual(2));
    const workflowId = `deliver-webhook/${(await delivery()).id.slice('wdl_'.length)}`;
    await stack.live.call('PATCH', `/v1/webhooks/${endpoint.id}`, { active: false });
    await keepRun('delivery-refused-paused', workflowId);
    await stack.live.call('PATCH', `/v1/webhooks/${endpoint.id}`, { active: true });
    const run = stack.client.workflow.getHandle(workflowId);
    await eventually(async () => expect((await run.describe()).status.name).toBe('RUNNING'));
    answerOf = (response) => void response.writeHead(204).end();
    await eventually(async () => expect((await delivery()).status).toBe('delivered'), { timeoutMs: 30_000 });
    await keepRun('delivery-resumed-accepted', workflowId);
  });
});

describe('reconcile', () => {
  it('over several pages', async () => {
    const { live, pool } = stack;
    await insertManyOrders(pool, { accountId: live.accountId, mode: 'live', status: 'pending', count: 220, spanMs: 0 });
    await pool.query(`update orders set provider = 'stub', opened_at = null, created_at = created_at - interval '1 minute',
      expires_at = now() + interval '1 hour' where pay_address is null`);
    const runId = randomUUID();
    await startReconcile(stack.client, { runId, dryRun: true, queues, clocks: stack.config.clocks });
    await keepRun('reconcile-pages', `reconcile/${runId}`);
  });
});

it('every history of this version replays on this version', async () => {
  const results = Worker.runReplayHistories({ workflowsPath }, played);
  const failures: string[] = [];
  let count = 0;
  for await (const { workflowId, error } of results) {
    count += 1;
    if (error) failures.push(`${workflowId}: ${error.message}`);
  }
  expect(failures).toEqual([]);
  const kept = readdirSync(join(keptHistories, versionUnderWay))
    .map((file) => file.replace('.json', ''))
    .sort();
  expect(played.map(({ name }) => name).sort()).toEqual(kept);
  expect(count).toBe(kept.length);
});
