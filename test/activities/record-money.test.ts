import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordMoney } from '../../src/activities/settle/record-money.js';
import { meaningOf } from '../../src/activities/settle/understand-fact.js';
import type { Understanding } from '../../src/activities/settle/understand-fact.js';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { bindPayment } from '../../src/db/orders/order-changes.js';
import { findOrder } from '../../src/db/orders/orders.js';
import { paymentsOf } from '../../src/db/money/payments.js';
import type { Pool } from '../../src/db/pool.js';
import { createPool } from '../../src/db/pool.js';
import { defaultTolerance } from '../../src/domain/money.js';
import { decide } from '../../src/domain/order.js';
import type { PaymentView } from '../../src/domain/payment-view.js';
import { bound, paymentId, redeposit, terms } from '../support/a-payment.js';
import { insertManyOrders } from '../support/order-history.js';
import { testDatabase } from '../support/postgres.js';
import type { TestDatabase } from '../support/postgres.js';

const accountId = randomUUID();
const at = '2026-11-25T12:00:00.000Z';
let database: TestDatabase;
let pool: Pool;
let ids = 7_000;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, applicationName: 'test', onError: () => {} });
  await insertAccount(pool, { id: accountId, name: 'Merchant', settings: {} });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** What one reading of the provider leaves on record of a pending order's money: the event, and the open cases. */
async function recorded(read: (own: (view: PaymentView) => PaymentView) => PaymentView[]) {
  const [orderId] = await insertManyOrders(pool, {
    accountId,
    mode: 'live',
    status: 'pending',
    count: 1,
    spanMs: 1_000,
  });
  if (!orderId) throw new Error('no order');
  const [id, child] = [paymentId(String((ids += 1))), paymentId(String((ids += 1)))];
  const binding = { payAmountText: terms.payAmount, payExtraId: null, network: 'trx', addressSha256: 'a'.repeat(64) };
  const { payCurrency } = terms;
  await bindPayment(pool, orderId, { paymentId: id, payCurrency, payAddress: `T${id}`, keyLabel: 'k', ...binding }, at);
  const order = await findOrder(pool, orderId);
  if (!order) throw new Error('no order');

  const [own, ...others] = read((view) => ({
    ...view,
    paymentId: view.parentPaymentId === null ? id : child,
    parentPaymentId: view.parentPaymentId === null ? null : id,
  }));
  if (!own) throw new Error('nothing read');
  const tolerance = defaultTolerance;
  const situation = { deps: { tolerance }, tolerance, order, known: await paymentsOf(pool, [order.id]) };
  const meaning = meaningOf(situation as unknown as Understanding, own, others, 'ipn'); // all that it looks at
  await recordMoney(pool, order, meaning, decide(order.status, meaning.event), at);

  const { rows } = await pool.query<{ kind: string; payment_id: string }>(
    'select kind, payment_id from support_cases where order_id = $1 and resolved_at is null order by payment_id',
    [order.id],
  );
  const cases = rows.map(({ kind, payment_id }) => `${kind} of the ${payment_id === id ? 'payment' : 're-deposit'}`);
  return { event: meaning.event, cases };
}

describe('the case of a coin that no price absorbed', () => {
  it('is none for a payment that fits', async () => {
    expect(await recorded((own) => [own(bound('finished', '100'))])).toEqual({ event: 'payment_finished', cases: [] });
    expect(await recorded((own) => [own(bound('confirming', '100'))])).toEqual({ event: 'payment_seen', cases: [] });
  });

  it('names what was too little, too much, or of another coin', async () => {
    expect(await recorded((own) => [own(bound('finished', '90'))])).toEqual({
      event: 'underpaid',
      cases: ['underpaid of the payment'],
    });
    expect(await recorded((own) => [own(bound('finished', '150'))])).toEqual({
      event: 'overpaid',
      cases: ['overpaid of the payment'],
    });
    expect(await recorded((own) => [own(bound('finished', '3', { payCurrency: 'btc' }))])).toEqual({
      event: 'wrong_asset',
      cases: ['wrong_asset of the payment'],
    });
  });

  it('is a second payment where the first one pays and a re-deposit is still confirming', async () => {
    const read = await recorded((own) => [own(bound('finished', '100')), own(redeposit('confirming', '100'))]);
    expect(read).toEqual({ event: 'payment_finished', cases: ['second_payment of the re-deposit'] });
  });

  it('is overpaid where both are there at once', async () => {
    const read = await recorded((own) => [own(bound('finished', '100')), own(redeposit('finished', '100'))]);
    expect(read).toEqual({ event: 'overpaid', cases: ['overpaid of the re-deposit'] });
  });

  it('is of the foreign coin alone, beside a payment that fits', async () => {
    const foreign = redeposit('finished', '3', { payCurrency: 'btc' });
    const read = await recorded((own) => [own(bound('finished', '100')), own(foreign)]);
    expect(read).toEqual({ event: 'payment_finished', cases: ['wrong_asset of the re-deposit'] });
  });

  it('is also there for coins of a failed payment', async () => {
    expect(await recorded((own) => [own(bound('failed', '1'))])).toEqual({
      event: 'payment_failed',
      cases: ['underpaid of the payment'],
    });
    expect(await recorded((own) => [own(bound('failed', '0'))])).toEqual({ event: 'payment_failed', cases: [] });
  });
});
