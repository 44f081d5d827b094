import { setTimeout as pause } from 'node:timers/promises';
import proto from '@temporalio/proto';
import pLimit from 'p-limit';
import { promoteRelease, rampRelease, readRollout } from '../../src/temporal/releases.js';
import { noRow } from '../support/invariants.js';
import { firstBuild, nextBuild, type World } from './world.js';

/** One step of the day and what was seen. */
export interface Step {
  readonly what: string;
  readonly seconds: number;
  readonly found: Readonly<Record<string, number | string>>;
}

export interface Rehearsal {
  readonly orders: number;
  readonly isUpgradeOnly: boolean;
  readonly steps: readonly Step[];
  readonly faults: readonly string[]; // empty: every order is where it belongs
}

interface Asked {
  readonly orders: number;
  readonly isUpgradeOnly: boolean; // nothing is lost, so that every history is there at the end
  say(line: string): void;
}

const patienceMs = 180_000;

export async function rehearse(world: World, { orders, isUpgradeOnly, say }: Asked): Promise<Rehearsal> {
  const steps: Step[] = [];
  const faults: string[] = [];
  const share = Math.max(4, Math.round(orders / 10));
  const step = async (what: string, work: () => Promise<Step['found']>) => {
    const startedAt = Date.now();
    const found = await work();
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    steps.push({ what, seconds, found });
    say(`${what}: ${JSON.stringify(found)} (${seconds} s)`);
  };
  const open: string[] = [];
  const paid: string[] = [];
  const payOpen = async (count: number): Promise<number> => {
    // Of the newest and of the oldest, so that some of each release stay open.
    const half = Math.ceil(count / 2);
    const chosen = [...open.splice(0, half), ...open.splice(Math.max(0, open.length - (count - half)))];
    await payAll(world, chosen);
    await untilPaid(world, chosen);
    paid.push(...chosen);
    return chosen.length;
  };

  await step('orders are placed', async () => {
    await liftLimits(world, 3 * orders);
    open.push(...(await placeOrders(world, orders)));
    return { placed: open.length };
  });
  await step('a release comes beside the old one and takes all new orders', async () => {
    await world.startWorkers(nextBuild);
    await until('its workers poll', async () => Boolean((await release(world, nextBuild))?.isPolled));
    await rampRelease(world.temporal, nextBuild, 20);
    open.unshift(...(await placeOrders(world, share)));
    await promoteRelease(world.temporal, nextBuild);
    open.unshift(...(await placeUntilOn(world, nextBuild)));
    open.unshift(...(await placeOrders(world, share)));
    const settled = await payOpen(2 * share); // of both
    return { settled, ...(await openOf(world)) };
  });
  await step('and back', async () => {
    await promoteRelease(world.temporal, firstBuild);
    open.unshift(...(await placeUntilOn(world, firstBuild)));
    open.unshift(...(await placeOrders(world, share)));
    const settled = await payOpen(2 * share);
    return { settled, ...(await openOf(world)) };
  });
  const loseEverything = async () => {
    const dumpedAt = new Date().toISOString();
    await step('our database is dumped, beside the traffic', async () => ({ bytes: await world.dump() }));

    const since = { paid: open.slice(0, share), lostPaid: [] as string[], lostOpen: [] as string[] };
    await step('after the dump, orders are placed and paid', async () => {
      since.lostPaid = await placeOrders(world, share);
      since.lostOpen = await placeOrders(world, share);
      await payAll(world, [...since.paid, ...since.lostPaid]);
      await untilPaid(world, [...since.paid, ...since.lostPaid]);
      return { placed: 2 * share, paidOfOld: since.paid.length, paidOfNew: since.lostPaid.length };
    });
    await step('our database is lost and restored, as the runbook has it', async () => {
      await world.stopApis();
      for (const build of [firstBuild, nextBuild]) await world.stopWorkers(build);
      await world.restore();
      const ended = await endAllRuns(world);
      await world.startApis();
      for (const build of [firstBuild, nextBuild]) await world.startWorkers(build);
      const found = await reconcileUntil(world, () => everyOpenRuns(world));
      await untilPaid(world, since.paid); // their coins are at the provider: reads find them
      paid.push(...open.splice(0, share));
      return { runsEnded: ended, ...found, paidAgain: since.paid.length };
    });
    await step('coins of orders that the restore lost become cases', async () => {
      const gone = [...since.lostPaid, ...since.lostOpen];
      const { rows } = await world.pool().query('select id from orders where id = any ($1)', [gone]);
      if (rows.length > 0) faults.push(`${rows.length} orders after the dump are there all the same`);
      await payAll(world, since.lostOpen);
      await until('cases are open', async () => (await strayCases(world)) >= since.lostOpen.length);
      const told = await strayCases(world);
      // Nobody tells a second time of coins that were told of before the restore: the provider's list does.
      await until('reconcile has looked for lost orders', () => reconcileOnce(world, { lost_since: dumpedAt }));
      const cases = await strayCases(world);
      if (cases !== gone.length) faults.push(`${gone.length} orders with coins were lost, and ${cases} have a case`);
      return { lost: gone.length, toldOf: told, cases };
    });
    await step('all data of Temporal is lost', async () => {
      await world.stopApis();
      for (const build of [firstBuild, nextBuild]) await world.stopWorkers(build);
      await world.loseTemporal();
      await world.startApis();
      await world.startWorkers(firstBuild);
      const waiting = open.length;
      const found = await reconcileUntil(world, () => everyOpenRuns(world));
      return { openOrders: waiting, ...found };
    });
  };
  if (!isUpgradeOnly) await loseEverything();
  await step('everybody pays', async () => ({ settled: await payOpen(open.length) }));
  await step('the books are compared', async () => {
    const broken = await brokenInvariants(world);
    faults.push(...broken);
    const twice = await world
      .pool()
      .query(
        `select order_id from outgoing_events where type = 'crypto.order.paid' group by order_id having count(*) > 1`,
      );
    if (twice.rows.length > 0) faults.push(`${twice.rows.length} orders have two paid events`);
    const grants = await world
      .pool()
      .query('select count(*)::int as n from entitlements where order_id = any ($1)', [paid]);
    if (grants.rows[0].n !== paid.length) faults.push(`${paid.length} orders were paid, ${grants.rows[0].n} granted`);
    const { histories, failed } = await tasksOf(world);
    if (failed > 0) faults.push(`${failed} tasks of workflows failed`);
    const found = { paid: paid.length, granted: grants.rows[0].n, invariantsBroken: broken.length };
    return { ...found, histories, tasksFailed: failed };
  });
  return { orders, isUpgradeOnly, steps, faults };
}

