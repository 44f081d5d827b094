import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pollPayment } from '../../src/activities/poll-payment.js';
import { keyringOf } from '../../src/db/secrets/seal.js';
import { createGateway } from '../../src/gateway/nowpayments.js';
import { createProviderAccounts } from '../../src/provider-accounts.js';
import { eventually } from '../support/eventually.js';
import { expectInvariants, wholeLedger } from '../support/invariants.js';
import { moneyOf } from '../support/ledger.js';
import { startStack, type Stack } from '../support/stack.js';

let stack: Stack;
let gateway: ReturnType<typeof createGateway>;
beforeAll(async () => {
  stack = await startStack({ env: { POLL_GRACE: '1 hour' } });
  gateway = createGateway({ maxRps: 1000, burst: 1000 });
}, 120_000);
afterAll(async () => {
  await gateway?.close();
  await stack?.close();
});

const calls = async () => (await wholeLedger(stack)).filter((entry) => entry.kind === 'call').length;

/** One attempt of the poll as the worker makes it: what it answered, and how many calls the provider got. */
async function poll(orderId: string): Promise<{ said: string; calls: number }> {
  const { config, pool } = stack;
  const { accountFor } = createProviderAccounts({ config, pool, keyring: keyringOf(config.masterKeys) });
  const before = await calls();
  const said = await pollPayment(
    {
      pool,
      gateway,
      providerAccount: accountFor,
      alarms: { raise: (name) => expect.unreachable(name) },
    },
    { orderId },
  ).then(
    () => 'news',
    (failure: { type?: string }) => String(failure.type),
  );
  return { said, calls: (await calls()) - before };
}

async function standing(id: string, over: Record<string, unknown>): Promise<void> {
  await eventually(
    async () => expect((await stack.live.call('GET', `/v1/billing/crypto-orders/${id}`)).body).toMatchObject(over),
    { timeoutMs: 30_000, intervalMs: 200 },
  );
}

/** A partial order over 1000 USD with a hundred transfers of 6 that no IPN told of; the provider calls each `status`. */
async function inPieces(status: 'finished' | 'partially_paid'): Promise<string> {
  await stack.sim('/settings', { redeposit_status: status }, 'PUT');
  const { body: order } = await stack.live.checkout({ price_cents: 100_000 });
  await stack.sim('/pay', { order_id: order.order_id, amount: '100' });
  await standing(order.order_id, { status: 'partial' });
  for (let piece = 0; piece < 100; piece += 1) {
    await stack.sim('/pay', { order_id: order.order_id, amount: '6', ipn: 'drop', step: 1 });
  }
  await eventually(async () => {
    const { payments } = await stack.sim<{ payments: { payment_status: string }[] }>(
      `/payments?order_id=${order.order_id}&limit=100`,
    );
    expect(new Set(payments.map((payment) => payment.payment_status))).toEqual(new Set([status]));
  });
  return order.order_id;
}

/** So many polls, with nothing settled in between: each attempt remembers what it read. */
async function pollRound(orderId: string, times: number) {
  await stack.stopWorker();
  const made: { said: string; calls: number }[] = [];
  while (made.length < times) made.push(await poll(orderId));
  await stack.startWorker();
  return made;
}

describe('a hundred small transfers to one address', () => {
  it('are read ten at a time, each once, and all of them count', async () => {
    const id = await inPieces('finished');
    const polls = await pollRound(id, 12);
    // The payment itself and ten of the others; a few the worker read while they came in.
    expect(Math.max(...polls.map((made) => made.calls))).toBe(11);
    expect(polls.slice(-2).map((made) => made.calls)).toEqual([1, 1]);
    expect(polls.reduce((sum, made) => sum + made.calls - 1, 0)).toBeLessThanOrEqual(100);
    expect(new Set(polls.map((made) => made.said))).toEqual(new Set(['news']));

    // The rest by IPN: one settle that reads the payment and the last transfer, and knows the others.
    const before = await calls();
    await stack.sim('/pay', { order_id: id, amount: '300.500265', ipn: 'send' });
    await standing(id, { status: 'paid' });
    expect(await moneyOf(stack, id)).toMatchObject({ applied: '1000.500251', excess: '0.000014', unresolved: '0' });
    await eventually(() => expectInvariants(stack), { timeoutMs: 30_000, intervalMs: 500 });
    expect((await calls()) - before).toBeLessThanOrEqual(8);
  }, 120_000);

  it('that may still change take turns, never more than ten at a time', async () => {
    const id = await inPieces('partially_paid');
    const polls = await pollRound(id, 12);
    expect(polls.map((made) => made.calls)).toEqual(Array.from({ length: 12 }, () => 11));
    const { rows } = await stack.pool.query(
      'select count(*) as count, count(distinct read_at) as moments from deposit_reads where order_id = $1',
      [id],
    );
    expect(rows[0].count).toBe(100);
    expect(rows[0].moments).toBeGreaterThanOrEqual(10);
  }, 120_000);
});

describe('a reading that is not all of it', () => {
  it('settles nothing: a reconcile waits until each transfer had its turn, then counts them all', async () => {
    const id = await inPieces('finished');
    await stack.pool.query(
      `update orders set created_at = now() - interval '1 hour', provider_checked_at = null where id = $1`,
      [id],
    );
    const { status } = await stack.admin.call('POST', '/v1/admin/reconcile', {});
    expect(status).toBeLessThan(300);
    await standing(id, { status: 'partial', actually_paid: '700' });
    const { rows } = await stack.pool.query(
      `select count(*) as moves from order_events where order_id = $1 and source = 'reconcile'`,
      [id],
    );
    expect(rows[0].moves).toBeLessThanOrEqual(1);
  }, 120_000);
});
