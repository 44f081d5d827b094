import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertAccount } from '../../src/db/accounts/accounts.js';
import { grantEntitlement, withdrawEntitlement } from '../../src/db/money/entitlements.js';
import { closeMintIntent, openMintIntent } from '../../src/db/money/mint-intents.js';
import { bindPayment } from '../../src/db/orders/order-binding.js';
import { makeStub, moveStatus } from '../../src/db/orders/order-changes.js';
import { findRecord, isDealtWith, recordFacts } from '../../src/db/orders/order-record.js';
import { findOrder } from '../../src/db/orders/orders.js';
import { tellEndpoints } from '../../src/db/deliveries/outgoing-events.js';
import { createPool, type Pool } from '../../src/db/pool.js';
import { findReceipt, freezeReceipt } from '../../src/db/money/receipts.js';
import { openCase } from '../../src/db/support/support-cases.js';
import type { CaseKind } from '../../src/domain/cases/support-case.js';
import { insertManyOrders } from '../support/order-history.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';

// Every effect of an order has a key made of order and step: a second time is harmless, from whatever process it comes.
const accountId = randomUUID();
const at = '2026-11-25T12:00:00.000Z';
const later = '2026-11-26T12:00:00.000Z';
let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = createPool({ url: database.url, applicationName: 'test', onError: () => {} });
  await insertAccount(pool, { id: accountId, name: 'Merchant', settings: {} });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

async function anOrder(): Promise<string> {
  const [id] = await insertManyOrders(pool, { accountId, mode: 'live', status: 'pending', count: 1, spanMs: 1_000 });
  if (!id) throw new Error('no order');
  return id;
}

