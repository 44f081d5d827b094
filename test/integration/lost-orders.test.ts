import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepScheduleId } from '../../src/workflows/messages.js';
import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
const beforeAllOfIt = new Date(Date.now() - 60_000).toISOString();
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '100 hours' } });
  await stack.live.checkout(); // an order that is known, by whose pair the list is read
  await stack.client.schedule.getHandle(sweepScheduleId).trigger();
  await eventually(async () => {
    const { rowCount } = await stack.pool.query('select 1 from provider_sweeps');
    expect(rowCount).toBe(1);
  });
}, 120_000);
afterAll(() => stack?.close());

/** A payment of an order that this database does not have, as after a restore. */
async function ofLostOrder(orderId: string): Promise<string> {
  const { provider } = stack.config;
  const response = await fetch(`${provider.live?.apiUrl}/payment`, {
    method: 'POST',
    headers: { 'x-api-key': provider.live?.apiKey ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ price_amount: 49, price_currency: 'usd', pay_currency: 'usdttrc20', order_id: orderId }),
  });
  const { payment_id } = (await response.json()) as { payment_id: string };
  return payment_id;
}

async function paid(paymentId: string): Promise<void> {
  await stack.sim('/pay', { payment_id: paymentId, ipn: 'drop' });
  await eventually(async () => {
    expect(JSON.stringify(await stack.sim(`/payments/${paymentId}`))).toContain('"finished"');
  });
}

async function reconcile(body: object) {
  const { status, body: started } = await stack.admin.call('POST', '/v1/admin/reconcile', body);
  expect(status, JSON.stringify(started)).toBe(202);
  return eventually(async () => {
    const { body: list } = await stack.admin.call('GET', '/v1/admin/reconcile-runs?limit=5');
    const run = list.runs.find((each: { id: string }) => each.id === started.run_id);
    expect(run.outcome).toBe('finished');
    return run;
  });
}

async function cases(): Promise<Record<string, unknown>[]> {
  const { rows } = await stack.pool.query(
    'select kind, order_id, payment_id, actually_paid, pay_currency, facts from support_cases order by opened_at',
  );
  return rows;
}

describe('coins of orders that a restore has lost', () => {
  it('become cases, each once, where somebody says since when', async () => {
    const lost = await ofLostOrder('ord_00000000abcd');
    await ofLostOrder('ord_00000000abce'); // nobody paid it
    const strange = await ofLostOrder('another-shop-17'); // no id of ours
    await paid(lost);
    await paid(strange);

    expect((await reconcile({})).examined.lost_orders).toBeUndefined();
    expect(await cases()).toEqual([]);

    const looked = await reconcile({ dry_run: true, lost_since: beforeAllOfIt });
    expect(looked).toMatchObject({ examined: { lost_orders: 1 }, repaired: { lost_orders: 0 } });
    expect(await cases()).toEqual([]);

    const run = await reconcile({ lost_since: beforeAllOfIt, reason: 'the backup of 08:00 was restored' });
    expect(run).toMatchObject({ examined: { lost_orders: 1 }, repaired: { lost_orders: 1 } });
    const [found, ...others] = await cases();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      kind: 'orphan_payment',
      order_id: null,
      payment_id: lost,
      pay_currency: 'usdttrc20',
    });
    expect(Number(found?.actually_paid)).toBeCloseTo(49, 0);
    expect(found?.facts).toMatchObject([{ source: 'reconcile', claimed_order: 'ord_00000000abcd' }]);

    expect((await reconcile({ lost_since: beforeAllOfIt })).repaired.lost_orders).toBe(0);
    expect(await cases()).toHaveLength(1);
    const { rows } = await stack.pool.query(
      `select after from audit_log where action = 'reconcile.started' order by at`,
    );
    expect(rows.at(-1).after).toEqual({ dry_run: false, lost_since: beforeAllOfIt });
  });

  it('is refused a time that is none', async () => {
    const { status, body } = await stack.admin.call('POST', '/v1/admin/reconcile', { lost_since: 'yesterday' });
    expect(status).toBe(400);
    expect(Object.keys(body.issues.fieldErrors)).toEqual(['lost_since']);
  });
});
