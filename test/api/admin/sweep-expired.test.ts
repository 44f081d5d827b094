import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { startStack, type Stack } from '../../support/stack.js';

const path = '/v1/admin/crypto-orders/sweep-expired';
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

/** A pending order whose own timer was lost with its workflow, created so long ago. */
async function forgotten(who: 'live' | 'test', age: string): Promise<string> {
  const { body } = await stack[who].checkout();
  await stack.client.workflow.getHandle(`crypto-order/${body.order_id}`).terminate('lost');
  await stack.pool.query(
    'update orders set created_at = created_at - $2::interval, expires_at = expires_at - $2::interval where id = $1',
    [body.order_id, age],
  );
  return body.order_id;
}

async function statusOf(orderId: string) {
  const { body } = await stack.admin.call('GET', `/v1/admin/crypto-orders/${orderId}`);
  return { status: body.status, source: body.events.at(-1).source };
}

describe('a sweep', () => {
  it('fails what nobody paid, spares what is young or was paid after all, and audits what it moved', async () => {
    const old = await forgotten('live', '25 hours');
    const test = await forgotten('test', '3 days');
    const young = await forgotten('live', '23 hours');
    const paid = await forgotten('live', '2 days');
    await stack.sim('/pay', { order_id: paid, ipn: 'drop' });

    const swept = await stack.admin.call('POST', path, { reason: 'monthly' });
    expect(swept.status).toBe(200);
    expect(swept.body).toEqual({ expired: 2, capped: false, older_than_hours: 24 });
    expect(await statusOf(old)).toEqual({ status: 'failed', source: 'expired' });
    expect(await statusOf(test)).toEqual({ status: 'failed', source: 'expired' });
    expect(await statusOf(young)).toEqual({ status: 'pending', source: 'create' });
    expect(await statusOf(paid)).toEqual({ status: 'paid', source: 'poll' });

    const { rows } = await stack.pool.query(
      `select order_id, actor, reason, before ->> 'status' as before, after ->> 'status' as after, result
       from audit_log where action = 'crypto_order.swept' order by order_id`,
    );
    const row = (order_id: string, after: string) => ({ order_id, reason: 'monthly', before: 'pending', after });
    expect(rows).toMatchObject(
      [row(old, 'failed'), row(test, 'failed'), row(paid, 'paid')].sort((a, b) => (a.order_id < b.order_id ? -1 : 1)),
    );
    for (const { actor, result } of rows) expect([actor.slice(0, 4), result]).toEqual(['key_', 'moved']);

    expect((await stack.admin.call('POST', path)).body).toEqual({ expired: 0, capped: false, older_than_hours: 24 });
  });

  it('takes the oldest first, and says when there may be more', async () => {
    const younger = await forgotten('live', '2 hours');
    const oldest = await forgotten('live', '20 hours');
    const older = await forgotten('live', '5 hours');
    const swept = await stack.admin.call('POST', path, { older_than_hours: 2, limit: 2 });
    // The young one of the story above is the oldest that is left.
    expect(swept.body).toEqual({ expired: 2, capped: true, older_than_hours: 2 });
    expect((await statusOf(oldest)).status).toBe('failed');
    expect((await statusOf(older)).status).toBe('pending');
    expect((await statusOf(younger)).status).toBe('pending');
  });

  it('decides by each order: one whose window is still open stays', async () => {
    const { body } = await stack.live.checkout();
    await stack.pool.query(`update orders set created_at = created_at - interval '3 days' where id = $1`, [
      body.order_id,
    ]);
    const swept = await stack.admin.call('POST', path, { older_than_hours: 48 });
    expect(swept.body).toMatchObject({ expired: 0, capped: false });
    expect((await statusOf(body.order_id)).status).toBe('pending');
  });

  it('is not held up by an order whose provider does not answer: that one decides later', async () => {
    const stuck = await forgotten('live', '101 hours');
    const other = await forgotten('live', '100 hours');
    await stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'http_500', match: { order_id: stuck } });
    const swept = await stack.admin.call('POST', path, { older_than_hours: 100 });
    expect(swept.body).toEqual({ expired: 1, capped: false, older_than_hours: 100 });
    expect((await statusOf(other)).status).toBe('failed');
    expect((await statusOf(stuck)).status).toBe('pending');
    await stack.sim('/faults', undefined, 'DELETE');
    await eventually(async () => expect((await statusOf(stuck)).status).toBe('failed'), { timeoutMs: 60_000 });
    const { rows } = await stack.pool.query(`select action from audit_log where order_id = $1`, [stuck]);
    expect(rows).toEqual([{ action: 'crypto_order.swept' }]);
  }, 90_000);

  it.each([
    ['older_than_hours', { older_than_hours: 0 }],
    ['older_than_hours', { older_than_hours: 8761 }],
    ['older_than_hours', { older_than_hours: 1.5 }],
    ['limit', { limit: 0 }],
    ['limit', { limit: 501 }],
    ['reason', { reason: '' }],
  ])('refuses a wrong %s', async (field, body) => {
    const answer = await stack.admin.call('POST', path, body);
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body.issues.fieldErrors)).toEqual([field]);
  });

  it('is for operators only', async () => {
    expect((await stack.live.call('POST', path)).status).toBe(403);
  });
});
