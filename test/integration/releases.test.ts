import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { createMetrics } from '../../src/metrics.js';
import { readRollout } from '../../src/temporal/releases.js';
import { startWorker, type RunningWorker } from '../../src/worker/wiring.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { watchWorker } from '../support/open-workers.js';
import { startStack, type Stack } from '../support/stack.js';

const { VERSIONING_BEHAVIOR_AUTO_UPGRADE, VERSIONING_BEHAVIOR_PINNED } = proto.temporal.api.enums.v1.VersioningBehavior;
const program = fileURLToPath(new URL('../../bin/quittance.mjs', import.meta.url));
const old = '1.0.0';
const next = '2.0.0';
let stack: Stack;
const workers = new Map<string, RunningWorker>();

beforeAll(async () => {
  stack = await startStack({ withoutWorker: true, env: { POLL_GRACE: '3 seconds', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(async () => {
  for (const build of workers.keys()) await stopRelease(build);
  await stack?.close();
});

async function startRelease(build: string): Promise<void> {
  const worker = await startWorker({
    config: loadConfig({ ...stack.env, WORKER_BUILD_ID: build }),
    log: createLog({ name: 'test', level: 'silent' }),
    metrics: createMetrics(),
    temporal: { address: stack.env.TEMPORAL_ADDRESS, namespace: stack.env.TEMPORAL_NAMESPACE },
  });
  watchWorker(`of release ${build}`, worker.stopped);
  workers.set(build, worker);
}

async function stopRelease(build: string): Promise<void> {
  workers.get(build)?.stop();
  await workers.get(build)?.stopped;
  workers.delete(build);
}

function quittance(words: string): Promise<{ code: number; out: string; err: string }> {
  const env = {
    ...process.env,
    ...stack.env,
    QUITTANCE_URL: stack.apiUrl,
    QUITTANCE_ADMIN_KEY: stack.admin.key,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words.split(' ')], { env }, (failure, out, err) => {
      resolve({ code: failure ? Number(failure.code) : 0, out, err });
    });
  });
}

async function newOrders(count: number): Promise<string[]> {
  const orders = await Promise.all(Array.from({ length: count }, () => stack.live.checkout()));
  for (const { body } of orders) expect(body.payment_address, 'minted').toBeTypeOf('string');
  return orders.map(({ body }) => body.order_id as string);
}

/** The release that an order's newest run is with. */
async function releaseOf(orderId: string): Promise<string | undefined> {
  const { raw } = await stack.client.workflow.getHandle(`crypto-order/${orderId}`).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

/** How the workflow tasks of an order ended so far. */
async function taskEnds(orderId: string): Promise<string[]> {
  const { events = [] } = await stack.client.workflow.getHandle(`crypto-order/${orderId}`).fetchHistory();
  const ends = events!.flatMap(
    ({ workflowTaskCompletedEventAttributes: done, workflowTaskFailedEventAttributes: failed }) =>
      done ? 'COMPLETED' : failed ? 'FAILED' : [],
  );
  return [...new Set(ends)];
}

/** What a run's tasks said, as they ended, of the release that takes the next one. */
async function behaviorsOf(workflowId: string): Promise<Set<unknown>> {
  const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
  return new Set(events?.flatMap((event) => event.workflowTaskCompletedEventAttributes?.versioningBehavior ?? []));
}

const releasesOf = async (orders: readonly string[]) => new Set(await Promise.all(orders.map(releaseOf)));

async function arePaidWhenPaid(orders: readonly string[]): Promise<void> {
  for (const id of orders) await stack.sim('/pay', { order_id: id });
  await eventually(
    async () => {
      const { rows } = await stack.pool.query(
        `select count(*)::int as n from orders o
         where o.id = any ($1) and o.status = 'paid'
           and (select count(*) from outgoing_events e where e.order_id = o.id and e.type = 'crypto.order.paid') = 1`,
        [orders],
      );
      expect(rows[0].n).toBe(orders.length);
    },
    { timeoutMs: 30_000 },
  );
}

async function isCurrent(build: string): Promise<void> {
  await eventually(async () => expect((await readRollout(stack.client))?.current).toBe(build), { timeoutMs: 30_000 });
}

let ofOld: string[];
let ofNext: string[];

it('orders of workers that named no release go on with the first one that does', async () => {
  await stack.startWorker();
  const orders = await newOrders(2);
  for (const id of orders) expect(await taskEnds(id)).toEqual(['COMPLETED']);
  expect(await quittance('release status')).toMatchObject({
    code: 2,
    err: expect.stringContaining('WORKER_BUILD_ID'),
  });
  await stack.stopWorker();
  await startRelease(old);
  await isCurrent(old); // by itself, where no release was
  await arePaidWhenPaid(orders);
}, 90_000);

it('a release that is not promoted takes no order', async () => {
  await startRelease(next);
  await eventually(async () => {
    expect((await readRollout(stack.client))?.releases).toContainEqual(
      expect.objectContaining({ build: next, isPolled: true, wasCurrent: false }),
    );
  });
  ofOld = await newOrders(10);
  expect(await releasesOf(ofOld)).toEqual(new Set([old]));
}, 90_000);

it('a promoted one takes the new orders, and the open ones settle where they began', async () => {
  expect(await quittance(`release promote ${next}`)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/2\.0\.0 .*it is current[^]*1\.0\.0 .*open orders that it began: 10/),
  });
  await eventually(async () => expect(await releasesOf(await newOrders(1))).toEqual(new Set([next])));
  ofNext = await newOrders(10);
  expect(await releasesOf(ofNext)).toEqual(new Set([next]));
  await arePaidWhenPaid(ofOld.slice(0, 5));
  expect(await releasesOf(ofOld)).toEqual(new Set([old]));
  const drained = await quittance(`release drained ${old}`);
  expect(drained).toMatchObject({ code: 1, out: expect.stringMatching(/^1\.0\.0 is needed: /) });
}, 90_000);

it('a rollback has new orders begin on the release before, and those of the newer one settle there', async () => {
  expect((await quittance('release rollback')).out).toMatch(/1\.0\.0 .*it is current/);
  await eventually(async () => expect(await releasesOf(await newOrders(1))).toEqual(new Set([old])));
  await arePaidWhenPaid(ofNext.slice(0, 5));
  expect(await releasesOf(ofNext)).toEqual(new Set([next]));
  expect(await quittance('release rollback')).toMatchObject({ code: 2, err: expect.stringMatching(/no earlier/) });
}, 90_000);

it('a ramp is shown and ended, and refused for a release of which no worker is there', async () => {
  const { out } = await quittance(`release ramp ${next} 30`);
  expect(out).toMatch(/2\.0\.0 .*it takes 30 % of the new orders/);
  expect((await quittance('release rollback')).out).not.toMatch(/%/);
  for (const words of [
    `ramp ${next} 100`,
    'ramp 9.9.9 10',
    'promote 9.9.9',
    'drained 9.9.9',
    `restart ${old} --reason x`,
  ]) {
    expect((await quittance(`release ${words}`)).code, words).toBe(2);
  }
}, 90_000);

it('orders of a release whose workers are gone are restarted on the current one, and settle once', async () => {
  const open = ofNext.slice(5);
  await stopRelease(next);
  const restarted = await quittance(`release restart ${next} --reason broken`);
  expect(restarted, restarted.err).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ runs ended/) });
  await stack.pool.query(`update orders set opened_at = opened_at - interval '2 minutes'`);
  await eventually(
    async () => {
      expect((await quittance('reconcile')).code).toBe(0);
      expect(await releasesOf(open)).toEqual(new Set([old]));
    },
    { timeoutMs: 60_000 },
  );
  await arePaidWhenPaid([...open, ...ofOld.slice(5)]);
  await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
}, 120_000);

