import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { checkedAudit } from '../support/audit-chain.js';
import { startReconcile } from '../../src/temporal/reconcile-runs.js';
import { queues } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';
import { startReceiver, type Receiver } from '../webhooks/receiver.js';

let stack: Stack;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver((response) => response.end());
  stack = await startStack({ env: { WEBHOOK_ALLOW_TARGETS: receiver.target, RECONCILE_EVERY: '10 hours' } });
  const body = { url: receiver.url, events: ['support.case.escalated'] };
  expect((await stack.live.call('POST', '/v1/webhooks', body)).status).toBe(201);
}, 120_000);
afterAll(async () => {
  await stack?.close();
  await receiver?.close();
});

/** Runs reconcile now; answers how many cases it found and escalated. */
async function reconcile(dryRun = false): Promise<[examined: number, repaired: number]> {
  const runId = randomUUID();
  await startReconcile(stack.client, { runId, dryRun, queues, clocks: stack.config.clocks });
  await stack.client.workflow.getHandle(`reconcile/${runId}`).result();
  const { rows } = await stack.pool.query('select examined, repaired from reconcile_runs where id = $1', [runId]);
  return [rows[0].examined.old_cases, rows[0].repaired.old_cases];
}

const rowsOf = async (sql: string, ...values: unknown[]) => (await stack.pool.query(sql, values)).rows;

describe('a case that nobody answers', () => {
  it('is escalated after a day, once: marked, audited, and told to the merchant who asked for it', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/scenarios/partial', { order_id: order.order_id });
    const found = await eventually(async () => {
      const { body } = await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${order.order_id}`);
      expect(body.cases).toHaveLength(1);
      return body.cases[0];
    });
    expect(await reconcile()).toEqual([0, 0]); // not yet

    await stack.pool.query(`update support_cases set deadline_at = now() - interval '1 second'`);
    expect(await reconcile(true)).toEqual([1, 0]);
    expect((await stack.admin.call('GET', `/v1/admin/support-cases/${found.id}`)).body.escalated_at).toBeNull();
    expect(await reconcile()).toEqual([1, 1]);
    expect(await reconcile()).toEqual([0, 0]);

    const { body: escalated } = await stack.admin.call('GET', `/v1/admin/support-cases/${found.id}`);
    expect(escalated).toMatchObject({ status: 'open', escalated_at: expect.any(String) });
    await eventually(() => expect(receiver.received).toHaveLength(1));
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      type: 'support.case.escalated',
      data: {
        case_id: found.id,
        kind: 'underpaid',
        order_id: order.order_id,
        payment_id: found.payment_id,
        actually_paid: found.actually_paid,
        pay_currency: 'usdttrc20',
        opened_at: found.opened_at,
        escalated_at: escalated.escalated_at,
      },
    });
    expect(
      await rowsOf(`select actor, subject, order_id from audit_log where action = 'support_case.escalated'`),
    ).toEqual([{ actor: 'system:reconcile', subject: found.id, order_id: order.order_id }]);
    expect((await checkedAudit(stack.pool, keyringOf(stack.config.masterKeys))).brokenAt).toBeNull();
  });

  it('is not escalated once resolved', async () => {
    const { body: order } = await stack.live.checkout();
    await stack.sim('/scenarios/partial', { order_id: order.order_id });
    const found = await eventually(async () => {
      const { body } = await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${order.order_id}`);
      expect(body.cases).toHaveLength(1);
      return body.cases[0];
    });
    const answer = await stack.admin.call('POST', `/v1/admin/support-cases/${found.id}/resolve`, {
      action: 'decline',
      reason: 'the customer wants nothing',
    });
    expect(answer.status).toBe(200);
    await stack.pool.query(`update support_cases set deadline_at = now() - interval '1 second'`);
    expect(await reconcile()).toEqual([0, 0]);
    expect(await rowsOf(`select id from outgoing_events where type = 'support.case.escalated'`)).toHaveLength(1);
  });
});
