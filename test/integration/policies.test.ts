import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { moneyOf } from '../support/ledger.js';
import type { Answer } from '../support/merchant.js';
import { startStack, type Stack } from '../support/stack.js';

type Body = Answer['body'];

let stack: Stack;
const unpaid: Body[] = []; // nobody pays them in time
beforeAll(async () => {
  // That a looser policy takes two persons is tested for itself: test/api/admin/approvals.test.ts.
  stack = await startStack({ env: { PAY_WINDOW: '25 seconds', POLL_GRACE: '1 hour', FOUR_EYES_ABOVE: 'off' } });
  for (let made = 0; made < 4; made += 1) unpaid.push(await checkout());
}, 120_000);
afterAll(() => stack?.close());

const path = () => `/v1/admin/accounts/acc_${stack.live.accountId}/policy`;

async function policy(over: object): Promise<Body> {
  const answer = await stack.admin.call('PUT', path(), { policy: over });
  expect(answer.status).toBe(200);
  return answer.body;
}

async function checkout(): Promise<Body> {
  const { body } = await stack.live.checkout();
  expect(body.pay_amount_text).toBe('49.024513');
  return body;
}

async function standing(id: string, status: string, kinds: string[]): Promise<Body> {
  return eventually(
    async () => {
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
      const { rows } = await stack.pool.query(
        'select kind from support_cases where order_id = $1 and resolved_at is null order by opened_at',
        [id],
      );
      expect({ status: body.status, kinds: rows.map((row) => row.kind) }).toEqual({ status, kinds });
      return body;
    },
    { timeoutMs: 60_000 },
  );
}

const pay = (id: string, over: object = {}) => stack.sim('/pay', { order_id: id, ...over });
const takesLate = { late: { within_minutes: 60, rate_band_percent: '1' } };

/** One whose window has closed. */
async function expired(): Promise<Body> {
  const order = unpaid.pop();
  if (!order) throw new Error('all expired orders are used');
  await standing(order.order_id, 'failed', []);
  return order;
}