it('an order stays with its release also where its poll is called off, and a reconcile does not', async () => {
  const [id = ''] = await newOrders(1);
  const order = stack.client.workflow.getHandle(`crypto-order/${id}`);
  await eventually(
    async () => {
      const { raw } = await order.describe();
      // Its next try is six seconds away, so that the IPN finds it waiting.
      expect(raw.pendingActivities).toMatchObject([{ activityType: { name: 'pollPayment' }, attempt: 3 }]);
    },
    { timeoutMs: 30_000 },
  );
  await stack.sim('/pay', { order_id: id, then: ['confirming'] });
  await eventually(async () => {
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
    expect(body.status).toBe('confirming');
  });
  await eventually(async () => {
    const { events = [] } = await order.fetchHistory();
    expect(events!.some((event) => event.activityTaskCanceledEventAttributes)).toBe(true);
    expect(events!.at(-1)?.workflowTaskStartedEventAttributes ?? null).toBeNull(); // no task is under way
  });
  expect(await behaviorsOf(`crypto-order/${id}`)).toEqual(new Set([VERSIONING_BEHAVIOR_PINNED]));
  const { body: reconcile } = await stack.admin.call('POST', '/v1/admin/reconcile', {});
  const run = `reconcile/${String(reconcile.run_id).replace('run_', '')}`;
  await eventually(async () =>
    expect((await stack.client.workflow.getHandle(run).describe()).status.name).toBe('COMPLETED'),
  );
  expect(await behaviorsOf(run)).toEqual(new Set([VERSIONING_BEHAVIOR_AUTO_UPGRADE]));
}, 90_000);
