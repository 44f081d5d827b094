import { databaseNow } from '../../src/db/clock.js';
import { recordPayments, type PaymentRecord } from '../../src/db/money/payments.js';
import { reasonOf } from '../../src/db/orders/fact-reasons.js';
import { openCase, resolveCase, type CaseOpening } from '../../src/db/support/support-cases.js';
import type { HandedDecision } from '../../src/domain/facts/fact.js';
import { moveOrder } from './an-order.js';
import type { TestApp } from './test-app.js';

export interface UnusualOrder {
  readonly caseId: string; // as operators see it
  readonly orderId: string;
  readonly paymentId: string;
}

/** An order of 49.00 USD that owed 49.10 USDT and got half of it, with its case. */
export async function anUnusualOrder(
  api: TestApp,
  key: string,
  {
    to = 'partial',
    order = {},
    providerStatus = 'partially_paid',
    ...opening
  }: Partial<CaseOpening> & { to?: 'partial' | 'failed'; order?: object; providerStatus?: string } = {},
): Promise<UnusualOrder> {
  const { pool } = api.deps;
  const { order_id: orderId } = await api.placed(key, order);
  await moveOrder(pool, orderId, { to });
  const { rows } = await pool.query('select payment_id as "paymentId" from orders where id = $1', [orderId]);
  const { paymentId } = rows[0];
  const at = await databaseNow(pool);
  const payment: PaymentRecord = {
    ...{ mode: 'live', orderId, paymentId, role: 'bound', parentPaymentId: null, keyLabel: 'test', providerStatus },
    ...{ coin: 'usdttrc20', arrived: '24.55', applied: '0', excess: '0', unapplied: '24.55', lateAt: null, at },
  };
  await recordPayments(pool, orderId, [payment]);
  const { id } = await openCase(pool, {
    ...{ orderId, accountId: api.accountId, mode: 'live', paymentId, kind: 'underpaid', at },
    ...{ actuallyPaid: '24.55', payCurrency: 'usdttrc20', evidence: { at, event: 'underpaid' } },
    ...opening,
  });
  return { caseId: `case_${id}`, orderId, paymentId };
}

/** Temporal as a script that carries decisions out as the settling step does, without the order. Answers what it saw. */
export function carryOutDecisions(api: TestApp): HandedDecision[] {
  const seen: HandedDecision[] = [];
  api.runs.onResolve = async (_order, fact) => {
    seen.push(fact);
    const { action, actor, approvedBy, caseId } = fact;
    const reason = (await reasonOf(api.deps.pool, fact.id)) ?? '';
    const at = await databaseNow(api.deps.pool);
    if (action !== 'note') await resolveCase(api.deps.pool, caseId, { action, reason, actor, approvedBy, at });
    return { kind: 'stayed', reason: null };
  };
  return seen;
}
