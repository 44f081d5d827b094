import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertPolicy } from '../../src/db/accounts/account-policies.js';
import { rememberDepositReads } from '../../src/db/money/deposit-reads.js';
import { closeMintIntent, mintIntentsOf, openMintIntent } from '../../src/db/money/mint-intents.js';
import { paymentsOf, recordPayments, type PaymentRecord } from '../../src/db/money/payments.js';
import { findRecord, recordFacts } from '../../src/db/orders/order-record.js';
import { findOrder } from '../../src/db/orders/orders.js';
import { openPair, storeCredentials } from '../../src/db/secrets/provider-credentials.js';
import { openCase, resolveCase } from '../../src/db/support/support-cases.js';
import { defaultPolicy } from '../../src/domain/cases/policy.js';
import type { PaymentId } from '../../src/domain/ids.js';
import { anEvent } from '../support/an-endpoint.js';
import { testApp, type TestApp } from '../support/test-app.js';

let api: TestApp;
let key: string;
beforeAll(async () => {
  api = await testApp();
  key = await api.newKey({});
});
afterAll(() => api.close());

const at = '2026-11-25T12:00:00.120Z';
const many = '123456789012345678901234567890.123456789012345678';

async function anOrder(): Promise<string> {
  return (await api.placed(key))['order_id']!;
}

function aPayment(orderId: string, over: Partial<PaymentRecord> = {}): PaymentRecord {
  return {
    ...{ mode: 'live', paymentId: '6000000001', orderId, role: 'child', parentPaymentId: null, keyLabel: 'k' },
    ...{ providerStatus: 'finished', coin: 'usdttrc20', arrived: many, applied: many, excess: '0', unapplied: '0' },
    ...{ lateAt: null, at },
    ...over,
  };
}

