import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '2 seconds' } });
}, 120_000);
afterAll(() => stack?.close());

interface Story {
  readonly scenario: string;
  readonly with?: Record<string, unknown>;
  readonly oncePaid?: string; // what happens then: a busy machine may see both at once otherwise
  readonly status: string;
  readonly cases: string[]; // open ones, by kind
  readonly coin?: string;
}

// What the payer or the provider does, and how the order must end: docs/provider.md, "How the simulator plays it".
const stories: Story[] = [
  { scenario: 'paid', status: 'paid', cases: [] },
  { scenario: 'partial', status: 'partial', cases: ['underpaid'] },
  { scenario: 'partial_then_topup', status: 'paid', cases: [] },
  { scenario: 'overpaid', status: 'paid', cases: ['overpaid'] },
  { scenario: 'paid', oncePaid: 'paid', status: 'paid', cases: ['second_payment'] },
  { scenario: 'wrong_asset', status: 'partial', cases: ['wrong_asset'] },
  { scenario: 'failed', status: 'failed', cases: ['underpaid'] },
  { scenario: 'paid', oncePaid: 'refund', status: 'paid', cases: ['refunded'] },
  { scenario: 'silent', status: 'paid', cases: [] },
  { scenario: 'ipn_storm', with: { n: 50 }, status: 'paid', cases: [] },
  { scenario: 'out_of_order', status: 'paid', cases: [] },
  { scenario: 'forced_finished', status: 'partial', cases: ['underpaid'] },
];

const told: { orderId: string; cases: string[] }[] = [];

describe('each story of a payment ends as it must', () => {
  const named = stories.map((each) => ({
    ...each,
    story: [each.scenario, each.oncePaid].filter(Boolean).join(', then '),
  }));
  it.each(named)('$story: $status with cases $cases', async ({ scenario, with: options, oncePaid, status, cases }) => {
    const { body: order } = await stack.live.checkout();
    expect(order.payment_address, 'minted').toBeTypeOf('string');
    await stack.sim(`/scenarios/${scenario}`, { order_id: order.order_id, ...options });
    if (oncePaid) {
      await eventually(async () => {
        const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
        expect(body.status).toBe('paid');
      });
      await stack.sim(`/scenarios/${oncePaid}`, { order_id: order.order_id });
    }
    await eventually(
      async () => {
        const { body } = await stack.live.call('GET', `/v1/billing/crypto-orders/${order.order_id}`);
        const { rows } = await stack.pool.query(
          'select kind from support_cases where order_id = $1 and resolved_at is null order by opened_at',
          [order.order_id],
        );
        expect({ status: body.status, cases: rows.map((row) => row.kind) }).toEqual({ status, cases });
      },
      { timeoutMs: 25_000 },
    );
    told.push({ orderId: order.order_id, cases });
  });

  it('and every IPN of a story leaves its case the kind that it had', async () => {
    await eventually(
      async () => {
        const { rows } = await stack.pool.query(
          `select payment_id from payments where arrived > 0 and provider_status in ('waiting', 'confirming', 'confirmed', 'sending')
           union all select payment_id from provider_events where handled_at is null`,
        );
        expect(rows).toEqual([]);
      },
      { timeoutMs: 25_000 },
    );
    for (const { orderId, cases } of told) {
      const { rows } = await stack.pool.query(
        'select kind from support_cases where order_id = $1 and resolved_at is null order by opened_at',
        [orderId],
      );
      expect(rows.map((row) => row.kind)).toEqual(cases);
    }
  });

  it('wakes a person once for a wrong coin, however many notices tell of it', async () => {
    const { rows } = await stack.pool.query(
      `select count(*) as notices, count(*) filter (where e.handled_at is null) as waiting
       from provider_events e join support_cases c on c.order_id = e.order_id where c.kind = 'wrong_asset'`,
    );
    expect(rows[0].notices).toBeGreaterThan(1);
    const raised = (await stack.metrics.alarms.get()).values.find(({ labels }) => labels.alarm === 'wrong_asset');
    expect(raised?.value).toBe(1);
  });

  it('withdraws the entitlement of a refunded order and keeps its row', async () => {
    const { rows } = await stack.pool.query(
      `select count(*) as withdrawn from entitlements e join support_cases c on c.order_id = e.order_id
       where c.kind = 'refunded' and e.withdrawn_at is not null`,
    );
    expect(rows).toEqual([{ withdrawn: 1 }]);
  });

  it('leaves every invariant standing, with every coin of the ledger on record', async () => {
    await eventually(() => expectInvariants(stack), { timeoutMs: 20_000, intervalMs: 500 });
  });
});
