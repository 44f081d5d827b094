import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OrderDependencies } from '../../src/activities/dependencies.js';
import { pollPayment } from '../../src/activities/poll-payment.js';
import { databaseNow } from '../../src/db/clock.js';
import type { ReadOutcome } from '../../src/gateway/nowpayments.js';
import { anAccount } from '../gateway/provider-double.js';
import { insertBoundOrders } from '../support/bound-orders.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

/** What a poll ends with when the provider's read ends so. */
async function failureOf(outcome: ReadOutcome): Promise<ApplicationFailure> {
  const { pool } = api.deps;
  const keyLabel = 'of-the-poll';
  await pool.query('delete from payments where key_label = $1', [keyLabel]);
  await pool.query('update orders set payment_id = null, pay_address = null, pay_amount = null');
  const [order] = await insertBoundOrders(pool, { accountId: api.accountId, count: 1, keyLabel });
  const deps = {
    pool,
    now: databaseNow,
    gateway: { read: () => Promise.resolve(outcome) },
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