describe('the record of an order', () => {
  it('is what each of its statements answers by itself, to the last digit and millisecond', async () => {
    const { pool } = api.deps;
    const orderId = await anOrder();
    await recordPayments(pool, orderId, [
      aPayment(orderId, { lateAt: at, lateQuote: many, transactionHash: 'abcdef01' }),
    ]);
    await openMintIntent(pool, { orderId, attempt: 1, keyLabel: 'k', choice: 0 });
    await closeMintIntent(pool, { orderId, attempt: 1, outcome: 'refused', detail: 'no' });
    const read = {
      ...{ paymentId: '6000000002' as PaymentId, parentPaymentId: null, status: 'finished', coin: 'btc' },
      transactionHash: 'c0ffee00',
    };
    await rememberDepositReads(pool, { id: orderId, mode: 'live' }, [{ ...read, actuallyPaid: many as never }]);
    const record = (await findRecord(pool, orderId))!;
    expect(record.order).toEqual(await findOrder(pool, orderId));
    expect(record.payments).toEqual(await paymentsOf(pool, [orderId]));
    const added = record.payments.find(({ paymentId }) => paymentId === '6000000001');
    expect(added).toMatchObject({
      arrived: many,
      lateQuote: many,
      lateAt: at,
      firstSeenAt: at,
      transactionHash: 'abcdef01',
    });
    expect(record.mintIntents).toEqual(await mintIntentsOf(pool, { id: orderId, choice: 0 }));
    expect(record.depositReads).toMatchObject([{ ...read, actuallyPaid: many }]);
    expect(record.now).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('has the policy in force, open cases, and the payments that a person would not take', async () => {
    const { pool } = api.deps;
    const orderId = await anOrder();
    expect(await findRecord(pool, orderId)).toMatchObject({ ruling: { version: 0 }, hasOpenCase: false, declined: [] });
    const policy = { ...defaultPolicy, tolerancePercent: '2.5' };
    await insertPolicy(pool, { accountId: api.accountId, policy, actor: 'a person', reason: null });
    const about = { orderId, accountId: api.accountId, mode: 'live', kind: 'late_payment', paymentId: '61' } as const;
    const { id } = await openCase(pool, { ...about, actuallyPaid: '1', payCurrency: 'btc', evidence: {}, at });
    expect(await findRecord(pool, orderId)).toMatchObject({ ruling: { version: 1, policy }, hasOpenCase: true });
    await resolveCase(pool, id, { action: 'decline', reason: 'no', actor: 'a person', approvedBy: null, at });
    expect(await findRecord(pool, orderId)).toMatchObject({ hasOpenCase: false, declined: ['61'] });
  });

  it('says which facts have their answer, and that a slow confirmation was told of', async () => {
    const { pool } = api.deps;
    const orderId = await anOrder();
    const outcome = { kind: 'stayed', status: 'confirming', reason: null } as const;
    expect(await findRecord(pool, orderId, ['other'])).toMatchObject({ isToldOfSlowness: false, outcomes: new Map() });
    const fact = `slow_confirmation:${at}`;
    await recordFacts(pool, orderId, { fact, covers: [], areIpns: false, outcome }, []);
    const record = await findRecord(pool, orderId, [fact, 'other']);
    expect(record).toMatchObject({ isToldOfSlowness: true, outcomes: new Map([[fact, outcome]]) });
  });

  it('brings the pair that mints it, or that made its payment, and says where the money goes', async () => {
    const { pool, keyring } = api.deps;
    const orderId = await anOrder();
    await pool.query('update orders set provider_key_label = null where id = $1', [orderId]); // not minted yet
    const { accountId } = api;
    const labelOf = async () => (await findRecord(pool, orderId))!.pair.own?.keyLabel ?? null;
    const store = (mode: 'live' | 'test', keyLabel: string) =>
      storeCredentials(pool, keyring, {
        ...{ accountId, mode, keyLabel, apiKey: `key of ${keyLabel}`, ipnSecret: 'secret' },
        ...{ email: null, password: null, payoutCoin: null },
      });
    await store('test', 'of-tests');
    expect(await labelOf()).toBeNull(); // a live order's money never goes by a test pair
    await store('live', 'first');
    const { own } = (await findRecord(pool, orderId))!.pair;
    expect(openPair(keyring, own!)).toMatchObject({ mode: 'live', apiKey: 'key of first', retiredAt: null });
    await store('live', 'second');
    expect(await labelOf()).toBe('second');
    await pool.query(`update orders set provider_key_label = 'first' where id = $1`, [orderId]);
    expect(await labelOf()).toBe('first');

    const setChoice = `update accounts set settings = settings || jsonb_build_object('provider', $2::text) where id = $1`;
    for (const choice of ['installation', 'own']) {
      await pool.query(setChoice, [accountId, choice]);
      expect((await findRecord(pool, orderId))!.pair.choice).toBe(choice);
    }
  });

  it('has nothing of another order, and an event of none is no event of it', async () => {
    const { pool } = api.deps;
    const [one, other] = [await anOrder(), await anOrder()];
    await recordPayments(pool, one, [aPayment(one, { paymentId: '6000000009' })]);
    await anEvent(pool, { accountId: api.accountId });
    const record = (await findRecord(pool, other, [randomUUID()]))!;
    expect(record.payments.map(({ orderId }) => orderId)).toEqual(record.payments.map(() => other));
    expect([record.unpublished, record.notices]).toEqual([[], []]);
    expect(await findRecord(pool, 'ord_ffffffffffff')).toBeNull();
  });
});

describe('what is known of payments', () => {
  it('is written together; the answer has those that nothing was written of, too', async () => {
    const { pool } = api.deps;
    const orderId = await anOrder();
    const [first, second] = ['6100000001', '6100000002'].map((paymentId) => aPayment(orderId, { paymentId }));
    await recordPayments(pool, orderId, [first!]);
    const after = await recordPayments(pool, orderId, [second!, { ...second!, providerStatus: 'refunded' }]);
    expect(after).toEqual(await paymentsOf(pool, [orderId]));
    expect(after.filter(({ role }) => role === 'child').map(({ providerStatus }) => providerStatus)).toEqual([
      'finished',
      'refunded',
    ]);
  });
});
