import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordPayments } from '../../../src/db/money/payments.js';
import { moveOrder } from '../../support/an-order.js';
import { freezeReceipt } from '../../../src/db/money/receipts.js';
import { receiptJson } from '../../../src/domain/receipt.js';
import { monthOf } from '../../../src/domain/told/book-lines.js';
import { testApp, type TestApp } from '../../support/test-app.js';

let api: TestApp;
let admin: string;
beforeAll(async () => {
  api = await testApp();
  admin = await api.newKey({ accountId: null, scopes: ['driftstack_internal_admin'] });
});
afterAll(() => api.close());

let payments = 7_000_000_000;

/** An order that was paid at that moment, with its coins and the receipt that names them. */
async function paidAt(key: string, at: string, reference = 'r-1'): Promise<{ id: string; paymentId: string }> {
  const { order_id: id } = await api.placed(key, { customer_reference: reference });
  const { pool } = api.deps;
  await moveOrder(pool, id, { to: 'paid' });
  await pool.query('update orders set paid_at = $2 where id = $1', [id, at]);
  const paymentId = String((payments += 1));
  const { rows } = await pool.query('select mode, created_at as "createdAt" from orders where id = $1', [id]);
  const coins = { arrived: '50', applied: '49.1', excess: '0.9', unapplied: '0' };
  const seen = {
    role: 'child',
    parentPaymentId: null,
    keyLabel: 'k',
    providerStatus: 'finished',
    coin: 'usdttrc20',
  } as const;
  const record = { ...seen, ...coins, mode: rows[0].mode, paymentId, orderId: id, lateAt: null, at };
  await recordPayments(pool, id, [{ ...record, transactionHash: `hash-of-${paymentId}` }]);
  const body = receiptJson({
    ...{ orderId: id, product: 'team_manual', priceCents: 4900, priceCurrency: 'USD', paymentId, paidAt: at },
    ...{ createdAt: rows[0].createdAt, customerReference: reference },
    paidWith: { currency: 'usdttrc20', network: 'trx', owed: '49.10', received: '50', excess: '0.9', rate: '1.002' },
    deposits: [{ payment_id: paymentId, currency: 'usdttrc20', amount: '50', transaction_hash: 'abcdef12', at }],
  });
  await freezeReceipt(pool, { orderId: id, body, signature: 'signed', issuedAt: at });
  return { id, paymentId };
}

async function book(key: string, path: string): Promise<Record<string, string>[]> {
  const answer = await api.call(key, 'GET', path);
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  return parse(answer.body, { columns: true });
}

describe('the books of a month', () => {
  it('have each receipt of it once, oldest first, to the last instant, with what was paid', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    const ends = [
      '2026-01-31T23:59:59.999Z',
      '2026-02-01T00:00:00.000Z',
      '2026-02-28T23:59:59.999Z',
      '2026-03-01T00:00:00.000Z',
    ];
    const ids = [];
    for (const at of ends) ids.push((await paidAt(key, at)).id);
    const lines = await book(key, '/v1/billing/receipts.csv?month=2026-02');
    expect(lines.map(({ order_id, paid_at }) => [order_id, paid_at])).toEqual([
      [ids[1], ends[1]],
      [ids[2], ends[2]],
    ]);
    expect(lines[0]).toMatchObject({
      ...{ mode: 'live', customer_reference: 'r-1', price: '49.00', price_currency: 'USD', pay_currency: 'usdttrc20' },
      ...{ network: 'trx', owed: '49.10', received: '50', waived: '', excess: '0.9', rate: '1.002' },
      transaction_hashes: 'abcdef12',
    });
  });

  it('have every transfer of it, and how its coins stand', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    const { id, paymentId } = await paidAt(key, '2026-04-30T23:59:59.999Z');
    await paidAt(key, '2026-05-01T00:00:00.000Z');
    const lines = await book(key, '/v1/billing/movements.csv?month=2026-04');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      ...{ order_id: id, payment_id: paymentId, arrived: '50', applied: '49.1', excess: '0.9', unapplied: '0' },
      ...{ pay_currency: 'usdttrc20', paid_at: '2026-04-30T23:59:59.999Z', mode: 'live', price: '49.00' },
      transaction_hash: `hash-of-${paymentId}`,
    });
  });

  it('are streamed page by page, and none is left out where many came at the same instant', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    const { id } = await paidAt(key, '2026-06-10T00:00:00.000Z');
    await api.deps.pool.query(
      `insert into payments (mode, payment_id, order_id, role, provider_status, coin, arrived, unapplied, first_seen_at, updated_at)
       select 'live', (8000000000 + n)::text, $1, 'child', 'finished', 'usdttrc20', 1, 1, '2026-06-11T00:00:00Z', now()
       from generate_series(1, 2500) n`,
      [id],
    );
    const lines = await book(key, '/v1/billing/movements.csv?month=2026-06');
    expect(new Set(lines.map(({ payment_id }) => payment_id)).size).toBe(2_501);
  });

  it('are of nobody else, and of the mode of the key', async () => {
    const accountId = await api.newAccount();
    const [live, test] = [await api.newKey({ accountId }), await api.newKey({ accountId, mode: 'test' })];
    const stranger = await api.newKey({ accountId: await api.newAccount() });
    const own = await paidAt(live, '2026-07-05T00:00:00.000Z');
    const tried = await paidAt(test, '2026-07-06T00:00:00.000Z');
    await paidAt(stranger, '2026-07-07T00:00:00.000Z');
    for (const name of ['receipts', 'movements']) {
      const path = `/v1/billing/${name}.csv?month=2026-07`;
      expect((await book(live, path)).map(({ order_id }) => order_id)).toEqual([own.id]);
      expect((await book(test, path)).map(({ order_id }) => order_id)).toEqual([tried.id]);
      const any = `/v1/admin/${name}.csv?month=2026-07&account_id=acc_${accountId}`;
      expect((await book(admin, any)).map(({ order_id }) => order_id)).toEqual([own.id, tried.id]);
      expect((await book(admin, `${any}&livemode=false`)).map(({ order_id }) => order_id)).toEqual([tried.id]);
    }
    const { rows } = await api.deps.pool.query(
      `select actor, after from audit_log where action = 'movements.exported' and account_id = $1 order by at`,
      [accountId],
    );
    expect(rows).toHaveLength(4);
    expect(rows.at(-1).after).toEqual({ month: '2026-07', mode: 'test' });
  });

  it('guard a cell that a spreadsheet would run', async () => {
    const key = await api.newKey({ accountId: await api.newAccount() });
    await paidAt(key, '2026-08-05T00:00:00.000Z', '=1+1');
    for (const name of ['receipts', 'movements']) {
      const [line] = await book(key, `/v1/billing/${name}.csv?month=2026-08`);
      expect(line!['customer_reference']).toBe("'=1+1");
    }
  });

  it.each(['', '?month=2026', '?month=2026-13', '?month=2026-1', '?month=2026-02-01', '?month=2026-02&month=2026-03'])(
    'refuse %s',
    async (query) => {
      const answer = await api.call(await api.newKey(), 'GET', `/v1/billing/receipts.csv${query}`);
      expect(answer.statusCode).toBe(400);
    },
  );

  it.each([
    ['2026-12', '2027-01-01T00:00:00.000Z'],
    ['2028-02', '2028-03-01T00:00:00.000Z'],
  ])('end with %s where the next month begins', (month, to) => {
    expect(monthOf(month)).toEqual({ from: `${month}-01T00:00:00.000Z`, to });
  });
});
