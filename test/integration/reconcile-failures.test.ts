import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcilePage, type ReconcileDependencies } from '../../src/activities/reconcile/reconcile-page.js';
import { databaseNow } from '../../src/db/clock.js';
import { beginRun, finishRun } from '../../src/db/reconcile/reconcile-runs.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { createGateway } from '../../src/gateway/nowpayments.js';
import { createProviderAccounts } from '../../src/provider-accounts.js';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { queues, type ReconcileStep } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

async function rowOf(runId: string) {
  const { rows } = await stack.pool.query(
    'select outcome, examined, repaired, failed, failures, finished_at from reconcile_runs where id = $1',
    [runId],
  );
  return rows[0];
}

/** Runs reconcile now, to its end. */
async function reconcile() {
  const runId = randomUUID();
  await startReconcile(stack.client, { runId, dryRun: false, queues, clocks: stack.config.clocks });
  await stack.client.workflow.getHandle(`reconcile/${runId}`).result();
  return rowOf(runId);
}

async function anOverdueCase(): Promise<string> {
  const id = randomUUID();
  await stack.pool.query(
    `insert into support_cases (id, mode, payment_id, kind, opened_at, deadline_at)
     values ($1::uuid, 'live', $1::text, 'orphan_payment', now(), now() - interval '1 hour')`,
    [id],
  );
  return id;
}

describe('on the whole stack', () => {
  it('one row that cannot be repaired is counted and told, the others of its page are repaired', async () => {
    const ids = [await anOverdueCase(), await anOverdueCase(), await anOverdueCase()].sort();
    await stack.pool.query(
      `create function refuse_case() returns trigger language plpgsql as $$ begin raise exception 'not this one'; end $$`,
    );
    await stack.pool.query(
      `create trigger refuse_case before update on support_cases for each row
       when (old.id = '${ids[0]}') execute function refuse_case()`,
    );
    const run = await reconcile();
    expect(run).toMatchObject({
      outcome: 'finished',
      examined: { old_cases: 3 },
      repaired: { old_cases: 2 },
      failed: { old_cases: 1 },
      failures: [{ kind: 'old_cases', id: ids[0], message: expect.stringMatching(/not this one/) }],
    });
    await stack.pool.query('drop trigger refuse_case on support_cases');
    expect((await reconcile()).repaired).toMatchObject({ old_cases: 1 });
  });

  it('a step that cannot look ends, the later ones run, the run has failed, and the next one begins', async () => {
    await anOverdueCase();
    await stack.pool.query('alter table webhook_endpoints rename to webhook_endpoints_away');
    const run = await reconcile().finally(() =>
      stack.pool.query('alter table webhook_endpoints_away rename to webhook_endpoints'),
    );
    expect(run).toMatchObject({ outcome: 'failed', repaired: { old_cases: 1 }, finished_at: expect.any(String) });
    expect(run.failures).toEqual([
      { kind: 'stranded_deliveries', id: null, message: expect.stringMatching(/webhook_endpoints/) },
    ]);
    expect(await reconcile()).toMatchObject({ outcome: 'finished', failures: [] });
  }, 90_000);

  it('a run that is lost with its workflow makes way for the next of the schedule at once', async () => {
    await stack.stopWorker();
    const schedule = stack.client.schedule.getHandle('reconcile-orders');
    await schedule.trigger();
    const first = await eventually(async () => {
      const [action] = (await schedule.describe()).info.recentActions;
      expect(action?.action.type).toBe('startWorkflow');
      return action!.action.workflow;
    });
    // As if its worker had begun it and died with Temporal's data.
    const runId = first.firstExecutionRunId;
    await beginRun(stack.pool, { id: runId, trigger: 'schedule', dryRun: false, actor: first.workflowId });
    const handle = stack.client.workflow.getHandle(first.workflowId);
    expect((await handle.describe()).raw.executionConfig?.workflowExecutionTimeout?.seconds?.toString()).toBe('3600');
    await handle.terminate('lost');
    await stack.startWorker();
    await schedule.trigger();
    await eventually(async () => {
      const { rows } = await stack.pool.query(
        `select outcome from reconcile_runs where trigger = 'schedule' order by started_at desc limit 2`,
      );
      expect(rows).toEqual([{ outcome: 'finished' }, { outcome: 'failed' }]);
    });
    expect((await rowOf(runId)).failures).toEqual([{ kind: null, id: null, message: expect.stringMatching(/gone/) }]);
  }, 60_000);
});

