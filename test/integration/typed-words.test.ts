import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(() => stack?.close());

const words = 'canary: the customer called from +49 30 901820';

/** All that Temporal keeps of an order's runs, with its payloads. */
async function keptOf(orderId: string): Promise<string> {
  const runs: string[] = [];
  const query = `WorkflowId = 'crypto-order/${orderId}'`;
  for await (const { workflowId, runId } of stack.client.workflow.list({ query })) {
    const history = await stack.client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push(textOf(history).join('\n'));
  }
  return runs.join('\n');
}

/** Every text below a value; bytes are read as text, which JSON would have in base64. */
function textOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textOf) : [];
}

async function keepsNoWords(orderId: string, said: string): Promise<void> {
  const kept = await eventually(async () => {
    const text = await keptOf(orderId);
    expect(text).toContain(said); // the fact is there
    return text;
  });
  expect(kept).not.toContain('canary');
}

async function reasonsOf(orderId: string): Promise<unknown[]> {
  const { rows } = await stack.pool.query<{ reason: string }>(
    'select reason from audit_log where order_id = $1 and reason is not null order by seq',
    [orderId],
  );
  return rows.map(({ reason }) => reason);
}

it('what is typed with an apply-ipn stands in the audit log and not in Temporal', async () => {
  const { body: placed } = await stack.test.checkout();
  const order = await eventually(async () => {
    const { body } = await stack.test.call('GET', `/v1/billing/crypto-orders/${placed.order_id}`);
    expect(body.payment_id).toBeTypeOf('string');
    return body;
  });
  const path = `/v1/admin/crypto-orders/${order.order_id}/apply-ipn`;
  const body = { provider_status: 'finished', payment_id: order.payment_id, reason: words };
  await eventually(async () => {
    expect((await stack.admin.call('POST', path, body)).body).toMatchObject({ status: 'paid' });
  });
  expect(await reasonsOf(order.order_id)).toEqual([words]);
  await keepsNoWords(order.order_id, '"providerStatus":"finished"');
});

it('what is typed with a decision stands in the case and the audit log and not in Temporal', async () => {
  const { body: order } = await stack.live.checkout();
  await stack.sim('/pay', { order_id: order.order_id, fraction: 0.5 });
  const found = await eventually(async () => {
    const path = `/v1/admin/support-cases?order_id=${order.order_id}`;
    const { body } = await stack.admin.call('GET', path);
    expect(body.cases).toHaveLength(1);
    return body.cases[0];
  });
  for (const action of ['note', 'honour']) {
    const path = `/v1/admin/support-cases/${found.id}/resolve`;
    const answer = await stack.admin.call('POST', path, { action, reason: `${words} (${action})` });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  }
  const { body: after } = await stack.admin.call('GET', `/v1/admin/support-cases/${found.id}`);
  expect(after.resolution).toMatchObject({ action: 'honour', reason: `${words} (honour)` });
  expect(await reasonsOf(order.order_id)).toEqual([`${words} (note)`, `${words} (honour)`]);
  await keepsNoWords(order.order_id, 'resolve:');
});

it('what is typed with a sweep stands in the audit log and not in Temporal', async () => {
  const { body: order } = await stack.live.checkout();
  await stack.pool.query(
    `update orders set created_at = now() - interval '3 hours', expires_at = now() - interval '2 hours' where id = $1`,
    [order.order_id],
  );
  const body = { older_than_hours: 2, reason: words };
  const { body: swept } = await stack.admin.call('POST', '/v1/admin/crypto-orders/sweep-expired', body);
  expect(swept).toMatchObject({ expired: 1 });
  expect(await reasonsOf(order.order_id)).toEqual([words]);
  await keepsNoWords(order.order_id, 'sweep:');
});