async function count(table: string, orderId: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::integer as n from ${table} where order_id = $1`, [
    orderId,
  ]);
  return rows[0]?.n ?? 0;
}

describe('an order', () => {
  it('is granted once, and the first grant stands', async () => {
    const orderId = await anOrder();
    const grant = { orderId, accountId, product: 'team_manual', grantedAt: at, validUntil: later };
    expect(await Promise.all([1, 2, 3].map(() => grantEntitlement(pool, grant)))).toHaveLength(3);
    expect(await grantEntitlement(pool, { ...grant, product: 'api_scale' })).toBe(0);
    expect(await count('entitlements', orderId)).toBe(1);
    expect(await withdrawEntitlement(pool, orderId, at)).toBe(1);
    expect(await withdrawEntitlement(pool, orderId, later)).toBe(0);
    expect(await count('entitlements', orderId)).toBe(1);
  });

  it('has one receipt, the first', async () => {
    const orderId = await anOrder();
    await Promise.all(
      ['{"a":1}', '{"a":2}'].map((body) => freezeReceipt(pool, { orderId, body, signature: 's', issuedAt: at })),
    );
    const frozen = await findReceipt(pool, orderId);
    await freezeReceipt(pool, { orderId, body: '{"a":3}', signature: 't', issuedAt: later });
    expect(await findReceipt(pool, orderId)).toEqual(frozen);
    expect(await count('receipts', orderId)).toBe(1);
  });

  it('tells of each thing once, by one event of its kind', async () => {
    const orderId = await anOrder();
    const event = { accountId, mode: 'live', orderId, type: 'crypto.order.paid', body: '{}', createdAt: at } as const;
    const written = await Promise.all([1, 2, 3].map(() => tellEndpoints(pool, { ...event, id: randomUUID() })));
    expect(written.filter((id) => id !== null)).toHaveLength(1);
    expect(await tellEndpoints(pool, { ...event, id: randomUUID(), type: 'crypto.order.refunded' })).not.toBeNull();
    expect(await count('outgoing_events', orderId)).toBe(2);
  });

  it('deals with a fact once: a second record fails', async () => {
    const orderId = await anOrder();
    const outcome = { kind: 'moved', status: 'paid', reason: null } as const;
    const dealtWith = { fact: 'ipn-1', covers: [], areIpns: false, outcome };
    await recordFacts(pool, orderId, dealtWith, []);
    const failure: unknown = await recordFacts(pool, orderId, dealtWith, []).catch((thrown: unknown) => thrown);
    expect(isDealtWith(failure)).toBe(true);
    // What came along is answered with it, unless it has its answer.
    const other = { ...outcome, kind: 'stayed' } as const;
    await recordFacts(pool, orderId, { fact: 'ipn-2', covers: ['ipn-1', 'ipn-3'], areIpns: false, outcome: other }, []);
    const record = await findRecord(pool, orderId, ['ipn-1', 'ipn-2', 'ipn-3', 'ipn-4']);
    expect(Object.fromEntries(record!.outcomes)).toEqual({ 'ipn-1': outcome, 'ipn-2': other, 'ipn-3': other });
  });

  it('moves only from where it is, and only once', async () => {
    const id = await anOrder();
    const line = { source: 'expired', event: 'window_closed', runId: null, factId: null, detail: {} } as const;
    const when = { at, partialUntil: null, failedReason: 'expired', line, answers: [] } as const;
    const move = { ...when, id, from: 'pending', to: 'failed' } as const;
    expect(await moveStatus(pool, { ...move, from: 'confirming' })).toBeNull();
    expect((await Promise.all([1, 2, 3].map(() => moveStatus(pool, move)))).filter(Boolean)).toHaveLength(1);
    expect(await moveStatus(pool, { ...move, to: 'paid', failedReason: null })).toBeNull();
    const { rows } = await pool.query('select status, version from orders where id = $1', [id]);
    expect(rows).toEqual([{ status: 'failed', version: 2 }]);
    expect(await count('order_events', id)).toBe(2); // its creation, and this
  });

  it('is bound to a payment once, and a payment to one order', async () => {
    const first = await anOrder();
    const second = await anOrder();
    const binding = {
      paymentId: '5000000001',
      payCurrency: 'usdttrc20',
      payAmountText: '49.1',
      payAddress: 'TXaddress1',
      payExtraId: null,
      network: 'trx',
      addressSha256: 'a'.repeat(64),
      keyLabel: 'test',
      payWindowMs: 3_600_000,
    };
    await makeStub(pool, first, { reason: 'mint_failed', minimum: null });
    expect(await bindPayment(pool, first, binding, null)).toMatchObject({ payment: { role: 'bound' } });
    expect(await findOrder(pool, first)).toMatchObject({ provider: 'nowpayments', stubReason: null });
    expect(await bindPayment(pool, first, { ...binding, paymentId: '5000000002' }, null)).toBeNull();
    expect(await count('payments', first)).toBe(1);
    await expect(bindPayment(pool, second, binding, null)).rejects.toThrow(/unique/);
  });

  it('has one mint attempt of a number, closed once', async () => {
    const orderId = await anOrder();
    const intent = { orderId, attempt: 1, keyLabel: 'test', choice: 0 };
    await openMintIntent(pool, intent);
    await expect(openMintIntent(pool, intent)).rejects.toThrow(/mint_intents/);
    expect(await closeMintIntent(pool, { orderId, attempt: 1, outcome: 'refused' })).toBe(1);
    expect(await closeMintIntent(pool, { orderId, attempt: 1, outcome: 'bound' })).toBe(0);
  });

  it('has one open case per coin: more evidence joins it', async () => {
    const orderId = await anOrder();
    const opening = { orderId, accountId, mode: 'live', paymentId: '5', kind: 'underpaid' } as const;
    const coin = { actuallyPaid: '1', payCurrency: 'usdttrc20', at };
    const opened = await Promise.all([1, 2, 3].map((n) => openCase(pool, { ...opening, ...coin, evidence: { n } })));
    expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    const { rows } = await pool.query('select jsonb_array_length(facts) as n from support_cases where order_id = $1', [
      orderId,
    ]);
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('of a payment keep the case, its kind and its amount, whatever else is found; a refund stands beside it', async () => {
    const orderId = await anOrder();
    const opening = { orderId, accountId, mode: 'live', paymentId: '5', payCurrency: 'usdttrc20', at } as const;
    const open = (kind: CaseKind, actuallyPaid: string | null) =>
      openCase(pool, { ...opening, kind, actuallyPaid, evidence: { reason: kind } });
    await open('second_payment', '50');
    await open('underpaid', null);
    await open('refunded', '50');
    const { rows } = await pool.query(
      `select kind, actually_paid, facts from support_cases where order_id = $1 order by kind`,
      [orderId],
    );
    expect(rows).toEqual([
      { kind: 'refunded', actually_paid: '50', facts: [{ reason: 'refunded' }] },
      { kind: 'second_payment', actually_paid: '50', facts: [{ reason: 'second_payment' }, { reason: 'underpaid' }] },
    ]);
  });
});
