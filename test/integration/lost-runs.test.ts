import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lostRuns, type LostRunDependencies } from '../../src/activities/reconcile/lost-runs.js';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { insertBoundOrders } from '../support/bound-orders.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

const runOf = (orderId: string) => stack.client.workflow.getHandle(`crypto-order/${orderId}`);

/** Runs reconcile now, to its end; answers what it says of lost runs. */
async function reconcile(dryRun = false): Promise<{ lost: number; started: number }> {
  const runId = randomUUID();
  await startReconcile(stack.client, { runId, dryRun, queues, clocks: stack.config.clocks });
  await stack.client.workflow.getHandle(`reconcile/${runId}`).result();
  const { rows } = await stack.pool.query('select outcome, examined, repaired from reconcile_runs where id = $1', [
    runId,
  ]);
  expect(rows[0].outcome).toBe('finished');
  return { lost: rows[0].examined.lost_runs, started: rows[0].repaired.lost_runs };
}

async function newOrder(): Promise<string> {
  return (await stack.live.checkout()).body.order_id as string;
}

/** Their opening is long ago: Temporal's list knows their runs. */
function openedLongAgo(orderIds: readonly string[]): Promise<unknown> {
  return stack.pool.query(`update orders set opened_at = opened_at - interval '2 minutes' where id = any ($1)`, [
    orderIds,
  ]);
}

async function forgotten(orderId: string): Promise<void> {
  const { namespace } = stack.client.options;
  await stack.client.workflowService.deleteWorkflowExecution({
    namespace,
    workflowExecution: { workflowId: `crypto-order/${orderId}` },
  });
}

describe('open orders of which Temporal has no run', () => {
  it('are brought back by reconcile, each once, and settle', async () => {
    const well = await newOrder();
    const lost: string[] = [];
    for (let n = 0; n < 6; n += 1) lost.push(await newOrder());
    const runOfWell = (await runOf(well).describe()).runId;
    await openedLongAgo([well, ...lost]);
    for (const orderId of lost.slice(0, 3)) await runOf(orderId).terminate('lost');
    for (const orderId of lost.slice(3)) await forgotten(orderId);
    // Coins whose IPNs nobody got, on one of each kind: what was lost is found by the run that comes back.
    for (const orderId of [lost[0]!, lost[5]!]) await stack.sim('/pay', { order_id: orderId, ipn: 'drop' });

    await eventually(async () => expect(await reconcile(true)).toEqual({ lost: 6, started: 0 }), { timeoutMs: 30_000 });
    expect(await reconcile()).toEqual({ lost: 6, started: 6 });
    expect(await reconcile()).toEqual({ lost: 0, started: 0 });
    for (const orderId of lost) expect((await runOf(orderId).describe()).status.name).toBe('RUNNING');
    expect((await runOf(well).describe()).runId).toBe(runOfWell);

    for (const orderId of [well, ...lost.slice(1, 5)]) await stack.sim('/pay', { order_id: orderId });
    await stack.pool.query(
      `update orders set created_at = created_at - interval '40 minutes', provider_checked_at = null where id = any ($1)`,
      [[lost[0], lost[5]]],
    );
    await reconcile();
    await eventually(
      async () => {
        const { rows } = await stack.pool.query(
          `select o.id, count(e.id) as paid from orders o
           left join outgoing_events e on e.order_id = o.id and e.type = 'crypto.order.paid'
           where o.status = 'paid' group by o.id`,
        );
        expect(new Map(rows.map(({ id, paid }) => [id, Number(paid)]))).toEqual(
          new Map([well, ...lost].map((id) => [id, 1])),
        );
      },
      { timeoutMs: 30_000 },
    );
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  }, 120_000);

  it('are left alone when they were opened a moment ago, and when they are closed', async () => {
    const young = await newOrder();
    const closed = await newOrder();
    await stack.live.call('POST', `/v1/billing/crypto-orders/${closed}/cancel`);
    await openedLongAgo([closed]);
    await runOf(young).terminate('lost');
    expect(await reconcile(true)).toEqual({ lost: 0, started: 0 });
    await stack.live.call('POST', `/v1/billing/crypto-orders/${young}/cancel`);
  });
});

describe('a page', () => {
  const started: string[] = [];
  const unlistedOf: string[][] = [];
  const deps = (isRunning: boolean): LostRunDependencies => ({
    pool: stack.pool,
    unlisted: async (ids) => {
      unlistedOf.push([...ids]);
      return [...ids];
    },
    presentRun: async () => ({ isRunning, startedAt: '2020-01-01T00:00:00.000Z' }),
    start: async ({ id }) => void started.push(id),
  });
  const page = (isRunning: boolean, cursor: string | null = null) =>
    lostRuns(
      deps(isRunning),
      { cursor, dryRun: false },
      { kind: 'lost_runs', onRowFailure: () => {}, progress: async () => {} },
    );
  let orders: string[];
  beforeAll(async () => {
    await stack.pool.query(`update orders set opened_at = now() where status not in ('paid', 'failed', 'cancelled')`);
    const { rows } = await stack.pool.query<{ id: string }>('select id from accounts limit 1');
    const wanted = { accountId: rows[0]!.id, count: 501, age: '10 minutes', keyLabel: 'installation' };
    orders = (await insertBoundOrders(stack.pool, wanted)).map(({ id }) => id).sort();
  });

  it('starts nothing that runs, however far behind the list is', async () => {
    expect(await page(true)).toMatchObject({ examined: 0, repaired: 0, failures: [] });
    expect(started).toEqual([]);
  });

  it('asks about many at once and goes on where the one before ended', async () => {
    unlistedOf.length = 0;
    const first = await page(false);
    expect(first).toEqual({ examined: 500, repaired: 500, failures: [], next: orders[499] });
    const second = await page(false, first.next);
    expect(second).toEqual({ examined: 1, repaired: 1, failures: [], next: null });
    expect(unlistedOf.map((ids) => ids.length)).toEqual([500, 1]);
    expect(started).toEqual(orders);
  });
});
