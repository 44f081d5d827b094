import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderDependencies } from '../../src/activities/dependencies.js';
import { settleOrder } from '../../src/activities/settle/settle-order.js';
import { databaseNow } from '../../src/db/clock.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { createGateway } from '../../src/gateway/nowpayments.js';
import { createProviderAccounts } from '../../src/provider-accounts.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants } from '../support/invariants.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour', RECONCILE_EVERY: '10 hours' } });
}, 120_000);
afterAll(() => stack?.close());

type Trouble = 'the key is refused' | 'there is no account' | 'another key made it' | 'the provider is away';

/** One attempt to settle the fact, the provider being in that trouble; what it says, or the type of its failure. */
async function attempt(trouble: Trouble, { orderId, factId }: Placed, number: number) {
  const alarms: string[] = [];
  const keyring = keyringOf(stack.config.masterKeys);
  const accounts = createProviderAccounts({ config: stack.config, pool: stack.pool, keyring });
  const gateway = createGateway({ maxRps: 500 });
  if (trouble === 'the provider is away') {
    await stack.sim('/faults', { endpoint: 'GET /payment/:id', fault: 'http_500' });
  }
  const deps: OrderDependencies = {
    pool: stack.pool,
    gateway,
    keyring,
    tolerance: stack.config.tolerance,
    publicUrl: stack.config.publicUrl,
    alarms: { raise: (name) => void alarms.push(name) },
    now: databaseNow,
    signReceipt: () => 'unsigned',
    providerAccount: async (order) => {
      const account = await accounts.accountFor(order);
      if (trouble === 'the key is refused') return account && { ...account, apiKey: 'revoked' };
      if (trouble === 'another key made it') return account && { ...account, apiKey: 'sim-test-key' };
      return trouble === 'there is no account' ? null : account;
    },
    ipnCallbackUrl: accounts.ipnCallbackUrl,
    publish: async () => {},
  };
  const fact = { kind: 'ipn', id: factId } as const;
  try {
    const input = { orderId, fact, clocks: stack.config.clocks, runId: '00000000-0000-4000-8000-000000000000' };
    const { outcome } = await settleOrder(deps, input, number);
    return { outcome, alarms };
  } catch (failure) {
    return { failure: (failure as { type?: string }).type, alarms };
  } finally {
    await gateway.close();
    await stack.sim('/faults', undefined, 'DELETE');
  }
}

interface Placed {
  readonly orderId: string;
  readonly paymentId: string;
  readonly factId: string; // of the IPN that says `finished`
}

/** A cancelled order, and no worker: its payer pays, and the notice waits in the inbox. */
async function paidAfterCancel(): Promise<Placed> {
  const { body: order } = await stack.live.checkout();
  const orderId = order.order_id as string;
  const cancelled = await stack.live.call('POST', `/v1/billing/crypto-orders/${orderId}/cancel`);
  expect(cancelled.status).toBe(200);
  await stack.stopWorker();
  await stack.sim('/pay', { order_id: orderId, then: ['finished'] });
  const row = await eventually(async () => {
    const { rows } = await stack.pool.query<{ id: string; payment_id: string }>(
      `select id, payment_id from provider_events where order_id = $1 and payment_status = 'finished'`,
      [orderId],
    );
    expect(rows).toHaveLength(1);
    return rows[0]!;
  });
  return { orderId, paymentId: row.payment_id, factId: row.id };
}

async function casesOf(orderId: string) {
  const { rows } = await stack.pool.query(
    'select kind, payment_id, actually_paid, facts from support_cases where order_id = $1 and resolved_at is null',
    [orderId],
  );
  return rows;
}

