import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeliveryRuns } from '../../src/temporal/delivery-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { anEvent } from '../support/an-endpoint.js';
import { openShop } from '../support/deliveries.js';
import { eventually } from '../support/eventually.js';
import { blackHole, startHooks, type Hooks } from '../support/hooks.js';
import { countUpdates, retriesDue } from '../support/row-updates.js';
import { startStack, type Stack } from '../support/stack.js';

let hooks: Hooks;
let stack: Stack;
beforeAll(async () => {
  hooks = await startHooks();
  stack = await startStack({
    env: { WEBHOOK_ALLOW_TARGETS: hooks.target, RECONCILE_EVERY: '1 hour', WEBHOOK_POOL_MAX: '3' },
  });
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await hooks?.close();
});

const due = 300;

/** How often Temporal ran the activity of each run that follows a delivery. */
async function looksAt(ids: readonly string[]): Promise<number[]> {
  const looks: number[] = [];
  for (let from = 0; from < ids.length; from += 30) {
    const some = ids.slice(from, from + 30).map(async (id) => {
      const { raw } = await stack.client.workflow.getHandle(`deliver-webhook/${id}`).describe();
      return (raw.pendingActivities?.[0]?.attempt ?? 1) - 1; // the one that is pending has not run
    });
    looks.push(...(await Promise.all(some)));
  }
  return looks;
}

describe('300 retries that come due for an endpoint that never answers', () => {
  it('cost as many row updates as attempts are made, and hold up nobody', async () => {
    const shop = await openShop(stack);
    const [hole, healthy] = [hooks.at('hangs', blackHole), hooks.at('healthy')];
    const endpointId = (await shop.endpoint(hole.url)).id.slice('whk_'.length);
    const ids = await retriesDue(stack.pool, { endpointId, count: due, inSeconds: 25 }); // their runs are started meanwhile
    const runs = createDeliveryRuns(stack.client);
    for (const id of ids) await runs.startOrWake({ deliveryId: id, summary: 'hangs', queues });
    const updates = await countUpdates(stack.pool);

    await eventually(() => expect(hole.received).toHaveLength(4), { timeoutMs: 60_000 });
    const other = await openShop(stack);
    const endpoint = await other.endpoint(healthy.url);
    for (let n = 0; n < 20; n += 1) await anEvent(stack.pool, { accountId: other.accountId });
    await eventually(async () => {
      expect((await other.deliveries(endpoint)).map(({ status }) => status)).toEqual(Array(20).fill('delivered'));
    });
    // Four attempts hang for ten seconds, and one after them: what is left of the endpoint's places.
    await eventually(() => expect(hole.received).toHaveLength(5), { timeoutMs: 30_000 });
    expect(await updates(endpointId)).toBeLessThanOrEqual(2 * 5);
    const looks = await looksAt(ids);
    expect(Math.max(...looks)).toBeLessThanOrEqual(3); // when it began, when the attempt should be over, and once more
  }, 120_000);
});

describe('deliveries', () => {
  it('have connections of their own, as many as they are given', async () => {
    const { rows } = await stack.pool.query<{ name: string; sessions: number }>(
      `select application_name as name, count(*) as sessions from pg_stat_activity
       where datname = current_database() and application_name like 'quittance-worker%' group by 1 order by 1`,
    );
    expect(rows).toMatchObject([{ name: 'quittance-worker' }, { name: 'quittance-worker-webhooks' }]);
    expect(rows[1]!.sessions).toBeLessThanOrEqual(3);
    const { rows: last } = await stack.pool.query<{ query: string }>(
      `select query from pg_stat_activity where datname = current_database() and application_name = 'quittance-worker'`,
    );
    expect(last.filter(({ query }) => /\bclaimed_until\b|delivery_attempts/.test(query))).toEqual([]);
  });
});