/** One merchant has all of them, and more open at once than one usually may. */
async function liftLimits(world: World, most: number): Promise<void> {
  const limits = { max_pending: most, max_unpaid_24h: most, max_mints_24h: most };
  await world.pool().query('update accounts set settings = settings || $1', [JSON.stringify(limits)]);
}

async function placeOrders(world: World, count: number): Promise<string[]> {
  const few = pLimit(8);
  const body = { product: 'team_manual', price_cents: 4900, price_currency: 'USD' };
  const place = async () => {
    const answer = await world.call('live', 'POST', '/v1/billing/crypto-checkout', body);
    if (typeof answer.body.order_id !== 'string') throw new Error(`checkout: ${JSON.stringify(answer)}`);
    return answer.body.order_id;
  };
  const ids = await Promise.all(Array.from({ length: count }, () => few(place)));
  await until('every order has its address', async () => {
    const { rows } = await world
      .pool()
      .query('select 1 from orders where id = any ($1) and pay_address is null', [ids]);
    return rows.length === 0;
  });
  return ids;
}

/** Word of a switch takes a moment to reach Temporal's queues: orders, one by one, until one begins on that release. */
async function placeUntilOn(world: World, build: string): Promise<string[]> {
  const placed: string[] = [];
  await until(`orders begin on ${build}`, async () => {
    const [id = ''] = await placeOrders(world, 1);
    placed.push(id);
    const { raw } = await world.temporal.workflow.getHandle(`crypto-order/${id}`).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId === build;
  });
  return placed;
}

async function payAll(world: World, orders: readonly string[]): Promise<void> {
  const few = pLimit(8);
  await Promise.all(orders.map((order_id) => few(() => world.sim.pay({ order_id }))));
}

function untilPaid(world: World, orders: readonly string[]): Promise<void> {
  return until(`${orders.length} orders are paid`, async () => {
    const { rows } = await world.pool().query(`select 1 from orders where id = any ($1) and status = 'paid'`, [orders]);
    return rows.length === orders.length;
  });
}

async function release(world: World, build: string) {
  return (await readRollout(world.temporal))?.releases.find((each) => each.build === build);
}

