import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

// What the runbook says is done here as it stands there, and must have the effect that it promises.
const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

function section(title: string): string {
  const from = page.indexOf(`\n## ${title}\n`);
  return page.slice(from, page.indexOf('\n## ', from + 1));
}

/** The statements of a section that change something. */
function updatesOf(title: string): string[] {
  return [...section(title).matchAll(/```sql\n(update [\s\S]*?)```/g)].map(([, sql]) => sql!);
}

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

async function reconcile(): Promise<void> {
  const runId = randomUUID();
  await startReconcile(stack.client, { runId, dryRun: false, queues, clocks: stack.config.clocks });
  await stack.client.workflow.getHandle(`reconcile/${runId}`).result();
}

/** An order that waits for its payer, old enough to be looked for, and its run. */
async function waitingOrder() {
  const { body } = await stack.live.checkout();
  const id = body.order_id as string;
  await stack.pool.query(
    `update orders set created_at = created_at - interval '2 minutes', opened_at = opened_at - interval '2 minutes'
     where id = $1`,
    [id],
  );
  return { id, run: stack.client.workflow.getHandle(`crypto-order/${id}`) };
}

async function isPaidWhenPaid(id: string): Promise<void> {
  await stack.sim('/pay', { order_id: id });
  await eventually(async () => {
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
    expect(body.status).toBe('paid');
  });
}

it('a run that is stuck is ended and the next one starts from the stored order', async () => {
  const { id, run } = await waitingOrder();
  const { rows } = await stack.pool.query('select payment_id from orders where id = $1', [id]);
  await run.terminate('nondeterminism, restarted from the stored order');
  await eventually(async () => {
    await reconcile(); // Temporal's list of runs may be behind
    expect((await run.describe()).status.name).toBe('RUNNING');
  });
  await isPaidWhenPaid(id);
  const after = await stack.pool.query('select payment_id from orders where id = $1', [id]);
  expect(after.rows).toEqual(rows); // not minted again
});

it('an IPN that was set aside is released by hand, and handled', async () => {
  const { id } = await waitingOrder();
  await stack.stopWorker();
  await stack.sim('/pay', { order_id: id });
  const inbox = async () =>
    (await stack.pool.query('select id, handled_at from provider_events where order_id = $1', [id])).rows;
  await eventually(async () => expect((await inbox()).length).toBeGreaterThanOrEqual(4));
  await stack.pool.query(
    'update provider_events set quarantined_at = now(), next_relay_at = null, relay_attempts = 20 where order_id = $1',
    [id],
  );
  await stack.startWorker();
  const [release = ''] = updatesOf('An IPN is set aside');
  for (const { id: event } of await inbox()) {
    await stack.pool.query(release.replace('00000000-0000-4000-8000-000000000000', event as string));
  }
  await eventually(async () => expect((await inbox()).every((row) => row.handled_at !== null)).toBe(true));
  await eventually(async () => {
    const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
    expect(body.status).toBe('paid');
  });
});
