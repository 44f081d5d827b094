import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OrderDependencies } from '../../src/activities/dependencies.js';
import { pollPayment } from '../../src/activities/poll-payment.js';
import { recordSweep } from '../../src/db/reconcile/sweeps.js';
import type { ReadOutcome } from '../../src/gateway/nowpayments.js';
import { anAccount } from '../gateway/provider-double.js';
import { insertBoundOrders } from '../support/bound-orders.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

let reads = 0;
const keyLabel = 'of-the-poll';

/** What a poll ends with when the provider's read ends so. */
async function failureOf(outcome: ReadOutcome): Promise<ApplicationFailure> {
  const { pool } = api.deps;
  await pool.query('delete from payments where key_label = $1', [keyLabel]);
  await pool.query('update orders set payment_id = null, pay_address = null, pay_amount = null');
  const [order] = await insertBoundOrders(pool, { accountId: api.accountId, count: 1, keyLabel });
  const deps = {
    pool,
    gateway: { read: () => Promise.resolve(outcome).finally(() => (reads += 1)) },
    providerAccount: () => Promise.resolve(anAccount('http://127.0.0.1:1')),
    alarms: { raise: () => {} },
  } as unknown as OrderDependencies;
  const failure: unknown = await pollPayment(deps, { orderId: order!.id }).catch((thrown: unknown) => thrown);
  if (failure instanceof ApplicationFailure) return failure;
  throw new Error(`not a failure of ours: ${String(failure)}`);
}

const outcomes: [string, ReadOutcome][] = [
  ['no turn', { kind: 'unavailable', message: 'over the quota', retryAfterMs: 5_200, alarm: false }],
  ['a breaker that is open', { kind: 'unavailable', message: 'rests', retryAfterMs: 30_000, alarm: false }],
  ['an account that is refused', { kind: 'account', message: '403', retryAfterMs: 30_000 }],
];

it.each(outcomes)(
  'a poll that ends for %s waits as its own policy says, and is nobody’s failure',
  async (_, outcome) => {
    const failure = await failureOf(outcome);
    expect(failure.nextRetryDelay).toBeUndefined();
    expect(failure.category).toBe(ApplicationFailureCategory.BENIGN);
  },
);

/** Notes that the sweep read the list of the order's credentials so long ago, back to so long ago. */
async function noteSweep(sweptAt: string, sweptFrom: string, label = keyLabel): Promise<void> {
  await api.deps.pool.query('truncate provider_sweeps');
  await recordSweep(api.deps.pool, { mode: 'live', keyLabel: label, sweptFrom, sweptAt, ...counts });
}

const counts = { pages: 1, listed: 1, rung: 0, isDeep: false };
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const away: ReadOutcome = { kind: 'unavailable', message: 'away', retryAfterMs: null, alarm: false };

it('a poll of an order that the sweep sees asks nothing, and looks again in half an hour', async () => {
  await noteSweep(ago(2), ago(600));
  reads = 0;
  const failure = await failureOf(away);
  expect(failure).toMatchObject({ type: 'LeftToTheSweep', nextRetryDelay: 1_800_000 });
  expect(failure.category).toBe(ApplicationFailureCategory.BENIGN);
  expect(reads).toBe(0);
});

it.each([
  ['was two sweeps ago', ago(4), ago(600), keyLabel],
  ['began after the order was made', ago(1), ago(-60), keyLabel],
  ['is of other credentials', ago(1), ago(600), 'other'],
])('a sweep that %s leaves the poll to itself', async (_, sweptAt, sweptFrom, label) => {
  await noteSweep(sweptAt, sweptFrom, label);
  reads = 0;
  expect(await failureOf(away)).toMatchObject({ type: 'ProviderUnavailable', nextRetryDelay: undefined });
  expect(reads).toBe(1);
});
