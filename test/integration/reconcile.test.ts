import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queues } from '../../src/workflows/messages.js';
import type { reconcileWorkflow } from '../../src/workflows/reconcile.js';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

type Answer = Awaited<ReturnType<Stack['live']['call']>>['body'];

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

interface RunRow {
  readonly examined: Record<string, number>;
  readonly repaired: Record<string, number>;
}

/** Runs reconcile now, to its end. */
async function reconcile(dryRun = false): Promise<RunRow> {
  const runId = randomUUID();
  await startReconcile(stack.client, { runId, dryRun, queues, clocks: stack.config.clocks });
  await stack.client.workflow.getHandle<typeof reconcileWorkflow>(`reconcile/${runId}`).result();
  const { rows } = await stack.pool.query('select examined, repaired, finished_at from reconcile_runs where id = $1', [
    runId,
  ]);
  expect(rows[0].finished_at).toBeTruthy();
  return rows[0];
}

/** Lets time pass for one order: all its instants move into the past. */
async function age(orderId: string, interval: string): Promise<void> {
  await stack.pool.query(
    `update orders set created_at = created_at - $2::interval, provider_checked_at = provider_checked_at - $2::interval,
       closed_at = closed_at - $2::interval where id = $1`,
    [orderId, interval],
  );
}