async function openOf(world: World): Promise<Record<string, number>> {
  const rollout = await readRollout(world.temporal);
  return Object.fromEntries((rollout?.releases ?? []).map(({ build, openOrders }) => [`openOn:${build}`, openOrders]));
}

async function endAllRuns({ temporal }: World): Promise<number> {
  const query = `WorkflowType = 'cryptoOrderWorkflow' and ExecutionStatus = 'Running'`;
  let ended = 0;
  for await (const { workflowId, runId } of temporal.workflow.list({ query })) {
    await temporal.workflow.getHandle(workflowId, runId).terminate('database restored');
    ended += 1;
  }
  return ended;
}

/** Whether each open order has a run, by Temporal's own word for each. */
async function everyOpenRuns(world: World): Promise<boolean> {
  const { rows } = await world
    .pool()
    .query(`select id from orders where status in ('pending', 'confirming', 'partial')`);
  const few = pLimit(8);
  const runs = await Promise.all(
    rows.map(({ id }: { id: string }) =>
      few(async () => {
        const run = await world.temporal.workflow
          .getHandle(`crypto-order/${id}`)
          .describe()
          .catch(() => null);
        return run?.status.name === 'RUNNING';
      }),
    ),
  );
  return runs.every(Boolean);
}

/** Reconcile, by the operator's call, until it is done; answers how many runs it brought back. */
async function reconcileUntil(
  world: World,
  isDone: () => Promise<boolean>,
): Promise<{ runsBroughtBack: number; reconciles: number }> {
  let reconciles = 0;
  const startedAt = (await world.pool().query('select now() as at')).rows[0].at;
  await until('every open order runs', async () => {
    if (await reconcileOnce(world, {})) reconciles += 1;
    return isDone();
  });
  const { rows } = await world
    .pool()
    .query(
      `select coalesce(sum((repaired ->> 'lost_runs')::int), 0)::int as n from reconcile_runs where started_at >= $1`,
      [startedAt],
    );
  return { runsBroughtBack: rows[0].n, reconciles };
}

/** One run to its end; false: it could not begin, since another is under way or the API is not there yet. */
async function reconcileOnce(world: World, asked: { lost_since?: string }): Promise<boolean> {
  const { status, body } = await world.call('admin', 'POST', '/v1/admin/reconcile', asked);
  if (status !== 202) return false;
  await until('reconcile has ended', async () => {
    const { rows } = await world
      .pool()
      .query('select finished_at from reconcile_runs where id = $1', [String(body.run_id).replace('run_', '')]);
    return Boolean(rows[0]?.finished_at);
  });
  return true;
}

// A run would end, and something came for it: its last task is run again, as it should be.
const somethingCame = proto.temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;

/**
 * How many tasks failed in the histories that Temporal holds of orders and deliveries. A release that is handed what another
 * began says so there: what the next one does differs (next-release.ts).
 */
async function tasksOf({ temporal }: World): Promise<{ histories: number; failed: number }> {
  const few = pLimit(8);
  const reading: Promise<number>[] = [];
  const query = `WorkflowType = 'cryptoOrderWorkflow' or WorkflowType = 'deliverWebhookWorkflow'`;
  for await (const { workflowId, runId } of temporal.workflow.list({ query })) {
    const read = async () => {
      const { events } = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      const causes = (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.cause ?? []);
      return causes.filter((cause) => cause !== somethingCame).length;
    };
    reading.push(few(read));
  }
  const failures = await Promise.all(reading);
  return { histories: failures.length, failed: failures.reduce((sum, each) => sum + each, 0) };
}

async function strayCases(world: World): Promise<number> {
  const { rows } = await world
    .pool()
    .query(
      `select count(distinct payment_id)::int as n from support_cases where kind = 'orphan_payment' and order_id is null`,
    );
  return rows[0].n;
}

async function brokenInvariants(world: World): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, sql] of Object.entries(noRow)) {
    let rows: unknown[] = [];
    for (let tries = 0; tries < 20; tries += 1) {
      rows = (await world.pool().query(sql)).rows;
      if (rows.length === 0) break;
      await pause(1_000); // some say what is just under way
    }
    if (rows.length > 0) broken.push(`${name}: ${rows.length} rows`);
  }
  return broken;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > endsAt) throw new Error(`${patienceMs / 1_000} s went by, and not yet: ${what}`);
    await pause(500);
  }
}
