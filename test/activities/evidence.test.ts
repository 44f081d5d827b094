import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvidence, type EvidenceDependencies } from '../../src/activities/evidence.js';
import { findRecord } from '../../src/db/orders/order-record.js';
import { paymentId } from '../support/a-payment.js';
import { insertBoundOrders } from '../support/bound-orders.js';
import { testApp, type TestApp } from '../support/test-app.js';
import { aGateway, anAccount, aProvider, json } from '../gateway/provider-double.js';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const evm = '0x52908400098527886e0f7030069857d2e4169ee7';

/** An order whose provider shows its payment with that address, and a re-deposit that the payment does not list. */
async function anOrder(address: { stored: string; read: string }) {
  const { pool } = api.deps;
  const [bound] = await insertBoundOrders(pool, {
    accountId: api.accountId,
    count: 1,
    keyLabel: anAccount('').keyLabel,
  });
  await pool.query('update orders set pay_address = $2 where id = $1', [bound!.id, address.stored]);
  const shown = { order_id: bound!.id, pay_address: address.read, pay_amount: 49.1, pay_currency: 'usdttrc20' };
  const own = { ...shown, payment_id: bound!.paymentId, payment_status: 'partially_paid', actually_paid: 20 };
  const child = { ...shown, payment_id: '8000000001', payment_status: 'finished', actually_paid: 29.1 };
  const provider = await aProvider({
    [`GET payment/${bound!.paymentId}`]: json(200, own),
    'GET payment/8000000001': json(200, { ...child, parent_payment_id: bound!.paymentId }),
  });
  const deps: EvidenceDependencies = {
    pool,
    gateway: aGateway(),
    providerAccount: () => Promise.resolve(anAccount(provider.url)),
    alarms: { raise: () => {} },
  };
  return { deps, record: (await findRecord(pool, bound!.id))! };
}

describe('the reading of an order', () => {
  it('looks at the re-deposit that an IPN rang for, though the payment does not list it', async () => {
    const { deps, record } = await anOrder({ stored: 'TXaddress-of-tron', read: 'TXaddress-of-tron' });
    expect(await readEvidence(deps, record, { priority: 'decision' })).toMatchObject({ children: [] });
    const rung = paymentId('8000000001');
    expect(await readEvidence(deps, record, { priority: 'decision', rung })).toMatchObject({
      kind: 'read',
      children: [{ paymentId: rung, status: 'finished', actuallyPaid: '29.1' }],
    });
  });

  it('takes an address that differs in the case of its hex letters for the same, and no other', async () => {
    const same = await anOrder({ stored: evm, read: evm.replace('f', 'F') });
    expect(await readEvidence(same.deps, same.record, { priority: 'decision' })).toMatchObject({
      kind: 'read',
    });
    const other = await anOrder({ stored: 'TXaddress-of-base58', read: 'TXADDRESS-of-base58' });
    expect(await readEvidence(other.deps, other.record, { priority: 'decision' })).toMatchObject({
      kind: 'unavailable',
    });
  });
});