describe('an order is settled by the policy of its account', { timeout: 90_000 }, () => {
  it('as short as it allows, with the version on the timeline', async () => {
    const { body } = await stack.admin.call('GET', path());
    expect(body).toMatchObject({
      version: 0,
      policy: { tolerance_percent: null, overpaid: 'case', late: null },
      installation: { tolerance_percent: '1', partial_window_minutes: 10_080 },
      versions: [],
    });
    const strict = await checkout();
    await pay(strict.order_id, { amount: '48' });
    await standing(strict.order_id, 'partial', ['underpaid']);

    const { version } = await policy({ tolerance_percent: '5' });
    const lenient = await checkout();
    await pay(lenient.order_id, { amount: '48', then: ['confirming', 'finished'] });
    await standing(lenient.order_id, 'paid', []);
    const { rows } = await stack.pool.query(`select detail from order_events where order_id = $1 and status = 'paid'`, [
      lenient.order_id,
    ]);
    expect(rows).toMatchObject([{ detail: { policy: version } }]);
    expect(await moneyOf(stack, lenient.order_id)).toMatchObject({ applied: '48', excess: '0', unresolved: '0' });
  });

  it('with no case for an excess that it keeps', async () => {
    await policy({ overpaid: 'keep' });
    const { order_id: id } = await checkout();
    await pay(id, { amount: '100' });
    await standing(id, 'paid', []);
    expect(await moneyOf(stack, id)).toMatchObject({ applied: '49.024513', excess: '50.975487', unresolved: '0' });
  });

  it('with the partial window that it gives', async () => {
    await policy({ partial_window_minutes: 30 });
    const { order_id: id } = await checkout();
    await pay(id, { amount: '20' });
    await standing(id, 'partial', ['underpaid']);
    const { rows } = await stack.pool.query(
      'select extract(epoch from partial_until - updated_at)::int as seconds from orders where id = $1',
      [id],
    );
    expect(rows[0].seconds).toBeGreaterThan(1_790);
    expect(rows[0].seconds).toBeLessThanOrEqual(1_800);
  });

  it('paid though late, in its name: case, audit row, events, receipt as by a person', async () => {
    const { version } = await policy(takesLate);
    const { order_id: id, pay_amount_text: owed } = await expired();
    await pay(id);
    const paid = await standing(id, 'paid', []);
    expect(paid.events.at(-1)).toMatchObject({ status: 'paid', source: 'support' });
    expect(paid.late_payments).toHaveLength(1);
    const { body } = await stack.admin.call('GET', `/v1/admin/support-cases?order_id=${id}`);
    expect(body.cases).toMatchObject([
      {
        kind: 'late_payment',
        resolution: { action: 'honour', actor: `policy:v${version}`, approved_by: null },
        evidence: { payments: [{ late_quote: owed }] },
      },
    ]);
    const { rows } = await stack.pool.query(
      `select (select array_agg(action) from audit_log where order_id = $1) as audited,
         (select array_agg(type order by type) from outgoing_events where order_id = $1) as told`,
      [id],
    );
    expect(rows).toMatchObject([{ audited: ['support_case.honoured'] }]);
    expect(rows[0].told).toEqual(expect.arrayContaining(['crypto.order.late_payment', 'crypto.order.paid']));
    expect((await stack.live.call('GET', `/v1/billing/crypto-orders/${id}/receipt`)).status).toBe(200);
    expect(await moneyOf(stack, id)).toMatchObject({ applied: owed, unresolved: '0' });
  });

  it.each([
    ['a part of it', takesLate, { amount: '20' }, false],
    ['more than the price', takesLate, { amount: '100' }, false],
    ['without such a rule', {}, {}, false],
    ['of an order that its owner cancelled', takesLate, {}, true],
  ])('not paid, but left to a person: late money, %s', async (_what, rule, money, cancelled) => {
    await policy(rule);
    const { order_id: id } = cancelled ? await checkout() : await expired();
    if (cancelled) await stack.live.call('POST', `/v1/billing/crypto-orders/${id}/cancel`);
    const status = cancelled ? 'cancelled' : 'failed';
    await standing(id, status, []);
    await pay(id, money);
    await eventually(async () => {
      const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`);
      expect(['finished', 'partially_paid']).toContain(body.late_payments[0]?.provider_status);
    });
    await standing(id, status, ['late_payment']);
  });

  it('and keeps every invariant', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});

describe('a dry run on those orders', () => {
  it('tells what each policy alone would have made of them, and changes nothing', async () => {
    const before = (await stack.admin.call('GET', path())).body;
    await policy({});
    const run = async (over: object) => {
      const { status, body } = await stack.admin.call('POST', `${path()}/dry-run`, { policy: over });
      expect(status).toBe(200);
      return body;
    };
    const same = await run({});
    expect(same).toMatchObject({ changed: 0, changes: [], paid_more_cents: {}, paid_less_cents: {} });
    expect(same.current.outcomes).toEqual({ paid: 1, paid_late: 0, partial: 3, late: 5, unclear: 0, unpaid: 0 });
    expect(same.current.overpaid_cases).toBe(1);
    expect(same).toMatchObject({ orders: 9, with_money: 9 });

    const late = await run(takesLate);
    expect(late.proposed.outcomes).toMatchObject({ paid_late: 2, late: 3 });
    expect(late.paid_more_cents).toEqual({ USD: 9_800 });
    expect(late.changes).toHaveLength(2);
    expect(late.changes[0]).toMatchObject({ current: 'late', proposed: 'paid_late', price_cents: 4900 });

    const lenient = await run({ tolerance_percent: '5', overpaid: 'keep' });
    expect(lenient.proposed).toMatchObject({ outcomes: { paid: 2, partial: 2 }, overpaid_cases: 0 });
    expect((await stack.admin.call('GET', path())).body.versions).toHaveLength(before.versions.length + 1);
  });
});