describe('a notice for a closed order that the provider does not let us check', () => {
  it.each<[Trouble, number]>([
    ['the key is refused', 6],
    ['there is no account', 6],
    ['another key made it', 6],
    ['the provider is away', 100],
  ])(
    '%s: is given up after %i attempts, with a case of what it claimed, and counts when it can be read',
    async (trouble, last) => {
      const placed = await paidAfterCancel();
      const { orderId, paymentId, factId } = placed;
      const failure = trouble === 'the provider is away' ? 'ProviderUnavailable' : 'ProviderRefuses';
      expect(await attempt(trouble, placed, last - 1)).toMatchObject({ failure });
      expect(await casesOf(orderId)).toEqual([]);

      const given = await attempt(trouble, placed, last);
      expect(given.outcome).toMatchObject({
        kind: 'stayed',
        status: 'cancelled',
        reason: expect.stringMatching(/^given up/),
      });
      expect(given.alarms).toContain('fact_given_up');
      expect(await casesOf(orderId)).toMatchObject([
        {
          kind: 'late_payment',
          payment_id: paymentId,
          actually_paid: null,
          facts: [
            {
              source: 'ipn',
              not_read: expect.any(String),
              attempts: last,
              claimed_payment: paymentId,
              claimed_status: 'finished',
              claimed_paid: expect.stringMatching(/^49\./),
              claimed_currency: 'usdttrc20',
            },
          ],
        },
      ]);
      const { rows } = await stack.pool.query('select outcome, next_relay_at from provider_events where id = $1', [
        factId,
      ]);
      expect(rows).toEqual([{ outcome: 'stayed: cancelled', next_relay_at: null }]);

      // The provider can be read again: the late watch finds the coins, in the same case.
      await stack.startWorker();
      await eventually(async () => {
        const run = await stack.client.workflow.getHandle(`crypto-order/${orderId}`).describe();
        expect(run.status.name).toBe('COMPLETED');
      });
      await stack.pool.query(
        `update orders set closed_at = closed_at - interval '1 hour', created_at = created_at - interval '1 hour',
         provider_checked_at = null where id = $1`,
        [orderId],
      );
      expect((await stack.admin.call('POST', '/v1/admin/reconcile', {})).status).toBe(202);
      await eventually(async () => {
        const found = await casesOf(orderId);
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({ kind: 'late_payment', actually_paid: expect.stringMatching(/^49\./) });
        expect(found[0].facts).toHaveLength(2);
      });
    },
    60_000,
  );

  it('on an open order is tried for as long as it takes', async () => {
    const { body: order } = await stack.live.checkout();
    const orderId = order.order_id as string;
    await stack.stopWorker();
    const body = JSON.stringify({
      payment_id: 99_000_002,
      payment_status: 'finished',
      order_id: orderId,
      actually_paid: 49,
    });
    await stack.sim('/ipn', { url: `${stack.apiUrl}/v1/webhooks/nowpayments`, body, sign: 'A' });
    const { rows } = await stack.pool.query('select id from provider_events where order_id = $1', [orderId]);
    const placed = { orderId, paymentId: '99000002', factId: rows[0].id as string };
    expect(await attempt('the key is refused', placed, 10_000)).toMatchObject({ failure: 'ProviderRefuses' });
    expect(await casesOf(orderId)).toEqual([]);
    await stack.startWorker();
  });

  it('of a payment beside the bound one, which is not visible, has its case on an open order too', async () => {
    const { body: order } = await stack.live.checkout();
    const orderId = order.order_id as string;
    await stack.stopWorker();
    const notice = { payment_id: 99_000_003, order_id: orderId, pay_currency: 'usdttrc20' };
    const post = (body: object) =>
      stack.sim('/ipn', { url: `${stack.apiUrl}/v1/webhooks/nowpayments`, body: JSON.stringify(body), sign: 'A' });
    await post({ ...notice, payment_status: 'waiting', actually_paid: 0 });
    await post({ ...notice, payment_status: 'finished', actually_paid: 49 });
    const { rows } = await stack.pool.query<{ id: string }>(
      'select id from provider_events where order_id = $1 order by received_at',
      [orderId],
    );
    const [empty, paid] = rows.map(({ id }) => ({ orderId, paymentId: '99000003', factId: id }));
    expect((await attempt('another key made it', empty!, 1)).outcome).toMatchObject({ kind: 'stayed' });
    expect(await casesOf(orderId)).toEqual([]);
    for (const early of [1, 2, 3]) {
      expect(await attempt('another key made it', paid!, early)).toMatchObject({ failure: 'IpnAheadOfRead' });
    }
    expect((await attempt('another key made it', paid!, 4)).outcome).toMatchObject({
      kind: 'stayed',
      status: 'pending',
    });
    expect(await casesOf(orderId)).toMatchObject([
      {
        kind: 'orphan_payment',
        payment_id: '99000003',
        actually_paid: null,
        facts: [{ claimed_status: 'finished', claimed_paid: '49', not_read: expect.any(String) }],
      },
    ]);
    await stack.startWorker();
  });

  it('and keeps every invariant', async () => {
    // What is not visible is asked for again after 2, 5 and 15 seconds.
    await eventually(() => expectInvariants(stack), { timeoutMs: 50_000, intervalMs: 500 });
  }, 60_000);
});