describe('what a page finds at the provider', () => {
  let handedOver: { orderId: string; factId: string }[];
  let refuse: (orderId: string) => boolean;
  const failed: string[] = [];

  async function page(runId: string, kind: ReconcileStep, dryRun = false): Promise<void> {
    const keyring = keyringOf(stack.config.masterKeys);
    const { accountFor } = createProviderAccounts({ config: stack.config, pool: stack.pool, keyring });
    const gateway = createGateway({ maxRps: 500 });
    handedOver = [];
    const no = () => Promise.reject(new Error('not asked here'));
    const deps: ReconcileDependencies = {
      pool: stack.pool,
      keyring,
      publicUrl: stack.config.publicUrl,
      gateway,
      providerAccount: accountFor,
      alarms: { raise: () => {} },
      now: databaseNow,
      publish: no,
      start: no,
      presentRun: no,
      unlisted: no,
      isAway: () => false,
      onRowFailure: (_, row) => void failed.push(row.id),
      handOver: async (order, fact) => {
        if (refuse(order.id)) throw new Error('exceeded workflow execution limit for signal events');
        handedOver.push({ orderId: order.id, factId: fact.id });
      },
    };
    const input = { runId, kind, cursor: null, dryRun, clocks: stack.config.clocks, queues };
    await reconcilePage(deps, input, () => {});
    await gateway.close();
  }

  async function begin(): Promise<string> {
    const id = randomUUID();
    expect(await beginRun(stack.pool, { id, trigger: 'operator', dryRun: false, actor: 'test' })).toBe(id);
    return id;
  }

  /** Lets the reads of all orders grow old. */
  const unread = () =>
    stack.pool.query(
      `update orders set created_at = created_at - interval '40 minutes', provider_checked_at = null where status = 'pending'`,
    );

  it('is handed over once in a run, again in the next, and not lost when one of many is refused', async () => {
    const orders: string[] = [];
    for (let n = 0; n < 3; n += 1) orders.push((await stack.live.checkout()).body.order_id);
    await stack.stopWorker();
    for (const orderId of orders) await stack.sim('/pay', { order_id: orderId, then: ['finished'], ipn: 'drop' });
    await eventually(async () => {
      for (const orderId of orders) {
        const { payments } = await stack.sim<{ payments: { payment_status: string }[] }>(
          `/payments?order_id=${orderId}`,
        );
        expect(payments[0]?.payment_status).toBe('finished');
      }
    });
    const idsOf = () => new Map(handedOver.map(({ orderId, factId }) => [orderId, factId]));

    refuse = () => false;
    const dry = await begin();
    await unread();
    await page(dry, 'open_orders', true);
    expect(handedOver).toEqual([]);
    await finishRun(stack.pool, dry);

    const first = await begin();
    await page(first, 'open_orders'); // the dry run's look counts for nothing
    const ids = idsOf();
    expect([...ids.keys()].sort()).toEqual([...orders].sort());
    await unread();
    await page(first, 'open_orders');
    expect(idsOf()).toEqual(ids);
    await finishRun(stack.pool, first);

    // The orders' own reads lagged and found nothing new: the same content must come again.
    const second = await begin();
    await unread();
    refuse = (orderId) => orderId === orders[0];
    await page(second, 'open_orders');
    expect(handedOver.map(({ orderId }) => orderId).sort()).toEqual(orders.slice(1).sort());
    for (const { orderId, factId } of handedOver) expect(factId).not.toBe(ids.get(orderId));
    expect(failed).toEqual([orders[0]]);
    expect((await rowOf(second)).failed).toEqual({ open_orders: 1 });

    // The one that was refused is looked at again by the next page, the others are not.
    refuse = () => false;
    await page(second, 'open_orders');
    expect(handedOver.map(({ orderId }) => orderId)).toEqual([orders[0]]);
    await finishRun(stack.pool, second);
    await expect(page(second, 'open_orders')).rejects.toMatchObject({ type: 'ReconcileRunEnded', nonRetryable: true });
  }, 60_000);
});
