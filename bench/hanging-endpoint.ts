import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';
import { freePort } from '../scripts/dev/ports.js';
import { createPool, type Pool } from '../src/db/pool.js';
import { masterKey } from '../src/db/secrets/seal.js';
import { lazyClient } from '../src/temporal/connection.js';
import { createDeliveryRuns } from '../src/temporal/delivery-runs.js';
import { deliveryWorkflowId, queues } from '../src/workflows/messages.js';
import { makeDeliveries, makeEndpoints, makeRetries, whenRecorded, type Endpoints } from './deliveries.js';
import { median } from './quantiles.js';
import { runOn, startStack } from './stack.js';

// Retries that come due together for an endpoint that never answers, beside healthy ones. Prints figures and judges none.
const { values: options } = parseArgs({
  options: {
    retries: { type: 'string', default: '300' }, // due at one instant, for the endpoint that hangs
    count: { type: 'string', default: '5000' }, // deliveries to 50 healthy endpoints, in each run
    rounds: { type: 'string', default: '3' },
  },
});
const retries = Number(options.retries);
const count = Number(options.count);
const rounds = Number(options.rounds);
const windowMs = 10_000;
const leadSeconds = 45; // until the retries are due: their runs are started meanwhile
const say = (line: string) => console.log(line);

interface Bench {
  readonly pool: Pool;
  readonly client: Client;
  readonly healthy: Endpoints;
  readonly hole: Endpoints;
}

async function main(bench: Bench): Promise<void> {
  const { pool, healthy } = bench;
  const pairs: { alone: number; beside: number }[] = [];
  say(`\n${retries} retries come due for an endpoint that never answers; in the ${windowMs / 1000} s from then`);
  for (let round = 0; round < rounds; round += 1) {
    const alone = await whenRecorded(pool, healthy, { due: await makeDeliveries(pool, healthy, count), count });
    const { ids, dueMs } = await retriesWithRuns(bench);
    const counts = await startCounting(bench, ids); // asking 300 runs is work: not while the healthy ones are measured
    await pause(dueMs - 5_000 - Date.now());
    const due = await makeDeliveries(pool, healthy, count); // due when the retries are, give or take a second
    const [updates, beside] = await Promise.all([
      pause(dueMs + windowMs - Date.now()).then(counts.updates),
      whenRecorded(pool, healthy, { due, count }),
    ]);
    const { attempts, requests } = await counts.others();
    say(`  row updates ${updates}, activity attempts ${attempts}, requests ${requests}`);
    pairs.push({ alone: alone.perSecond, beside: beside.perSecond });
    await endAll(bench);
  }
  const all = (which: 'alone' | 'beside') => pairs.map((pair) => pair[which].toFixed(0)).join(' / ');
  say(`\n50 healthy endpoints, ${rounds} pairs of ${count}, deliveries a second`);
  say(`  alone                   ${all('alone')}`);
  say(`  beside it               ${all('beside')}`);
  say(`  ratio, median           ${median(pairs.map(({ alone, beside }) => beside / alone)).toFixed(2)}`);
}

/** Retries as failed first attempts leave them: each with the run that follows it. */
async function retriesWithRuns({ pool, client, hole }: Bench): Promise<{ ids: readonly string[]; dueMs: number }> {
  const made = await makeRetries(pool, hole, { count: retries, inSeconds: leadSeconds });
  const runs = createDeliveryRuns(client);
  const limit = pLimit(16);
  const start = (deliveryId: string) => runs.startOrWake({ deliveryId, summary: 'hangs', queues });
  await Promise.all(made.ids.map((id) => limit(() => start(id))));
  return made;
}

async function startCounting({ pool, client, hole }: Bench, ids: readonly string[]) {
  const updates = await countUpdates(pool, hole);
  const before = await activityAttempts(client, ids);
  return {
    updates,
    others: async () => {
      const attempts = (await activityAttempts(client, ids)) - before;
      const { rows } = await pool.query<{ requests: number }>(
        'select coalesce(sum(attempts - 1), 0)::int as requests from deliveries where id = any ($1)',
        [ids],
      );
      return { attempts, requests: rows[0]!.requests };
    },
  };
}

/** Counts updates of the rows of one endpoint, by a trigger: PostgreSQL's own statistics are of all rows. */
async function countUpdates(pool: Pool, { ids }: Endpoints): Promise<() => Promise<number>> {
  await pool.query(`
    create sequence if not exists seen_updates;
    create or replace function see_update() returns trigger language plpgsql as
      $$ begin perform nextval('seen_updates'); return null; end $$;
    create or replace trigger see_updates after update on deliveries for each row
      when (new.endpoint_id = '${ids[0]}') execute function see_update()`);
  const last = async () => (await pool.query<{ n: number }>(`select nextval('seen_updates') as n`)).rows[0]!.n;
  const before = await last();
  return async () => (await last()) - before - 1;
}

async function activityAttempts(client: Client, ids: readonly string[]): Promise<number> {
  const limit = pLimit(16);
  const attemptsOf = async (id: string) => {
    const { raw } = await client.workflow.getHandle(deliveryWorkflowId(id)).describe();
    return (raw.pendingActivities?.[0]?.attempt ?? 1) - 1;
  };
  const all = await Promise.all(ids.map((id) => limit(() => attemptsOf(id))));
  return all.reduce((sum, attempts) => sum + attempts, 0);
}

/** The next round finds nothing left of this one. */
async function endAll({ pool, hole }: Bench): Promise<void> {
  await pool.query(
    `update deliveries set status = 'dlq', next_attempt_at = null, claimed_until = null
     where endpoint_id = any ($1) and status in ('pending', 'in_flight')`,
    [hole.ids],
  );
}

const port = await freePort();
const master = randomBytes(32);
const stack = await startStack({
  WEBHOOK_ALLOW_TARGETS: `127.0.0.1:${port}`,
  QUITTANCE_MASTER_KEY: master.toString('base64'),
});
const url = stack.devFile.database_url;
const pool = createPool({ url, max: 3, applicationName: 'bench', onError: () => undefined });
const { client, close } = lazyClient({ address: stack.devFile.temporal_address });
async function work(): Promise<void> {
  await stack.run('receiver', 'bench/slow-receiver.ts', [String(port)]);
  const receiver = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${receiver}/0/`).catch(() => null))?.ok) await pause(100);
  const keyring = { current: masterKey(master), previous: [] };
  const endpoints = (path: string, howMany: number) =>
    makeEndpoints(pool, { keyring, urlPrefix: `${receiver}/${path}`, count: howMany });
  await main({ pool, client, healthy: await endpoints('0/healthy-', 50), hole: await endpoints('never/', 1) });
}

await runOn(stack, () =>
  work().finally(async () => {
    await close();
    await pool.end();
  }),
);