async function expectStatus(orderId: string, status: string): Promise<Answer> {
  return eventually(async () => {
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${orderId}`);
    expect(body.status).toBe(status);
    return body;
  });
}

/** Waits until every IPN of the order is handled and its run is over. */
async function restingRun(orderId: string): Promise<void> {
  await eventually(async () => {
    const { rows } = await stack.pool.query(
      `select count(*) as n from provider_events where order_id = $1 and handled_at is null`,
      [orderId],
    );
    expect(rows[0].n).toBe(0);
    const run = await stack.client.workflow.getHandle(`crypto-order/${orderId}`).describe();
    expect(run.status.name).toBe('COMPLETED');
  });
}

async function casesOf(orderId: string): Promise<{ kind: string }[]> {
  const { rows } = await stack.pool.query('select kind from support_cases where order_id = $1', [orderId]);
  return rows;
}

describe('reconcile repairs', () => {
  it('an order row whose workflow never started', async () => {
    const { body: order } = await stack.live.checkout();
    const handle = stack.client.workflow.getHandle(`crypto-order/${order.order_id}`);
    await handle.terminate('as if the API had died before the start');
    await stack.pool.query(
      `update orders set opened_at = null, created_at = created_at - interval '1 minute' where id = $1`,
      [order.order_id],
    );
    expect((await reconcile(true)).examined.unstarted_orders).toBe(1);
    expect((await reconcile()).repaired.unstarted_orders).toBe(1);
    await eventually(async () => expect((await handle.describe()).status.name).toBe('RUNNING'));
    await stack.sim('/pay', { order_id: order.order_id });
    await expectStatus(order.order_id, 'paid');
  });

  it('a payment that finished at the provider while no IPN came', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id, ipn: 'drop' });
    await age(order.order_id, '40 minutes');
    await eventually(async () => {
      await reconcile();
      const paid = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
      expect(paid.body.status).toBe('paid');
      expect(paid.body.events.at(-1).source).toBe('reconcile');
    });
  });

  it('a cancellation reads first: coins on the chain are applied, and it is refused', async () => {
    const { body: order } = await stack.live.checkout();
    const path = `/v1/billing/crypto-orders/${order.order_id}`;
    await stack.sim('/pay', { order_id: order.order_id, then: ['confirming'], ipn: 'drop' });
    await eventually(async () => {
      const { payments } = await stack.sim<{ payments: { payment_status: string }[] }>(
        `/payments?order_id=${order.order_id}`,
      );
      expect(payments).toMatchObject([{ payment_status: 'confirming' }]);
    });
    const refused = await stack.live.call('POST', `${path}/cancel`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('confirming')]);
    expect((await stack.live.call('GET', path)).body).toMatchObject({ status: 'confirming', next_action: 'wait' });
    await stack.sim('/pay', { order_id: order.order_id, then: ['finished'] });
  });

  it('a cancellation goes ahead while the provider is away, and reconcile finds the coins', async () => {
    const { body: order } = await stack.live.checkout();
    const path = `/v1/billing/crypto-orders/${order.order_id}`;
    await stack.sim('/pay', { order_id: order.order_id, ipn: 'drop' });
    await stack.sim('/faults', {
      endpoint: 'GET /payment/:id',
      fault: 'hang',
      match: { order_id: order.order_id },
    });
    expect((await stack.live.call('POST', `${path}/cancel`)).body).toMatchObject({ status: 'cancelled' });
    await stack.sim('/faults', undefined, 'DELETE');
    await age(order.order_id, '1 hour');
    await eventually(async () => {
      await reconcile();
      await age(order.order_id, '1 hour');
      expect(await casesOf(order.order_id)).toMatchObject([{ kind: 'late_payment' }]);
    });
  });

  it('late money on a cancelled order within the late watch', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.live.call('POST', `/v1/billing/crypto-orders/${order.order_id}/cancel`);
    await stack.sim('/pay', { order_id: order.order_id, ipn: 'drop' });
    await age(order.order_id, '1 hour');
    await eventually(async () => {
      await reconcile();
      await age(order.order_id, '1 hour');
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
      expect(body.late_payments).toHaveLength(1);
      expect(body.late_payments[0].provider_status).toBe('finished');
    });
  });

  it('a refund of a paid order of which no IPN came', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id });
    await expectStatus(order.order_id, 'paid');
    await restingRun(order.order_id);
    await stack.sim('/scenarios/refund', { order_id: order.order_id, ipn: 'drop' });
    await age(order.order_id, '3 hours');
    await eventually(async () => {
      await reconcile();
      expect(await casesOf(order.order_id)).toMatchObject([{ kind: 'refunded' }]);
    });
    const { rows } = await stack.pool.query(
      'select withdrawn_at is not null as gone from entitlements where order_id = $1',
      [order.order_id],
    );
    expect(rows).toEqual([{ gone: true }]);
  });

  it('a second payment of a paid order of which no IPN came', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id });
    await expectStatus(order.order_id, 'paid');
    await restingRun(order.order_id);
    await stack.sim('/pay', { order_id: order.order_id, ipn: 'drop' });
    await age(order.order_id, '3 hours');
    await eventually(async () => {
      await reconcile();
      await age(order.order_id, '3 hours');
      expect(await casesOf(order.order_id)).toMatchObject([{ kind: 'second_payment' }]);
    });
  });

  it('coins for an orphan on record of which no IPN came', async () => {
    const { body: order } = await stack.live.checkout();
    const minted = await fetch(`${stack.simulator.url}/v1/payment`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'sim-live-key' },
      body: JSON.stringify({
        price_amount: 49,
        price_currency: 'usd',
        pay_currency: 'usdttrc20',
        order_id: order.order_id,
        ipn_callback_url: `${stack.apiUrl}/v1/webhooks/nowpayments`,
      }),
    });
    const { payment_id: orphan } = (await minted.json()) as { payment_id: string };
    await stack.sim('/pay', { payment_id: orphan, then: ['confirming'] });
    await eventually(async () => {
      const { rows } = await stack.pool.query('select role from payments where payment_id = $1', [orphan]);
      expect(rows).toEqual([{ role: 'orphan' }]);
    });
    await stack.live.call('POST', `/v1/billing/crypto-orders/${order.order_id}/cancel`);
    await stack.sim('/pay', { payment_id: orphan, amount: '7', ipn: 'drop' });
    await age(order.order_id, '1 hour');
    await eventually(async () => {
      await reconcile();
      await age(order.order_id, '1 hour');
      const { rows } = await stack.pool.query(
        `select role, arrived, unapplied from payments where order_id = $1 and role <> 'bound' order by first_seen_at`,
        [order.order_id],
      );
      expect(rows).toEqual([
        { role: 'orphan', arrived: '49.024513', unapplied: '49.024513' },
        { role: 'orphan', arrived: '7', unapplied: '7' },
      ]);
    });
  });

  it('an inbox row that was never relayed, and one that was relayed and never handled', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.stopWorker();
    await stack.sim('/pay', { order_id: order.order_id });
    await eventually(async () => {
      const { rows } = await stack.pool.query(
        'select count(*) as n from provider_events where order_id = $1 and relayed_at is not null',
        [order.order_id],
      );
      expect(rows[0].n).toBeGreaterThanOrEqual(4);
    });
    // As if the signals had been lost with Temporal's data: the run is gone, the inbox is not.
    await stack.client.workflow.getHandle(`crypto-order/${order.order_id}`).terminate('lost');
    await stack.pool.query(
      `update provider_events set next_relay_at = now() where order_id = $1 and handled_at is null`,
      [order.order_id],
    );
    await stack.startWorker();
    await expectStatus(order.order_id, 'paid');
  });

  it('a paid order whose event was not published', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/pay', { order_id: order.order_id });
    await expectStatus(order.order_id, 'paid');
    await restingRun(order.order_id); // whatever else would publish is done
    await stack.pool.query(
      `update outgoing_events set published_at = null, created_at = created_at - interval '1 minute' where order_id = $1`,
      [order.order_id],
    );
    expect((await reconcile()).repaired.unpublished_events).toBeGreaterThanOrEqual(1);
    const { rows } = await stack.pool.query(
      'select count(*) as n from outgoing_events where order_id = $1 and published_at is null',
      [order.order_id],
    );
    expect(rows[0].n).toBe(0);
  });

  it('nothing twice: a second run finds the same orders well', async () => {
    await reconcile();
    const { repaired } = await reconcile();
    expect(repaired).toMatchObject({ unstarted_orders: 0, open_orders: 0, unpublished_events: 0 });
  });

  it('and keeps every invariant', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});
